/** Which of a notification's alerts its picture shows. */

import { own } from "../messages/labels.ts";
import { bySeverity, severityOf } from "../messages/severity.ts";
import type { Alert, Notification } from "../payload.ts";

/** The alerts of a picture: those of one name. */
export interface Subject {
  /** The one that gives the picture its name: the worst, of several the one that fires for longest. */
  readonly alert: Alert;
  /** All that fire under its name, with the same severity, itself first. */
  readonly alerts: readonly Alert[];
}

/** What the picture of `notification` shows; undefined when nothing fires. */
export function subjectOf({ alerts }: Notification): Subject | undefined {
  const firing = alerts.filter(({ status }) => status === "firing").sort((a, b) =>
    bySeverity(severityOf(own(a.labels, "severity")), severityOf(own(b.labels, "severity"))) ||
    startOf(a) - startOf(b)
  );
  const [alert] = firing;
  if (alert === undefined) return undefined;
  const isLike = (other: Alert) =>
    ["alertname", "severity"].every((name) => own(other.labels, name) === own(alert.labels, name));
  return { alert, alerts: firing.filter(isLike) };
}

/** What a picture was made of: pictures that say the same share it. */
export function subjectKey({ alerts }: Subject): string {
  return alerts.map(({ fingerprint, labels, startsAt }) =>
    JSON.stringify([fingerprint || Object.entries(labels).sort(), startsAt])
  ).sort().join();
}

function startOf({ startsAt }: Alert): number {
  return Date.parse(startsAt) || Infinity;
}
