/** What the entry offers to who connects to it. */

import { connect } from "node:net";
import { X509Certificate } from "node:crypto";
import { Buffer } from "node:buffer";
import { Skipped } from "../../lib/check.ts";
import type { Scene } from "../doctor/mod.ts";
import { entryName } from "../stack.ts";
import type { Finding, Rule } from "./finding.ts";

/** The rules about the entry. */
export const TLS_RULES = {
  protocol: {
    id: "security/tls-version",
    severity: "high",
    title: "The entry refuses TLS 1.0 and 1.1",
    cure: "run `deno task up`, and let nothing else listen on the entry's port",
    reference: "RFC 8996",
  },
  expiry: {
    id: "security/tls-expiry",
    severity: "high",
    title: "The entry's certificate is valid",
    cure:
      '`tls: { mode: "internal" }` and "acme" renew by themselves: see `deno task logs entry`; with "files" put a new one in place',
    reference: "RFC 5280, 4.1.2.5",
  },
} as const satisfies Record<string, Rule>;

const TLS10 = 0x0301;
const TLS11 = 0x0302;
const TLS12 = 0x0303;
const HANDSHAKE = 22;
const SERVER_HELLO = 2;
const CERTIFICATE = 11;
const TIMEOUT_MS = 5_000;

/** What is wrong with the entry; nothing where there is none. */
export async function examineTls(scene: Scene): Promise<Finding[]> {
  const { services, stack } = await scene.site();
  if (!services.includes("entry")) return [];
  const port = stack.ports.entry;
  const host = stack.bind === "0.0.0.0" ? "127.0.0.1" : stack.bind === "::" ? "::1" : stack.bind;
  const name = entryName(stack);
  const findings: Finding[] = [];
  const weak: string[] = [];
  for (const [version, label] of [[TLS10, "TLS 1.0"], [TLS11, "TLS 1.1"]] as const) {
    const answer = await greet(host, port, version, name);
    if (answer.version !== undefined && answer.version <= version) weak.push(`${label} is accepted`);
  }
  if (weak.length > 0) findings.push({ ...TLS_RULES.protocol, subject: "entry", evidence: weak });
  const { certificate } = await greet(host, port, TLS12, name);
  if (certificate) {
    const { validFrom, validTo, subject, subjectAltName } = new X509Certificate(Buffer.from(certificate));
    const [from, to] = [Date.parse(validFrom), Date.parse(validTo)];
    const now = scene.now();
    if (now < from || now > to) {
      const evidence = [`valid from ${validFrom} to ${validTo}`, subjectAltName ?? subject];
      findings.push({ ...TLS_RULES.expiry, subject: "entry", evidence });
    }
  }
  return findings;
}

/** What a server answers to the beginning of a handshake. */
export interface Greeting {
  /** The version it chose; undefined when it refused. */
  readonly version?: number;
  /** Its certificate, DER; TLS 1.2 and older show it. */
  readonly certificate?: Uint8Array;
}

/**
 * Begins a TLS handshake of one version and hears what the server says to it. No library at hand still speaks the old ones.
 *
 * @throws {Skipped} when it cannot be reached.
 */
export async function greet(host: string, port: number, version: number, name: string): Promise<Greeting> {
  const { promise, resolve, reject } = Promise.withResolvers<Greeting>();
  let received = Buffer.alloc(0);
  const socket = connect({ host, port });
  socket.setTimeout(TIMEOUT_MS);
  socket.on("connect", () => socket.write(clientHello(version, name)));
  socket.on("data", (piece: Uint8Array) => {
    received = Buffer.concat([received, piece]);
    const greeting = readGreeting(received);
    if (greeting) resolve(greeting);
  });
  socket.on("timeout", () => resolve({}));
  socket.on("close", () => resolve(readGreeting(received, true) ?? {}));
  socket.on(
    "error",
    (error: Error) => reject(new Skipped(`the entry does not answer on ${host}:${port}: ${error.message}`)),
  );
  try {
    return await promise;
  } finally {
    // Deno 2.6 leaves the timer of a socket that is gone.
    socket.setTimeout(0);
    socket.destroy();
  }
}

/** A ClientHello: RFC 5246, 7.4.1.2, with the extensions that today's servers want. */
export function clientHello(version: number, name: string): Uint8Array {
  const u16 = (value: number) => [value >> 8 & 255, value & 255];
  const sized = (bytes: readonly number[]) => [...u16(bytes.length), ...bytes];
  const extension = (type: number, bytes: readonly number[]) => [...u16(type), ...sized(bytes)];
  const suites = [0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc009, 0xc013, 0xc00a, 0xc014, 0x2f, 0x35];
  const signatures = [
    0x0403,
    0x0503,
    0x0603,
    0x0804,
    0x0805,
    0x0806,
    0x0401,
    0x0501,
    0x0601,
    0x0807,
    0x0201,
    0x0203,
  ];
  const host = [...new TextEncoder().encode(name)];
  const extensions = [
    ...(/^[\d.]+$|:/.test(name) ? [] : extension(0, sized([0, ...sized(host)]))),
    ...extension(10, sized([0x001d, 0x0017, 0x0018].flatMap(u16))),
    ...extension(11, [1, 0]),
    ...extension(13, sized(signatures.flatMap(u16))),
    ...extension(0xff01, [0]),
  ];
  const body = [
    ...u16(version),
    ...crypto.getRandomValues(new Uint8Array(32)),
    0,
    ...sized(suites.flatMap(u16)),
    ...[1, 0],
    ...sized(extensions),
  ];
  const message = [1, 0, ...sized(body)];
  return new Uint8Array([HANDSHAKE, ...u16(TLS10), ...sized(message)]);
}

/** What a server said so far; undefined while the answer is not whole. */
export function readGreeting(bytes: Uint8Array, ended = false): Greeting | undefined {
  const messages: number[] = [];
  for (let at = 0; at + 5 <= bytes.length;) {
    const length = bytes[at + 3]! << 8 | bytes[at + 4]!;
    // An alert: it refuses.
    if (bytes[at] !== HANDSHAKE) return {};
    messages.push(...bytes.slice(at + 5, at + 5 + length));
    at += 5 + length;
  }
  let version: number | undefined;
  for (let at = 0; at + 4 <= messages.length;) {
    const length = messages[at + 1]! << 16 | messages[at + 2]! << 8 | messages[at + 3]!;
    if (at + 4 + length > messages.length) break;
    const body = messages.slice(at + 4, at + 4 + length);
    if (messages[at] === SERVER_HELLO) version = body[0]! << 8 | body[1]!;
    if (messages[at] === CERTIFICATE && body.length > 6) {
      const size = body[3]! << 16 | body[4]! << 8 | body[5]!;
      return { version, certificate: new Uint8Array(body.slice(6, 6 + size)) };
    }
    at += 4 + length;
  }
  return ended ? { version } : undefined;
}
