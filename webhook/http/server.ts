/**
 * HTTP/1.1 over TCP with deadlines. Neither of Deno's own servers has them everywhere: `Deno.serve` keeps half a header open for ever, and
 * `node:http` ignores `headersTimeout`, `requestTimeout` and `keepAliveTimeout` before Deno 2.9 (and is three times slower there).
 */

import type { AnswerRequest } from "./answer.ts";
import { Connection, type Socket } from "./connection.ts";
import { type Listener, listenTcp } from "./listener.ts";

/** Deadlines and sizes of a server. */
export interface ServerLimits {
  /** From the connection, or the first byte of a later request, to the end of its head. Default 30 000. */
  readonly headMs: number;
  /** From the end of the head to the end of the body. Default 30 000. */
  readonly bodyMs: number;
  /** For the client to take an answer. Default 30 000. */
  readonly answerMs: number;
  /** How long a connection may wait for its next request; above the 5 min after which Go's clients give one up. Default 360 000. */
  readonly idleMs: number;
  /** Connections at a time; a further one is answered 503. Default 1024. */
  readonly connections: number;
}

/** Limits that fit a webhook. */
export const SERVER_LIMITS: ServerLimits = {
  headMs: 30_000,
  bodyMs: 30_000,
  answerMs: 30_000,
  idleMs: 360_000,
  connections: 1024,
};

/** What a server needs. */
export interface ServerOptions {
  readonly hostname: string;
  /** TCP port; 0 picks a free one. */
  readonly port: number;
  /** Answers one request. It must not throw. */
  readonly answer: AnswerRequest;
  /** As they are now; SERVER_LIMITS by default. */
  readonly limits?: () => ServerLimits;
  /** Where connections come from, such as `listenTls`; plain TCP on `hostname:port` by default. The server closes it. */
  readonly listener?: Listener;
  /** Told of a defect in the server itself; clients' mistakes are answered, not told. */
  readonly onError: (error: unknown) => void;
}

/** A server that listens. */
export interface Server {
  /** Where it listens, `host:port`. */
  readonly address: string;
  readonly port: number;
  /** How many connections are open. */
  connections(): number;
  /** Accepts no more connections, lets requests in flight end, and closes what is left after `graceMs`. */
  shutdown(graceMs: number): Promise<void>;
}

/**
 * Listens on `hostname:port`.
 *
 * @throws {Deno.errors.AddrInUse} when the port is taken.
 */
export function serve(options: ServerOptions): Server {
  const { hostname, answer, onError, limits = () => SERVER_LIMITS } = options;
  const listener = options.listener ?? listenTcp(hostname, options.port);
  const { port } = listener;
  const live = new Map<Connection, Promise<void>>();
  // One sweep for all connections: a timer for each request would cost more than the request.
  const { headMs, bodyMs, answerMs, idleMs } = limits();
  const shortestMs = Math.min(headMs, bodyMs, answerMs, idleMs);
  const sweep = setInterval(() => {
    const now = performance.now();
    for (const connection of live.keys()) connection.enforce(now);
  }, Math.min(1_000, Math.max(shortestMs / 4, 10)));
  let closing = false;

  const accepting = (async () => {
    while (!closing) {
      let socket: Socket;
      try {
        socket = await listener.accept();
      } catch (error) {
        if (closing) return;
        // Out of descriptors, or the client left before it was accepted: the next one may do better.
        onError(error);
        await new Promise((resolve) => setTimeout(resolve, 100));
        continue;
      }
      // The listener was closed while it handed this one over.
      if (closing) return socket.close();
      const connection = new Connection(socket, answer, limits, onError);
      const done = live.size < limits().connections ? connection.run() : connection.refuse();
      live.set(connection, done.finally(() => live.delete(connection)));
    }
  })();

  return {
    address: addressText(hostname, port),
    port,
    connections: () => live.size,
    async shutdown(graceMs) {
      closing = true;
      listener.close();
      const ended = Promise.all([accepting, ...live.values()]);
      for (const connection of live.keys()) connection.finish();
      const late = Promise.withResolvers<void>();
      let later: ReturnType<typeof setTimeout> | undefined;
      const timer = setTimeout(() => {
        for (const connection of live.keys()) connection.close();
        // Whoever still makes an answer makes it for nobody.
        later = setTimeout(late.resolve);
      }, graceMs);
      await Promise.race([ended, late.promise]);
      clearTimeout(timer);
      clearTimeout(later);
      clearInterval(sweep);
    },
  };
}

/** `host:port`, an IPv6 address in brackets. */
export function addressText(hostname: string, port: number): string {
  return `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}
