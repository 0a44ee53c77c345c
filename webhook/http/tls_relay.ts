/** TLS by Deno's own listener, for runtimes whose `node:tls` cannot do better; it asks no client for a certificate. */

import type { Socket } from "./connection.ts";
import type { TlsListener, TlsListenerOptions, TlsMaterial } from "./tls.ts";

/**
 * Deno's listener keeps the certificate that it began with. So connections are taken by a plain one that stays, and handed over to one behind
 * it, on this machine only, which is another one after each renewal: no client ever finds the door closed.
 *
 * @throws {Deno.errors.AddrInUse} when the port is taken.
 */
export function listenRelayedTls({ hostname, port, material }: TlsListenerOptions): TlsListener {
  const door = Deno.listen({ hostname, port });
  let inside = listenInside(material);

  return {
    port: (door.addr as Deno.NetAddr).port,
    async accept(): Promise<Socket> {
      const client = await door.accept();
      const { listener, handover } = inside;
      return await handover(async () => {
        let through: Deno.TcpConn | undefined;
        try {
          through = await Deno.connect({ hostname: "127.0.0.1", port: (listener.addr as Deno.NetAddr).port });
          const secured = await takeFrom(listener, (through.localAddr as Deno.NetAddr).port);
          return adapted(secured, relay(client, through));
        } catch (error) {
          client.close();
          through?.close();
          throw error;
        }
      });
    },
    close() {
      door.close();
      inside.retire();
    },
    renew(material) {
      const before = inside;
      inside = listenInside(material);
      before.retire();
    },
  };
}

interface Inside {
  readonly listener: Deno.TlsListener;
  /** Hands a connection over; the listener stays open meanwhile. */
  handover(run: () => Promise<Socket>): Promise<Socket>;
  /** Closes the listener, once nothing is being handed over. */
  retire(): void;
}

function listenInside({ cert, key }: TlsMaterial): Inside {
  const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
  let underWay = 0;
  let isRetired = false;
  const closeWhenIdle = () => {
    if (isRetired && underWay === 0) listener.close();
  };
  return {
    listener,
    async handover(run) {
      underWay++;
      try {
        return await run();
      } finally {
        underWay--;
        closeWhenIdle();
      }
    },
    retire() {
      isRetired = true;
      closeWhenIdle();
    },
  };
}

/** The connection that comes from `port`; others are nobody's business here. */
async function takeFrom(listener: Deno.TlsListener, port: number): Promise<Deno.TlsConn> {
  for (;;) {
    const secured = await listener.accept();
    if ((secured.remoteAddr as Deno.NetAddr).port === port) return secured;
    secured.close();
  }
}

// What was answered last is on its way to the client when the connection is closed.
const LINGER_MS = 1_000;

function adapted(secured: Deno.TlsConn, relayed: Relay): Socket {
  let isShaken = false;
  return {
    async read(into) {
      const count = await secured.read(into);
      isShaken = true;
      return count;
    },
    write: (bytes) => secured.write(bytes),
    closeWrite: () => secured.closeWrite(),
    close() {
      secured.close();
      // A connection that has not agreed on its keys stays open for as long as the client likes, closed or not.
      if (!isShaken) return relayed.end();
      const timer = setTimeout(relayed.end, LINGER_MS);
      relayed.ended.then(() => clearTimeout(timer));
    },
  };
}

interface Relay {
  readonly ended: Promise<void>;
  readonly end: () => void;
}

/** Passes on what comes from either side, until both have ended or one is gone. */
function relay(one: Deno.TcpConn, other: Deno.TcpConn): Relay {
  const end = () => {
    for (const socket of [one, other]) {
      try {
        socket.close();
      } catch {
        // It is closed already.
      }
    }
  };
  const ended = Promise.all([pass(one, other).catch(end), pass(other, one).catch(end)]).then(end);
  return { ended, end };
}

async function pass(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(16 * 1024);
  for (let count; (count = await from.read(buffer)) !== null;) {
    for (let sent = 0; sent < count;) sent += await to.write(buffer.subarray(sent, count));
  }
  await to.closeWrite();
}
