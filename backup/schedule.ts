/** When the next backup is due. */

import { durationMs } from "../lib/units.ts";
import type { State } from "./state.ts";

const FIRST_RETRY_MS = 5 * 60_000;
const MOST_RETRY_MS = 60 * 60_000;

/**
 * When a backup is due, whether it is made or not, milliseconds since 1970: so long after the last one, at once when there was none.
 *
 * @param every How often, as config.ts writes durations.
 */
export function dueMs({ lastStored, since }: Pick<State, "lastStored" | "since">, every: string): number {
  return lastStored === undefined ? Date.parse(since) : Date.parse(lastStored.startedAt) + durationMs(every);
}

/**
 * When the next one is to be begun: when it is due, and after a failure not before some time has passed, which grows with every one in turn.
 * What was missed while the machine was off is due already.
 */
export function nextMs(
  state: Pick<State, "lastStored" | "since" | "lastRun" | "failures">,
  every: string,
): number {
  const due = dueMs(state, every);
  if (state.failures === 0 || state.lastRun === undefined) return due;
  const wait = Math.min(FIRST_RETRY_MS * 2 ** (state.failures - 1), MOST_RETRY_MS, durationMs(every));
  return Math.max(due, Date.parse(state.lastRun.endedAt) + wait);
}
