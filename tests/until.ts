/** Waiting for what comes in its own time. */

import { setTimeout as delay } from "node:timers/promises";

/** How long and how often is looked, milliseconds. */
export interface Patience {
  /** After so long it counts as a failure; far more than anything takes. */
  readonly deadlineMs?: number;
  readonly everyMs?: number;
}

/** Waits until `condition` holds. @throws {Error} naming `what` when it does not in time. @throws what `condition` throws. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  { deadlineMs = 90_000, everyMs = 50 }: Patience = {},
): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!await condition()) {
    if (performance.now() > end) throw new Error(`Waited ${deadlineMs / 1_000} s in vain until ${what}`);
    await delay(everyMs);
  }
}
