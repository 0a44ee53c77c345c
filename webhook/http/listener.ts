/** Where connections come from. */

import type { Socket } from "./connection.ts";

/** Gives connections. */
export interface Listener {
  readonly port: number;
  /** The next connection. @throws when it cannot be taken, or the listener is closed. */
  accept(): Promise<Socket>;
  /** Takes no more. Connections that were taken stay. */
  close(): void;
}

/**
 * Listens for plain TCP.
 *
 * @throws {Deno.errors.AddrInUse} when the port is taken.
 */
export function listenTcp(hostname: string, port: number): Listener {
  const listener = Deno.listen({ hostname, port });
  return {
    port: (listener.addr as Deno.NetAddr).port,
    accept: () => listener.accept(),
    close: () => listener.close(),
  };
}
