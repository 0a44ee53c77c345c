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
  let lines: string[] = [];
  for (const part of [path, ...Array.from({ length: KEEP }, (_, i) => `${path}.${i + 1}`)]) {
    const missing = count - lines.length;
    if (missing <= 0) break;
    lines = [...await tailOf(part, missing), ...lines];
  }
  return lines;
}

/**
 * The last `tail` lines of the log at `path`, and then every new one until `signal` aborts.
 *
 * A log that is cut meanwhile is read to its end first: what was not read yet is at the same place of `path.1`.
 */
export async function* followLines(path: string, tail: number, signal: AbortSignal): AsyncGenerator<string> {
  let offset = await sizeOf(path);
  yield* await lastLines(path, tail);
  let rest = "";
  const decoder = new TextDecoder();
  while (!signal.aborted) {
    const size = await sizeOf(path);
    const from = size < offset ? [[`${path}.1`, offset], [path, 0]] as const : [[path, offset]] as const;
    for (const [part, start] of from) {
      const bytes = await readFrom(part, start);
      offset = start + bytes.length;
      const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = lines.pop()!;
      yield* lines;
    }
    await delay(POLL_MS, undefined, { signal }).catch(() => {});
  }
}

async function tailOf(path: string, count: number): Promise<string[]> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  using _file = file;
  let start = await file.seek(0, Deno.SeekMode.End);
  let bytes = new Uint8Array();
  // One line more than wanted: the first one may be a part.
  while (start > 0 && newlines(bytes) <= count) {
    const length = Math.min(BLOCK_BYTES, start);
    start -= length;
    await file.seek(start, Deno.SeekMode.Start);
    const block = await readFully(file, length);
    bytes = concat(block, bytes);
  }
  const lines = new TextDecoder().decode(bytes).split("\n");
  if (lines.at(-1) === "") lines.pop();
  return count === 0 ? [] : lines.slice(-count);
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
