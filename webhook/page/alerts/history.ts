/** What became of an alert, as the journal tells it. */

import { readBody } from "../../journal/summary.ts";
import { isTooLarge } from "../../api/options.ts";
import type { Archive, DeliveryRecord } from "../../journal/archive.ts";
import type { Alert } from "../../payload.ts";
import { matchersFor } from "./filter.ts";

/** A notification that spoke of the alert. */
export interface Told {
  readonly notificationId: number;
  readonly receivedMs: number;
  readonly alert: Alert;
  readonly deliveries: readonly DeliveryRecord[];
}

const MOST = 30;
const BUDGET_MS = 100;

/** A part of what was told of an alert. */
export interface History {
  /** The newest first. */
  readonly told: readonly Told[];
  /** Older ones may be below this id; undefined at the end. */
  readonly next?: number;
  /** What came since then stands on newer parts, ms since 1970; undefined on the newest. */
  readonly untilMs?: number;
}

/** The newest notifications below the id `below` that spoke of an alert with exactly these labels. */
export function historyOf(
  archive: Archive,
  labels: Readonly<Record<string, string>>,
  below?: number,
): History {
  const wanted = Object.entries(labels);
  const isIt = (others: Readonly<Record<string, string>>) =>
    Object.keys(others).length === wanted.length && wanted.every(([name, value]) => others[name] === value);
  const values = matchersFor(labels).map(({ value }) => value).filter((value) => value !== "");
  const { items, next } = archive.notifications({
    labels: { test: isIt, values },
    below: below ?? Number.MAX_SAFE_INTEGER,
    limit: MOST,
    budgetMs: BUDGET_MS,
  });
  const told = items.flatMap(({ id, receivedMs }) => {
    const alert = alertsIn(archive, id).find((each) => isIt(each.labels));
    return alert ? [{ notificationId: id, receivedMs, alert, deliveries: archive.deliveries(id) }] : [];
  });
  return { told, next, untilMs: below === undefined ? undefined : archive.listed(below)?.receivedMs };
}

/** The alerts of a notification; none when it is not kept, or too large to be read for this. */
export function alertsIn(archive: Archive, notificationId: number): readonly Alert[] {
  const body = archive.notification(notificationId)?.body;
  return body && !isTooLarge(body) ? readBody(body)?.alerts ?? [] : [];
}
