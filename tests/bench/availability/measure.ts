/** Whether services answer, asked again and again, and what comes of it. */

import { setTimeout as delay } from "node:timers/promises";
import { answers } from "../../faults/answers.ts";

const ASK_EVERY_MS = 500;
// Who asks at the wrong moment waits this long before they call it down.
const PATIENCE_MS = 1_000;

/** A stretch of time in which a service did not answer; milliseconds since the measuring began. */
export interface Outage {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What was seen of one service. */
export interface Seen {
  readonly outages: readonly Outage[];
  readonly lastMs: number;
}

/** Asks `url` until `signal` aborts. */
export async function watch(url: string, began: number, signal: AbortSignal): Promise<Seen> {
  const outages: Outage[] = [];
  let wellMs = 0;
  let downSince: number | undefined;
  while (!signal.aborted) {
    const isUp = await answers(url, PATIENCE_MS);
    const now = performance.now() - began;
    if (isUp) {
      if (downSince !== undefined) outages.push({ fromMs: downSince, toMs: now });
      downSince = undefined;
      wellMs = now;
    } else {
      // It went away some time after it answered last: the worse is taken for true.
      downSince ??= wellMs;
    }
    await delay(ASK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
  const lastMs = performance.now() - began;
  if (downSince !== undefined) outages.push({ fromMs: downSince, toMs: lastMs });
  return { outages, lastMs };
}

/** What outages come to. */
export interface Availability {
  /** From 0 to 1. */
  readonly fraction: number;
  readonly outages: number;
  /** Milliseconds; 0 without outages. */
  readonly meanRepairMs: number;
  readonly longestMs: number;
}

/** Sums up what was seen. */
export function availabilityOf({ outages, lastMs }: Seen): Availability {
  const lengths = outages.map(({ fromMs, toMs }) => toMs - fromMs);
  const down = lengths.reduce((sum, length) => sum + length, 0);
  return {
    fraction: lastMs === 0 ? 1 : 1 - down / lastMs,
    outages: lengths.length,
    meanRepairMs: lengths.length === 0 ? 0 : down / lengths.length,
    longestMs: Math.max(0, ...lengths),
  };
}

const SHADES = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/** One character for each part of the time: the lower, the longer it was down. */
export function strip({ outages, lastMs }: Seen, parts: number): string {
  return Array.from({ length: parts }, (_, part) => {
    const [from, to] = [part * lastMs / parts, (part + 1) * lastMs / parts];
    const down = outages.reduce(
      (sum, { fromMs, toMs }) => sum + Math.max(0, Math.min(to, toMs) - Math.max(from, fromMs)),
      0,
    );
    const up = 1 - down / (to - from);
    // Only what was never down is shown whole.
    return SHADES[down === 0 ? SHADES.length - 1 : Math.floor(up * (SHADES.length - 1))]!;
  }).join("");
}

/** Holes in a recorded series. */
export interface Gaps {
  readonly count: number;
  readonly longestMs: number;
  readonly totalMs: number;
}

/**
 * Holes between the samples of a series: where more than one of them is missing.
 *
 * @param times When they were taken, milliseconds, in order.
 */
export function gapsOf(times: readonly number[], intervalMs: number): Gaps {
  const holes = times.slice(1).map((time, i) => time - times[i]!).filter((hole) => hole > 2.5 * intervalMs)
    .map((hole) => hole - intervalMs);
  return {
    count: holes.length,
    longestMs: Math.max(0, ...holes),
    totalMs: holes.reduce((sum, hole) => sum + hole, 0),
  };
}
