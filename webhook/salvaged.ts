/** After a damaged journal was salvaged: what is said of it, and what is told again to be sure. */

import type { Journal, Salvage } from "./journal/mod.ts";
import { decodeNotification } from "./payload.ts";
import type { Routing } from "./routing.ts";

/** What became of a damaged journal, as one sentence. */
export function reportOf(
  { file, notifications, deliveries, quarantined, lost }: Omit<Salvage, "uncertain">,
): string {
  const read = `notifications read: ${notifications}, deliveries: ${deliveries}, quarantined: ${quarantined}`;
  const gone = lost === undefined ? "how many are lost is unknown" : `notifications lost: ${lost} at most`;
  return `${read}; ${gone}; the damaged file is "${file}"`;
}

/**
 * Queues notifications whose deliveries could not all be read as if they had just come: told twice at worst.
 *
 * @param nowMs Milliseconds since 1970.
 */
export async function requeue(
  { uncertain }: Pick<Salvage, "uncertain">,
  journal: Pick<Journal, "notification" | "queue">,
  routing: Routing,
  nowMs: number,
): Promise<void> {
  for (const id of uncertain) {
    const stored = journal.notification(id);
    if (stored === undefined) continue;
    const notification = decodeNotification(JSON.parse(new TextDecoder().decode(stored.body)));
    for (const delivery of routing.plan(notification)) {
      await journal.queue(id, { ...delivery, notBeforeMs: nowMs });
    }
  }
}
