/** Reading services' logs, their older parts included, while they are written and cut. */

import { setTimeout as delay } from "node:timers/promises";
import { KEEP } from "./log_file.ts";

const BLOCK_BYTES = 64 * 1024;
const POLL_MS = 200;

/**
 * The last lines of the log at `path`, the oldest first. What they miss in the youngest part is taken from the older ones.
 *
 * @param count How many at most.
 */
export async function lastLines(path: string, count: number): Promise<string[]> {
  return (await tailOf(path, count)).lines;
}

/**
 * The last `tail` lines of the log at `path`, and then every new one until `signal` aborts.
 *
 * A log that is cut meanwhile is read to its end first: what was not read yet is at the same place of `path.1`.
 */
export async function* followLines(path: string, tail: number, signal: AbortSignal): AsyncGenerator<string> {
  const { lines, rest: begun, end } = await tailOf(path, tail, false);
  yield* lines;
  let offset = end;
  let rest = begun;
  const decoder = new TextDecoder();
  while (!signal.aborted) {
    const wasCut = await sizeOf(path) < offset;
    const parts = wasCut ? [[`${path}.1`, offset], [path, 0]] as const : [[path, offset]] as const;
    for (const [part, start] of parts) {
      const bytes = await readFrom(part, start);
      offset = start + bytes.length;
      const pieces = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = pieces.pop()!;
      yield* pieces;
    }
    await delay(POLL_MS, undefined, { signal }).catch(() => {});
  }
}

interface Tail {
  readonly lines: string[];
  /** The beginning of a line that is not ended yet. */
  readonly rest: string;
  /** How much of the youngest part was read, bytes. */
  readonly end: number;
}

/** @param withRest Whether a line that is not ended yet is among `lines`. */
async function tailOf(path: string, count: number, withRest = true): Promise<Tail> {
  const { text, end } = await endOf(path, count);
  const lines = text.split("\n");
  const rest = lines.pop()!;
  if (withRest && rest !== "") lines.push(rest);
  for (let i = 1; i <= KEEP && lines.length < count; i++) {
    const older = (await endOf(`${path}.${i}`, count - lines.length)).text.split("\n");
    older.pop();
    lines.unshift(...older);
  }
  return { lines: count === 0 ? [] : lines.slice(-count), rest, end };
}

/** The end of the file at `path`, with at least `count` lines if it has as many; empty when there is no such file. */
async function endOf(path: string, count: number): Promise<{ text: string; end: number }> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { text: "", end: 0 };
    throw error;
  }
  using _file = file;
  const end = await file.seek(0, Deno.SeekMode.End);
  let start = end;
  let bytes = new Uint8Array();
  // Two more than wanted: the first one may be a part, and the last one may be empty.
  while (start > 0 && newlines(bytes) <= count + 1) {
    const length = Math.min(BLOCK_BYTES, start);
    start -= length;
    await file.seek(start, Deno.SeekMode.Start);
    bytes = concat(await readFully(file, length), bytes);
  }
  return { text: new TextDecoder().decode(bytes), end };
}

async function readFrom(path: string, start: number): Promise<Uint8Array> {
  try {
    using file = await Deno.open(path);
    const end = await file.seek(0, Deno.SeekMode.End);
    if (end <= start) return new Uint8Array();
    await file.seek(start, Deno.SeekMode.Start);
    return await readFully(file, end - start);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Uint8Array();
    throw error;
  }
}

async function readFully(file: Deno.FsFile, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  let have = 0;
  while (have < length) {
    const read = await file.read(bytes.subarray(have));
    if (read === null) break; // Cut in between.
    have += read;
  }
  return bytes.subarray(0, have);
}

function sizeOf(path: string): Promise<number> {
  return Deno.stat(path).then(({ size }) => size, () => 0);
}

function newlines(bytes: Uint8Array): number {
  return bytes.reduce((count, byte) => byte === 10 ? count + 1 : count, 0);
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}
