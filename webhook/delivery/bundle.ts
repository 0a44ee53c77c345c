/** Which deliveries of a group are told by one message. */

import type { Delivery } from "../journal/journal.ts";

/** What waits for longer is told together with what is newer. */
export const LATE_MS = 2 * 60_000;

/** Deliveries that one message tells. */
export interface Bundle {
  /** All of them, oldest first. */
  readonly all: readonly Delivery[];
  /** The oldest: its time decides when the group is due. */
  readonly first: Delivery;
  /** The newest, which speaks for the others: it holds how far the message got. */
  readonly speaker: Delivery;
}

/**
 * The next bundle of a group: its oldest delivery alone, or all of them when the oldest has failed or is late, or when `together` says so.
 * What waits for its plain-text attempt is told with what it already spoke for and nothing newer, so that a message that its
 * destination will never take draws no other one with it.
 *
 * @param deliveries The group's, oldest first; at least one.
 */
export function nextBundle(deliveries: readonly Delivery[], nowMs: number, together = false): Bundle {
  const first = deliveries[0]!;
  const plain = deliveries.findIndex((delivery) => delivery.plain);
  const late = first.attempts > 0 || nowMs - first.createdMs > LATE_MS;
  const count = plain >= 0 ? plain + 1 : late || together ? deliveries.length : 1;
  const all = deliveries.slice(0, count);
  return { all, first, speaker: all.at(-1)! };
}
