/** A TCP port that is free. */

// Who was given one may not listen yet.
const given = new Set<number>();

/** A port of 127.0.0.1 that nobody has and nobody here was given, below those that the kernel gives to outgoing connections, which could take it meanwhile. */
export function freePort(): number {
  while (true) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if (given.has(port)) continue;
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      given.add(port);
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}
