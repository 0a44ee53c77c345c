/** TLS, with certificates that change while it runs, and with certificates of clients where the runtime can ask for them. */

import { X509Certificate } from "node:crypto";
import tls from "node:tls";
import type { Listener } from "./listener.ts";
import { listenNodeTls, nodeTlsServes } from "./tls_node.ts";
import { listenRelayedTls } from "./tls_relay.ts";

/** What a server shows, and wants to see; each PEM. */
export interface TlsMaterial {
  /** The certificate and its chain. */
  readonly cert: string;
  readonly key: string;
  /** Authorities that clients must have a certificate of; without it clients need none. */
  readonly clientCa?: string;
}

/** Where to listen. */
export interface TlsListenerOptions {
  readonly hostname: string;
  /** TCP port; 0 picks a free one. */
  readonly port: number;
  readonly material: TlsMaterial;
  /** Connections that may be about to agree on their keys, and how long. */
  readonly handshakes: number;
  readonly handshakeMs: number;
  readonly onError: (error: unknown) => void;
}

/** A listener whose certificate can be changed. */
export interface TlsListener extends Listener {
  /** Later connections get `material`, those that there are keep what they have. No connection is refused meanwhile. */
  renew(material: TlsMaterial): void;
}

/** A certificate, a key or an authority that cannot be used, or a runtime that cannot do what is asked. */
export class BadTls extends Error {
  override readonly name = "BadTls";
}

/**
 * Listens for TLS.
 *
 * @param options Its material must have passed `proveTls`.
 * @throws {Deno.errors.AddrInUse} when the port is taken.
 */
export async function listenTls(options: TlsListenerOptions): Promise<TlsListener> {
  return nodeTlsServes() ? await listenNodeTls(options) : listenRelayedTls(options);
}

// On this machine; far more than a handshake takes.
const PROOF_MS = 5_000;

/**
 * Proves that `material` does what it is for: that certificate and key belong together, and, by a server on this machine that nobody else
 * knows of, that a client without a certificate is turned away where one is asked for. Runtimes have been seen that silently ask for none.
 *
 * @throws {BadTls} when it does not.
 */
export async function proveTls(material: TlsMaterial): Promise<void> {
  const { cert, key, clientCa } = material;
  try {
    Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key }).close();
  } catch (error) {
    throw new BadTls(`The certificate and its key cannot be used: ${(error as Error).message}`);
  }
  if (clientCa === undefined) return;
  try {
    new X509Certificate(clientCa);
  } catch {
    throw new BadTls("The clients' authorities cannot be used: expected certificates in PEM");
  }
  if (!nodeTlsServes() || !await turnsAway(material)) {
    throw new BadTls(
      `Clients' certificates cannot be checked by Deno ${Deno.version.deno}: use Deno 2.9 or later, or leave out "clientCaFile"`,
    );
  }
}

/** Whether a client without a certificate is not let in. */
async function turnsAway(material: TlsMaterial): Promise<boolean> {
  const listener = await listenNodeTls({
    hostname: "127.0.0.1",
    port: 0,
    material,
    handshakes: 1,
    handshakeMs: PROOF_MS,
    onError() {},
  });
  const letIn = listener.accept().then((socket) => (socket.close(), true), () => false);
  const client = tls.connect({ host: "127.0.0.1", port: listener.port, rejectUnauthorized: false });
  const left = new Promise<boolean>((resolve) => {
    client.on("error", () => {});
    client.on("close", () => resolve(false));
    // In TLS 1.3 a client learns only afterwards that it is not welcome.
    client.on("secureConnect", () => client.resume());
  });
  const timer = setTimeout(() => client.destroy(), PROOF_MS);
  const wasLetIn = await Promise.race([letIn, left]);
  clearTimeout(timer);
  client.destroy();
  listener.close();
  await left;
  return !wasLetIn;
}
