/** What a list shows of a notification. */

import type { Severity } from "../message.ts";
import { severityOf, worst } from "../messages/severity.ts";
import { decodeNotification, type Notification } from "../payload.ts";

/** A notification in a few words. */
export interface Summary {
  readonly status: Notification["status"];
  readonly receiver: string;
  /** Why it was sent, as Alertmanager says; `""` when unknown. */
  readonly reason: string;
  /** Alerts in it, by status, and those that its sender left out. */
  readonly firing: number;
  readonly resolved: number;
  readonly truncated: number;
  /** The worst of the alerts that fire; of all when none does. */
  readonly severity: Severity;
  /** What its alerts are called, each name once, at most ten. */
  readonly names: readonly string[];
}

const MOST_NAMES = 10;

/** @param notification It may be large: each alert is looked at once. */
export function summaryOf(notification: Notification): Summary {
  const { alerts, status, receiver, reason, truncatedAlerts } = notification;
  const names = new Set<string>();
  const severities = { firing: new Set<Severity>(), resolved: new Set<Severity>() };
  const counts = { firing: 0, resolved: 0 };
  for (const { status, labels } of alerts) {
    counts[status]++;
    severities[status].add(severityOf(labels.severity));
    if (names.size < MOST_NAMES && labels.alertname) names.add(labels.alertname);
  }
  const severity = worst(counts.firing > 0 ? severities.firing : severities.resolved);
  return { status, receiver, reason, ...counts, truncated: truncatedAlerts, severity, names: [...names] };
}

/** The notification in a stored body, which was understood when it came. @throws {Error} when the disk has changed it. */
export function decodeBody(body: Uint8Array): Notification {
  return decodeNotification(JSON.parse(new TextDecoder().decode(body)));
}

/** As `decodeBody`; undefined when the disk has changed it. */
export function readBody(body: Uint8Array): Notification | undefined {
  try {
    return decodeBody(body);
  } catch {
    return undefined;
  }
}

/** What is left of a notification whose body cannot be read any more. */
export const UNREADABLE: Notification = decodeNotification({ alerts: [] });
