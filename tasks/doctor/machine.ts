/** What the machine says about its own ports and processes, read from /proc. */

import { run } from "../../lib/process.ts";

/** A listening TCP socket. */
export interface Listener {
  readonly address: string;
  readonly port: number;
  /** Numeric id of the user it belongs to. */
  readonly uid: number;
  readonly inode: string;
  /** Processes that hold it, the innermost first; empty when this user may not know. */
  readonly pids: readonly number[];
}

/** A process. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** `R`, `S`, `T` (stopped by a signal), `D` (waits for a disk). */
  readonly state: string;
  /** Its command line. */
  readonly command: string;
}

const LISTENING = "0A";
const COMMAND_LENGTH = 120;

/**
 * Listening sockets of /proc/net/tcp and /proc/net/tcp6.
 *
 * Source: Documentation/networking/proc_net_tcp.rst of Linux.
 */
export function parseListeners(text: string): Omit<Listener, "pids">[] {
  return text.split("\n").flatMap((line) => {
    const [, local, , state, , , , uid, , inode] = line.trim().split(/\s+/);
    if (state !== LISTENING || local === undefined || inode === undefined) return [];
    const [address, port] = local.split(":") as [string, string];
    return [{ address: decodeAddress(address), port: parseInt(port, 16), uid: Number(uid), inode }];
  });
}

/** Every listening socket, with the processes that hold it. */
export async function readListeners(signal: AbortSignal): Promise<Listener[]> {
  const [v4, v6] = await Promise.all([
    cat(["/proc/net/tcp"], signal),
    cat(["/proc/net/tcp6"], signal), // Missing where IPv6 is switched off.
  ]);
  const sockets = [...parseListeners(v4), ...parseListeners(v6)];
  const owners = await socketOwners(signal);
  return sockets.map((socket) => ({ ...socket, pids: owners.get(socket.inode) ?? [] }));
}

/** Process `pid`; undefined when there is none, or only its exit code is left. */
export async function readProcess(pid: number, signal: AbortSignal): Promise<Process | undefined> {
  const [stat, command] = await Promise.all([
    cat([`/proc/${pid}/stat`], signal),
    cat([`/proc/${pid}/cmdline`], signal),
  ]);
  const name = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
  // The name may hold spaces and brackets itself: what follows the last bracket is regular.
  const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (state === undefined || parent === undefined || state === "Z") return undefined;
  const words = command.replaceAll("\0", " ").trim();
  return { pid, parent: Number(parent), state, command: words === "" ? `[${name}]` : words };
}

/** `pid` and the processes it descends from, the nearest first. */
export async function readLineage(pid: number, signal: AbortSignal): Promise<Process[]> {
  const lineage: Process[] = [];
  for (let next = pid; next > 1 && lineage.length < 32;) {
    const process = await readProcess(next, signal);
    if (process === undefined) break;
    lineage.push(process);
    next = process.parent;
  }
  return lineage;
}

// Deno opens /proc only to programs that are allowed everything; `cat` and `ls` need no more than their own name.
async function cat(paths: readonly string[], signal: AbortSignal): Promise<string> {
  return (await run("cat", paths, { timeoutMs: 5_000, signal })).stdout;
}

async function socketOwners(signal: AbortSignal): Promise<Map<string, number[]>> {
  const pids = (await run("ls", ["/proc"], { timeoutMs: 5_000, signal })).stdout.split("\n")
    .filter((name) => /^\d+$/.test(name));
  const owners = new Map<string, number[]>();
  const { stdout } = await run("ls", ["-l", ...pids.map((pid) => `/proc/${pid}/fd`)], {
    timeoutMs: 10_000,
    signal,
  });
  let pid = 0;
  for (const line of stdout.split("\n")) {
    const head = /^\/proc\/(\d+)\/fd:$/.exec(line);
    if (head) pid = Number(head[1]);
    const inode = / -> socket:\[(\d+)\]$/.exec(line)?.[1];
    if (inode !== undefined && !owners.get(inode)?.includes(pid)) {
      owners.set(inode, [pid, ...owners.get(inode) ?? []]);
    }
  }
  return owners;
}

function decodeAddress(hex: string): string {
  // Each 32-bit word is in the machine's byte order, which is little-endian wherever Deno runs.
  const words = hex.match(/.{8}/g) ?? [];
  const octets = words.flatMap((word) => word.match(/../g)!.reverse().map((byte) => parseInt(byte, 16)));
  if (octets.length === 4) return octets.join(".");
  const mapped = octets.slice(0, 10).every((byte) => byte === 0) && octets[10] === 255 && octets[11] === 255;
  if (mapped) return octets.slice(12).join(".");
  const groups = Array.from(
    { length: 8 },
    (_, i) => ((octets[2 * i]! << 8) | octets[2 * i + 1]!).toString(16),
  );
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}

/** A process for people. */
export function describeProcess({ pid, state, command }: Process): string {
  const shown = command.length <= COMMAND_LENGTH ? command : `${command.slice(0, COMMAND_LENGTH - 1)}…`;
  return `pid ${pid}, state ${state}: ${shown}`;
}
