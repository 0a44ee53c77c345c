/** TCP ports of this machine that nobody listens on. */

/** `count` different ports, free a moment ago. Below 32768, where no outgoing connection takes one. */
export function freePorts(count: number): number[] {
  const free: number[] = [];
  while (free.length < count) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (!free.includes(port) && isFree(port)) free.push(port);
  }
  return free;
}

function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}
