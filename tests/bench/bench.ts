/** What a benchmark is: it gives rows, each a figure with its unit and what it is measured against. */

import type { EngineName } from "../../tasks/stack.ts";

/** One figure. */
export interface Row {
  readonly what: string;
  /** The figure as text with its unit, such as `184 ms`. */
  readonly figure: string;
  /** What was aimed for, or what it is compared with. */
  readonly aim: string;
  /** Whether the aim is reached; undefined when there is none. On a noisy machine a miss is a hint, not a failure. */
  readonly reached?: boolean;
  /** What it was made of, for `--json`. */
  readonly data?: object;
}

/** What the caller may choose. */
export interface Options {
  /** How long the long ones take, minutes. */
  readonly minutes: number;
  /** Time between two troubles, seconds. */
  readonly everySeconds: number;
  readonly engine?: EngineName;
}

/** A group of figures that are measured together. */
export interface Bench {
  readonly name: string;
  readonly summary: string;
  /** Whether it takes so long that it is only run when it is named. */
  readonly isLong?: boolean;
  /** Measures. @throws {Skip} when this machine cannot. */
  run(say: (what: string) => void, signal: AbortSignal, options: Options): AsyncIterable<Row>;
}

/** Thrown by a benchmark that this machine cannot run; the message says why. */
export class Skip extends Error {
  override readonly name = "Skip";
}

/** The middle one of several numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Milliseconds that `work` takes, `times` times. */
export async function timesOf(times: number, work: () => unknown): Promise<number[]> {
  const taken: number[] = [];
  for (let i = 0; i < times; i++) {
    const started = performance.now();
    await work();
    taken.push(performance.now() - started);
  }
  return taken;
}
