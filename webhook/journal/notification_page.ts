/** A page of notifications that fit a query, found in bounded time. */

import type { StatementSync } from "node:sqlite";
import type { Notification } from "../payload.ts";
import type { ListedNotification, Page } from "./archive.ts";
import type { Origin } from "./journal.ts";
import { matchOfValues, parseSearch, type Search, searchText } from "./search.ts";
import { readBody, summaryOf, UNREADABLE } from "./summary.ts";

/** Which notifications; all conditions must hold. */
export interface NotificationQuery {
  /** Words, as a person types them, that are found in one of its alerts. */
  readonly search?: string;
  /** Fits the labels of that same alert. */
  readonly labels?: LabelQuery;
  readonly status?: Notification["status"];
  readonly receiver?: string;
  readonly origin?: Origin;
  /** Received at or after, milliseconds since 1970. */
  readonly sinceMs?: number;
  /** Received before. */
  readonly untilMs?: number;
  /** Only ids below. */
  readonly below: number;
  readonly limit: number;
  /** After so long the page ends where it is; 40 by default. */
  readonly budgetMs?: number;
}

/** Which labels. */
export interface LabelQuery {
  readonly test: (labels: Readonly<Record<string, string>>) => boolean;
  /** Values that labels which fit must have, as far as that is known: they find candidates in the index. */
  readonly values: readonly string[];
}

const BUDGET_MS = 40;
// Rows that one statement may pass over without giving one.
const STRETCH = 10_000;

/** A row of the table `summary`. */
export interface SummaryRow extends Omit<ListedNotification, "names"> {
  readonly names: string;
}
type Sql = (text: string) => StatementSync;
type Candidate = ListedNotification | { readonly passedOver: number };

/** Its columns, as `SummaryRow` names them. */
export const SUMMARY =
  "notification_id AS id, received_ms AS receivedMs, origin, status, receiver, reason, firing, resolved, " +
  "truncated, severity, names";

/**
 * The newest that fit `query`. When time runs out the page ends early: it may be short, or empty, and go on all the same.
 *
 * @param indexedUpTo Notifications above this id are not in the index; they are looked at one by one.
 */
export function pageOfNotifications(
  sql: Sql,
  indexedUpTo: number,
  query: NotificationQuery,
): Page<ListedNotification> {
  const deadline = performance.now() + (query.budgetMs ?? BUDGET_MS);
  const items: ListedNotification[] = [];
  const search = query.search === undefined ? undefined : parseSearch(query.search);
  if (query.search !== undefined && search === undefined) return { items };

  for (const candidate of candidates(sql, indexedUpTo, query, search)) {
    const isOne = "id" in candidate;
    if (isOne) {
      if (items.length === query.limit) return { items, next: items.at(-1)!.id };
      items.push(candidate);
    }
    if (performance.now() > deadline) return { items, next: isOne ? candidate.id : candidate.passedOver };
  }
  return { items };
}

/** Those that fit, newest first; between them, how far the search has come. */
function* candidates(
  sql: Sql,
  indexedUpTo: number,
  query: NotificationQuery,
  search: Search | undefined,
): Generator<Candidate> {
  yield* notIndexed(sql, indexedUpTo, query, search);
  const below = Math.min(query.below, indexedUpTo + 1);
  if (search === undefined && query.labels === undefined) yield* bySummary(sql, below, query);
  else yield* byAlert(sql, below, query, search);
}

function* notIndexed(
  sql: Sql,
  indexedUpTo: number,
  query: NotificationQuery,
  search: Search | undefined,
): Generator<Candidate> {
  const next = sql(
    "SELECT id, received_ms AS receivedMs, origin, body FROM notification WHERE id < ? AND id > ? ORDER BY id DESC LIMIT 1",
  );
  for (let below = query.below;;) {
    const row = next.get(below, indexedUpTo) as
      | { id: number; receivedMs: number; origin: Origin; body: Uint8Array }
      | undefined;
    if (row === undefined) return;
    const { id, receivedMs, origin, body } = row;
    below = id;
    // A body that the disk has changed hides none of the others.
    const notification = readBody(body) ?? UNREADABLE;
    const listed = { id, receivedMs, origin, ...summaryOf(notification) };
    const found = fits(listed, query) && ((search === undefined && query.labels === undefined) ||
      notification.alerts.some((alert) =>
        (query.labels?.test(alert.labels) ?? true) && (search?.test(searchText(alert)) ?? true)
      ));
    yield found ? listed : { passedOver: id };
  }
}

function* bySummary(sql: Sql, from: number, query: NotificationQuery): Generator<Candidate> {
  const stretch = sql(
    `SELECT ${SUMMARY} FROM summary WHERE notification_id < ?1 AND notification_id >= ?2
    AND (?3 IS NULL OR status = ?3) AND (?4 IS NULL OR receiver = ?4) AND (?5 IS NULL OR origin = ?5)
    AND (?6 IS NULL OR received_ms >= ?6) AND (?7 IS NULL OR received_ms < ?7)
    ORDER BY notification_id DESC LIMIT ?8`,
  );
  const { oldest } = sql("SELECT min(notification_id) AS oldest FROM summary").get() as {
    oldest: number | null;
  };
  if (oldest === null) return;
  const { status = null, receiver = null, origin = null, sinceMs = null, untilMs = null } = query;
  for (let below = from; below > oldest;) {
    const least = Math.max(below - STRETCH, 0);
    const rows = stretch.all(below, least, status, receiver, origin, sinceMs, untilMs, query.limit + 1);
    for (const row of rows) yield listed(row as unknown as SummaryRow);
    if (rows.length > query.limit) return;
    yield { passedOver: below = least };
  }
}

function* byAlert(
  sql: Sql,
  below: number,
  query: NotificationQuery,
  search: Search | undefined,
): Generator<Candidate> {
  const { labels } = query;
  const match = [search?.match, labels && matchOfValues(labels.values)]
    .filter(Boolean).join(" AND ");
  // Alerts are numbered in the order of their notifications.
  const above = sql("SELECT id FROM alert WHERE notification_id >= ? ORDER BY notification_id, id LIMIT 1")
    .get(below) as
      | { id: number }
      | undefined;
  const end = above?.id ?? Number.MAX_SAFE_INTEGER;
  const every = sql(
    "SELECT id AS alert, notification_id AS id, labels FROM alert WHERE id < ? ORDER BY id DESC LIMIT ?",
  );
  const matching = sql(
    `SELECT alert.id AS alert, alert.notification_id AS id, alert.labels FROM alert_text JOIN alert ON alert.id = alert_text.rowid
    WHERE alert_text MATCH ? AND alert_text.rowid < ? ORDER BY alert_text.rowid DESC LIMIT ?`,
  );
  const alerts = inTurns(
    end,
    (end) => match === "" ? every.all(end, ALERTS_AT_ONCE) : matching.all(match, end, ALERTS_AT_ONCE),
  );
  const summary = sql(`SELECT ${SUMMARY} FROM summary WHERE notification_id = ?`);
  let decided = Number.MAX_SAFE_INTEGER;
  let last: number | undefined;
  for (const row of alerts) {
    const { id } = row;
    // All alerts of one notification come one after another: time may run out between two, not within one.
    if (last !== undefined && id !== last && decided !== last) yield { passedOver: last };
    last = id;
    if (id === decided || (labels !== undefined && !labels.test(JSON.parse(row.labels)))) continue;
    decided = id;
    const one = summary.get(id) as unknown as SummaryRow | undefined;
    if (one !== undefined && fits(one, query)) yield listed(one);
    else yield { passedOver: id };
  }
}

interface AlertRow {
  readonly alert: number;
  readonly id: number;
  readonly labels: string;
}

const ALERTS_AT_ONCE = 256;

/** Rows that `read` gives below an id, the highest first. Deno's own `iterate()` takes an error of SQLite for the end. */
function* inTurns(end: number, read: (end: number) => unknown[]): Generator<AlertRow> {
  for (let below = end;;) {
    const rows = read(below) as AlertRow[];
    yield* rows;
    if (rows.length < ALERTS_AT_ONCE) return;
    below = rows.at(-1)!.alert;
  }
}

/** A row as it is listed. */
export function listed(row: SummaryRow): ListedNotification {
  return { ...row, names: JSON.parse(row.names) };
}

function fits(
  { status, receiver, origin, receivedMs }: Pick<
    ListedNotification,
    "status" | "receiver" | "origin" | "receivedMs"
  >,
  query: NotificationQuery,
): boolean {
  return (query.status === undefined || status === query.status) &&
    (query.receiver === undefined || receiver === query.receiver) &&
    (query.origin === undefined || origin === query.origin) &&
    (query.sinceMs === undefined || receivedMs >= query.sinceMs) &&
    (query.untilMs === undefined || receivedMs < query.untilMs);
}
