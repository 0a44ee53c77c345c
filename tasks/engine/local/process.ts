/**
 * Looking at processes. /proc is read by `cat`, `find` and `grep`, which every Linux has: Deno itself reads it only with all permissions.
 */

import { run } from "../../../lib/process.ts";
import { MARK, type ProcessId } from "./protocol.ts";

/** A living process. */
export interface Living extends ProcessId {
  /** Resident memory, bytes. */
  readonly residentBytes: number;
}

/** A living process of a stack. */
export interface Marked extends Living {
  /** Its service, or `supervisor`. */
  readonly service: string;
}

/** Those of `pids` that live, by pid; zombies do not. */
export async function inspect(pids: readonly number[]): Promise<Map<number, Living>> {
  if (pids.length === 0) return new Map();
  const files = pids.flatMap((pid) => [`/proc/${pid}/stat`, `/proc/${pid}/status`]);
  // Exit code 1 only says that some of them are gone.
  const { stdout } = await run("cat", ["/proc/sys/kernel/random/boot_id", ...files]);
  return parseProcesses(pids, stdout);
}

/** Reads boot_id followed by the stat and status files of processes. */
export function parseProcesses(pids: readonly number[], text: string): Map<number, Living> {
  const bootId = text.slice(0, text.indexOf("\n"));
  const living = new Map<number, Living>();
  for (const pid of pids) {
    // A program's name may hold anything, ")" included: the numbers follow the last one.
    const stat = new RegExp(`^${pid} \\(.*\\) ([A-Za-z]) ([-\\d ]+)$`, "m").exec(text);
    if (!stat || stat[1] === "Z" || stat[1] === "X") continue;
    const startTicks = Number(stat[2]!.split(" ")[18]);
    const resident = new RegExp(`^Pid:\\t${pid}$[^]*?^VmRSS:\\s+(\\d+) kB`, "m").exec(text);
    living.set(pid, { pid, startTicks, bootId, residentBytes: Number(resident?.[1] ?? 0) * 1024 });
  }
  return living;
}

/** Whether `a` and `b` are one process, not two with the same number. */
export function sameProcess(a: ProcessId | undefined, b: ProcessId | undefined): boolean {
  return a !== undefined && b !== undefined && a.pid === b.pid && a.startTicks === b.startTicks &&
    a.bootId === b.bootId;
}

/** Whether `process` still lives. */
export async function lives(process: ProcessId): Promise<boolean> {
  return sameProcess((await inspect([process.pid])).get(process.pid), process);
}

const FIND_MARKED = `for file in $(grep -lsxzF "${MARK.stack}=$1" /proc/[0-9]*/environ); do
  pid=\${file#/proc/}
  printf '%s ' "\${pid%/environ}"
  grep -hsz '^${MARK.service}=' "$file" | tr -d '\\0'
  echo
done`;

/** Every living process that was started for the stack in `directory`, known or not: the kernel keeps their environment. */
export async function findMarked(directory: string): Promise<Marked[]> {
  const { stdout } = await run("sh", ["-c", FIND_MARKED, "sh", directory]);
  const lines = stdout.split("\n").map((line) => new RegExp(`^(\\d+) ${MARK.service}=(.+)$`).exec(line));
  const found = lines.filter((line) => line !== null).map((line) => ({
    pid: Number(line[1]),
    service: line[2]!,
  }));
  const living = await inspect(found.map(({ pid }) => pid));
  return found.flatMap(({ pid, service }) => {
    const process = living.get(pid);
    return process ? [{ ...process, service }] : [];
  });
}

/** Sends `signal` to `process`, if it is still the same one. */
export async function signal(process: ProcessId, name: Deno.Signal): Promise<void> {
  if (!await lives(process)) return;
  try {
    Deno.kill(process.pid, name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound) && !(error as Error).message.includes("ESRCH")) throw error;
  }
}

/** The command line of a process, when it may be read. */
export async function commandOf(pid: number): Promise<string | undefined> {
  const { stdout } = await run("cat", [`/proc/${pid}/cmdline`]);
  const text = stdout.replaceAll("\0", " ").trim();
  return text === "" ? undefined : text.slice(0, 120);
}
