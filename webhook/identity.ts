/** What two notifications have in common: their group, or all that matters. */

import { hash, randomBytes } from "node:crypto";
import type { Alert, Notification } from "./payload.ts";

/**
 * The group of a notification, as hex: what Alertmanager tells one receiver under one group key. One without a group key is a group of its
 * own, another one at each call.
 */
export function groupOf({ receiver, groupKey }: Notification): string {
  if (groupKey === "") return randomBytes(16).toString("hex");
  return hash("sha256", framed(receiver) + framed(groupKey), "hex").slice(0, 32);
}

/**
 * What copies of one notification share, as base64url: retries, and what the members of a cluster of Alertmanagers send. That they were sent for the
 * same reason tells a copy from a repeat. Annotations, URLs and the order of alerts are not looked at, as they differ between members.
 *
 * @returns undefined for a notification without a group key: nothing tells a second event from a copy of the first.
 */
export function digestOf(notification: Notification): string | undefined {
  const { receiver, groupKey, status, reason, truncatedAlerts, alerts } = notification;
  if (groupKey === "") return undefined;
  let text = framed(receiver) + framed(groupKey) + framed(status) + framed(reason) + truncatedAlerts;
  if (alerts.length === 1) text += `;${framed(textOf(alerts[0]!))}`;
  else for (const alert of alerts.map(textOf).sort()) text += `;${framed(alert)}`;
  return hash("sha256", text, "base64url");
}

function textOf({ labels, fingerprint, status, startsAt }: Alert): string {
  let text = framed(fingerprint) + framed(status) + framed(startsAt);
  for (const name of Object.keys(labels).sort()) text += framed(name) + framed(labels[name]!);
  return text;
}

/** With its length, so that no two lists of texts look the same when they are put together. */
function framed(text: string): string {
  return `${text.length}:${text}`;
}
