/** A line between a browser and a service that can be cut and mended. */

/** A TCP port of 127.0.0.1 that leads to another one. */
export interface Line extends AsyncDisposable {
  readonly port: number;
  /** Ends every connection and takes no more. */
  cut(): void;
  /** Leads on again, by the same port. */
  mend(): void;
}

/** A line to `port`. */
export function layLine(port: number): Line {
  const connections = new Set<Deno.Conn>();
  let listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const own = (listener.addr as Deno.NetAddr).port;
  let accepting = accept();
  const passing = new Set<Promise<void>>();

  async function accept(): Promise<void> {
    for await (const from of listener) {
      const done = lead(from);
      passing.add(done);
      done.finally(() => passing.delete(done));
    }
  }

  async function lead(from: Deno.Conn): Promise<void> {
    connections.add(from);
    try {
      const to = await Deno.connect({ hostname: "127.0.0.1", port });
      connections.add(to);
      // Cut while it was laid.
      if (!connections.has(from)) end(to);
      const passed = Promise.all([pass(from, to), pass(to, from)]);
      await passed.finally(() => end(to));
    } catch {
      // Either side has left, or it was cut: both see that.
    } finally {
      end(from);
    }
  }

  async function pass(from: Deno.Conn, to: Deno.Conn): Promise<void> {
    await from.readable.pipeTo(to.writable);
  }

  function end(connection: Deno.Conn): void {
    if (!connections.delete(connection)) return;
    try {
      connection.close();
    } catch {
      // Its streams have closed it.
    }
  }

  function cut(): void {
    listener.close();
    for (const connection of connections) end(connection);
  }

  return {
    port: own,
    cut,
    mend() {
      listener = Deno.listen({ hostname: "127.0.0.1", port: own });
      accepting = accept();
    },
    async [Symbol.asyncDispose]() {
      try {
        cut();
      } catch {
        // It is cut.
      }
      await accepting;
      await Promise.all(passing);
    },
  };
}
