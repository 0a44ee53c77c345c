/** A connection to a directory that is changed to TLS before anything is said on it (StartTLS, RFC 4511, 4.14). */

import { Duplex } from "node:stream";

/** Where to connect. */
export interface StartTlsOptions {
  readonly host: string;
  readonly port: number;
  /** Authorities, PEM; the machine's own by default. */
  readonly ca?: string;
}

/** LDAPMessage 1: ExtendedRequest 1.3.6.1.4.1.1466.20037. */
const REQUEST = new Uint8Array([
  ...[0x30, 0x1d, 0x02, 0x01, 0x01, 0x77, 0x18, 0x80, 0x16],
  ...new TextEncoder().encode("1.3.6.1.4.1.1466.20037"),
]);
const LONGEST_ANSWER = 4_096;

/**
 * A stream on which LDAP is spoken under TLS.
 *
 * Not the library's own StartTLS: after a connection that breaks it begins anew without TLS, and the next password goes over it in clear; and before Deno 2.9
 * `node:tls` cannot take over a connection that was read from.
 *
 * @param onConnection Told of the connection as soon as there is one, so that it can be closed at any time.
 * @throws {Error} when the directory cannot do TLS, or is not who it should be.
 */
export async function connectStartTls(
  { host, port, ca }: StartTlsOptions,
  onConnection: (connection: { close(): void }) => void,
): Promise<Duplex> {
  const plain = await Deno.connect({ hostname: host, port });
  let open: Deno.Conn = plain;
  const close = () => {
    try {
      open.close();
    } catch (error) {
      // It is closed already.
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  };
  onConnection({ close });
  await writeAll(plain, REQUEST);
  judge(await answerOn(plain));
  const connection = await Deno.startTls(plain, {
    hostname: host,
    ...(ca !== undefined && { caCerts: [ca] }),
  });
  open = connection;
  await connection.handshake();
  return Object.assign(streamOf(connection, close), SOCKET);
}

// What the LDAP library asks a socket.
const SOCKET = { connecting: false, readyState: "open" };
const READ_BYTES = 16 * 1024;

function streamOf(connection: Deno.Conn, close: () => void): Duplex {
  const stream = new Duplex({
    read() {
      const buffer = new Uint8Array(READ_BYTES);
      connection.read(buffer).then(
        (count) => void stream.push(count === null ? null : buffer.subarray(0, count)),
        (error) => void stream.destroy(stream.destroyed ? undefined : error),
      );
    },
    write(bytes: Uint8Array, _encoding, done) {
      writeAll(connection, bytes).then(() => done(), done);
    },
    destroy(error, done) {
      close();
      done(error);
    },
  });
  return stream;
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

/** The whole answer, and nothing after it: what came in clear must not be taken for what comes under TLS. */
async function answerOn(connection: Deno.TcpConn): Promise<Uint8Array> {
  const buffer = new Uint8Array(LONGEST_ANSWER);
  let filled = 0;
  while (true) {
    const count = await connection.read(buffer.subarray(filled));
    if (count === null) throw new Error("the directory ended the connection when it was asked for TLS");
    filled += count;
    const answer = buffer.subarray(0, filled);
    const end = endOf(answer, 0);
    if (end === filled) return answer;
    if (end < filled || filled === LONGEST_ANSWER) {
      throw new Error("what the directory answers when it is asked for TLS is not LDAP");
    }
  }
}

/** Where the element at `at` ends; beyond the bytes when they are not all there. */
function endOf(bytes: Uint8Array, at: number): number {
  const length = bytes[at + 1] ?? Infinity;
  if (length < 0x80) return at + 2 + length;
  const octets = length - 0x80;
  let value = 0;
  for (let i = 0; i < octets; i++) value = value * 256 + (bytes[at + 2 + i] ?? Infinity);
  return at + 2 + octets + value;
}

function contentOf(bytes: Uint8Array, at: number): number {
  const length = bytes[at + 1]!;
  return at + 2 + (length < 0x80 ? 0 : length - 0x80);
}

/** An ExtendedResponse with the result code 0: success. */
function judge(answer: Uint8Array): void {
  const id = contentOf(answer, 0);
  const response = endOf(answer, id);
  const code = contentOf(answer, response);
  const isResponse = answer[0] === 0x30 && answer[id] === 0x02 && answer[response] === 0x78 &&
    answer[code] === 0x0a && answer[code + 1] === 1;
  if (!isResponse) throw new Error("what the directory answers when it is asked for TLS is not LDAP");
  if (answer[code + 2] !== 0) {
    throw new Error(`the directory refuses TLS: result code ${answer[code + 2]}`);
  }
}
