/** Waiting for something to become true, never for time to pass. */

import { setTimeout as delay } from "node:timers/promises";

/** How long and how often to look. */
export interface PollOptions {
  readonly deadlineMs: number;
  readonly pollMs: number;
  /** A clock that only goes forward, milliseconds. */
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Called after each look that was in vain, with the milliseconds waited so far. */
  readonly waiting?: (elapsedMs: number) => void;
}

/**
 * Looks again and again until `accept` takes what it saw, or the deadline has passed.
 *
 * @returns what was seen last, and whether it was accepted.
 * @throws what `signal` was aborted with, and what `look` throws.
 */
export async function poll<T>(
  look: () => Promise<T>,
  accept: (seen: T) => boolean,
  { deadlineMs, pollMs, now, signal, waiting }: PollOptions,
): Promise<{ seen: T; accepted: boolean; elapsedMs: number }> {
  const started = now();
  while (true) {
    signal.throwIfAborted();
    const seen = await look();
    const elapsedMs = now() - started;
    if (accept(seen)) return { seen, accepted: true, elapsedMs };
    if (elapsedMs >= deadlineMs) return { seen, accepted: false, elapsedMs };
    waiting?.(elapsedMs);
    // Only the signal makes it fail; the one who aborted is told his own reason.
    await delay(pollMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
