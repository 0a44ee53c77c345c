/** How long to wait before the next attempt. */

const SHORTEST_MS = 1_000;
const LONGEST_MS = 5 * 60_000;
// A destination that asks for longer is out of its mind, or its daily quota is used up: then the next day is soon enough.
const LONGEST_ASKED_MS = 24 * 3_600_000;

/**
 * Exponential with full jitter, so that what failed together does not come again together; from 1 s to 5 min.
 *
 * Source: "Exponential Backoff And Jitter", AWS Architecture Blog.
 *
 * @param failures Attempts that failed so far, 1 or more.
 * @param random From 0 to 1.
 */
export function backoffMs(failures: number, random: number): number {
  const ceiling = Math.min(SHORTEST_MS * 2 ** Math.min(failures, 20), LONGEST_MS);
  return Math.round(SHORTEST_MS + random * (ceiling - SHORTEST_MS));
}

/** How long a destination is left alone that asked for `afterMs`: never shorter, but for a day at most. */
export function askedMs(afterMs: number | undefined): number {
  if (afterMs === undefined || !(afterMs > 0)) return 0;
  return Math.min(Math.ceil(afterMs), LONGEST_ASKED_MS);
}
