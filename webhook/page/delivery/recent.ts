/** How deliveries went lately: what share arrived, and how long it took. */

import type { Archive } from "../../journal/archive.ts";

/** Of one channel. */
export interface Recent {
  readonly delivered: number;
  readonly dead: number;
  /** From the moment that it was queued until it had arrived, the median, ms; undefined when none did. */
  readonly medianMs?: number;
}

const SPAN_MS = 24 * 3_600_000;
/** So many of the latest notifications are looked at: more would take longer than the page may. */
const NOTIFICATIONS = 200;

/** By channel. @param now Milliseconds since 1970. */
export function recentOf(
  archive: Pick<Archive, "notifications" | "deliveries">,
  now: number,
): Map<string, Recent> {
  const { items } = archive.notifications({
    sinceMs: now - SPAN_MS,
    below: Number.MAX_SAFE_INTEGER,
    limit: NOTIFICATIONS,
  });
  const settled = items.flatMap(({ id }) => archive.deliveries(id))
    .filter(({ state }) => state === "delivered" || state === "dead");
  const byChannel = Map.groupBy(settled, ({ channel }) => channel);
  return new Map([...byChannel].map(([channel, deliveries]) => {
    const arrived = deliveries.filter(({ state }) => state === "delivered");
    const times = arrived.map(({ settledMs, createdMs }) => Math.max(0, settledMs! - createdMs))
      .sort((a, b) => a - b);
    return [channel, {
      delivered: arrived.length,
      dead: deliveries.length - arrived.length,
      medianMs: times[Math.floor(times.length / 2)],
    }];
  }));
}
