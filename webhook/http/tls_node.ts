/** TLS by Node's server, which can change its certificate and ask clients for theirs. */

import type { AddressInfo, Socket as NodeSocket } from "node:net";
import tls from "node:tls";
import type { Socket } from "./connection.ts";
import { fromNodeSocket } from "./node_socket.ts";
import type { TlsListener, TlsListenerOptions, TlsMaterial } from "./tls.ts";

/** Whether this runtime's `node:tls` can do what is needed here; Deno's could not before 2.9. */
export function nodeTlsServes(): boolean {
  return typeof tls.Server?.prototype?.setSecureContext === "function";
}

/** @throws {Deno.errors.AddrInUse} when the port is taken. */
export async function listenNodeTls(options: TlsListenerOptions): Promise<TlsListener> {
  const accepted: Socket[] = [];
  const waiting: PromiseWithResolvers<Socket>[] = [];
  // Connections that have not shown yet that they speak TLS, each with what ends them.
  const shaking = new Map<string, () => void>();
  let closed = false;

  const server = tls.createServer(nodeOptions(options.material));
  server.on("connection", (raw: NodeSocket) => {
    if (shaking.size >= options.handshakes) return void raw.destroy();
    const name = nameOf(raw);
    const timer = setTimeout(() => (shaking.delete(name), raw.destroy()), options.handshakeMs);
    const done = () => (clearTimeout(timer), shaking.delete(name));
    shaking.set(name, done);
    raw.once("close", done);
  });
  server.on("secureConnection", (socket) => {
    shaking.get(nameOf(socket))?.();
    // A client without the certificate that is asked for does not come so far; this is the second lock.
    if (options.material.clientCa !== undefined && !socket.authorized) return void socket.destroy();
    if (closed) return void socket.destroy();
    const next = waiting.shift();
    const adapted = fromNodeSocket(socket);
    if (next) next.resolve(adapted);
    else accepted.push(adapted);
  });
  // Whoever does not speak TLS, or shows no certificate, gets no further; there is nothing to tell the operator.
  server.on("tlsClientError", (_error, socket) => {
    shaking.get(nameOf(socket))?.();
    socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: Error & { code?: string }) => reject(asDenoError(error)));
    server.listen({ host: options.hostname, port: options.port }, resolve);
  });
  server.on("error", options.onError);

  return {
    port: (server.address() as AddressInfo).port,
    accept() {
      const socket = accepted.shift();
      if (socket) return Promise.resolve(socket);
      if (closed) return Promise.reject(new Deno.errors.BadResource("The listener is closed"));
      const next = Promise.withResolvers<Socket>();
      waiting.push(next);
      return next.promise;
    },
    close() {
      closed = true;
      server.close();
      for (const done of shaking.values()) done();
      for (const socket of accepted) socket.close();
      for (const next of waiting) next.reject(new Deno.errors.BadResource("The listener is closed"));
    },
    renew: (material) => server.setSecureContext(nodeOptions(material)),
  };
}

function nodeOptions({ cert, key, clientCa }: TlsMaterial): tls.TlsOptions {
  const options = { cert, key, minVersion: "TLSv1.2" } as const;
  return clientCa === undefined
    ? options
    : { ...options, ca: [clientCa], requestCert: true, rejectUnauthorized: true };
}

function nameOf({ remoteAddress, remotePort }: NodeSocket): string {
  return `${remoteAddress} ${remotePort}`;
}

function asDenoError(error: Error & { code?: string }): Error {
  switch (error.code) {
    case "EADDRINUSE":
      return new Deno.errors.AddrInUse(error.message);
    case "EADDRNOTAVAIL":
      return new Deno.errors.AddrNotAvailable(error.message);
    case "EACCES":
      return new Deno.errors.PermissionDenied(error.message);
    default:
      return error;
  }
}
