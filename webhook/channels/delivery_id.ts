/** What a message is called where it is delivered, so that a copy is known as one. */

import { createHash } from "node:crypto";
import type { Message } from "../message.ts";

/**
 * Names `message`: the same at every attempt to deliver it, and of nothing else. The notification's number alone would begin anew with a new
 * data directory, and a receiver would take what comes for what it has got: so it goes with a digest of what is said.
 */
export function deliveryId({ id, group, notification }: Message): string {
  const { status, reason, alerts } = notification;
  const said = [
    group,
    status,
    reason,
    alerts.map(({ status, labels, startsAt }) => [status, labels, startsAt]),
  ];
  return `vigie_${id}_${createHash("sha256").update(JSON.stringify(said)).digest("hex").slice(0, 24)}`;
}
