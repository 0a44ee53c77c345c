/** Who listens on a TCP port of this machine. */

import { run } from "../../../lib/process.ts";

const LISTENING = "0A";

/** Inodes of the sockets that listen on `port`, in the text of /proc/net/tcp or tcp6. */
export function listeningInodes(text: string, port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  return text.split("\n").flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    return fields[1]?.endsWith(`:${wanted}`) && fields[3] === LISTENING ? [fields[9]!] : [];
  });
}

/** Inodes of the sockets that listen on each of `ports`. */
export async function inodesOn(ports: readonly number[]): Promise<Map<number, string[]>> {
  // A kernel without IPv6 has no second file.
  const { stdout } = await run("cat", ["/proc/net/tcp", "/proc/net/tcp6"]);
  return new Map(ports.map((port) => [port, listeningInodes(stdout, port)]));
}

/** Inodes of all sockets that `pid` holds open; undefined when that may not be seen. */
export async function socketsOf(pid: number): Promise<Set<string> | undefined> {
  const { code, stdout } = await run("find", [`/proc/${pid}/fd`, "-lname", "socket:*", "-printf", "%l\n"]);
  return code === 0
    ? new Set(stdout.split("\n").map((line) => line.slice("socket:[".length, -1)))
    : undefined;
}

/** The process that holds one of `inodes`; undefined when it is another user's, which only root may see. */
export async function holderOf(inodes: readonly string[]): Promise<number | undefined> {
  for (const inode of inodes) {
    const script = 'find /proc/[0-9]*/fd -lname "socket:\\[$1\\]" 2>/dev/null';
    const { stdout } = await run("sh", ["-c", script, "sh", inode]);
    const pid = /^\/proc\/(\d+)\//.exec(stdout)?.[1];
    if (pid !== undefined) return Number(pid);
  }
  return undefined;
}

/** Whether a service could listen there now; else why not, one clause. */
export function portProblem(
  hostname: string,
  port: number,
): "taken" | { readonly reason: string } | undefined {
  try {
    Deno.listen({ hostname, port }).close();
    return undefined;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return "taken";
    return { reason: (error as Error).message.replace(/ \(os error \d+\)$/, "") };
  }
}
