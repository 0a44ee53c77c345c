/** Deliveries as rows: the statements that move them, and the lines they stand in. */

import type { Change, Delivery, NewDelivery, QueuedGroup } from "./journal.ts";
import { DELIVERIES_PER_NOTIFICATION, STATES } from "./schema.ts";
import type { Statements } from "./statements.ts";

/** By how much a channel's counts change. */
export interface CountChange {
  readonly channel: string;
  readonly queued: number;
  readonly dead: number;
}

/** A delivery that was queued. */
export interface Queued {
  readonly id: number;
  readonly channel: string;
  readonly group: string;
  readonly status: string;
  readonly createdMs: number;
}

const MOST_OF_A_GROUP = 500;
const ATTEMPTS_KEPT = 50;

const COLUMNS =
  "id, notification_id, channel, grp, state, created_ms, next_ms, attempts, parts_done, plain, " +
  "reason, because, via, settled_ms, into_id";

// `OR FAIL`, as a transaction that fails is rolled back whole: with `OR ABORT`, the default, SQLite keeps a journal of each statement.
const insertAs = (head: string) =>
  `INSERT OR FAIL INTO delivery (id, channel, grp, line, status, head, created_ms, next_ms, because, via)
  VALUES (?1, ?2, ?3, ?4, ?5, ${head}, ?6, ?7, ?8, ?9)`;
const INSERT = insertAs("NOT EXISTS (SELECT 1 FROM delivery WHERE channel = ?2 AND line = ?4 AND state = 0)");
const INSERT_FIRST = insertAs("1");

/** The line that the deliveries of a group stand in, for one of this notification. */
export type LineOf = (group: string, notificationId: number) => number;

/** @throws {RangeError} when `deliveries` are more than one notification may have. */
export function checkNumber(deliveries: readonly NewDelivery[]): void {
  if (deliveries.length <= DELIVERIES_PER_NOTIFICATION) return;
  throw new RangeError(
    `Cannot queue ${deliveries.length} deliveries of one notification: at most ${DELIVERIES_PER_NOTIFICATION}`,
  );
}

/** Queues the deliveries of a notification that has none yet, nor any newer one: they go to the end of their lines. */
export function insertDeliveries(
  sql: Statements,
  notificationId: number,
  group: string,
  line: number,
  status: string,
  createdMs: number,
  deliveries: readonly NewDelivery[],
): void {
  let id = notificationId * DELIVERIES_PER_NOTIFICATION;
  // Nobody stands in a line that begins here, unless one channel were told twice.
  const insert = sql.get(line === notificationId && deliveries.length === 1 ? INSERT_FIRST : INSERT);
  for (const { channel, notBeforeMs, because, via } of deliveries) {
    insert.run(
      id++,
      channel,
      group,
      line,
      status,
      createdMs,
      notBeforeMs ?? createdMs,
      because ?? "",
      via?.length ? JSON.stringify(via) : "",
    );
  }
}

/** Queues one more delivery of a notification that is kept: it takes the notification's place in its line. */
export function insertLate(
  sql: Statements,
  notificationId: number,
  delivery: NewDelivery,
  createdMs: number,
  lineOf: LineOf,
): Queued {
  const kept = sql.get("SELECT grp, status FROM notification WHERE id = ?").get(notificationId) as
    | { grp: string; status: string }
    | undefined;
  if (!kept) throw new RangeError(`Cannot queue notification ${notificationId}: it is not kept`);
  const first = notificationId * DELIVERIES_PER_NOTIFICATION;
  const { last } = sql.get("SELECT max(id) AS last FROM delivery WHERE id >= ? AND id < ?")
    .get(first, first + DELIVERIES_PER_NOTIFICATION) as { last: number | null };
  const id = last === null ? first : last + 1;
  if (id === first + DELIVERIES_PER_NOTIFICATION) {
    throw new RangeError(
      `Cannot queue notification ${notificationId} again: it has ${DELIVERIES_PER_NOTIFICATION} deliveries already`,
    );
  }
  const { channel, notBeforeMs, because, via } = delivery;
  const line = lineOf(kept.grp, notificationId);
  sql.get(INSERT).run(
    id,
    channel,
    kept.grp,
    line,
    kept.status,
    createdMs,
    notBeforeMs ?? createdMs,
    because ?? "",
    via?.length ? JSON.stringify(via) : "",
  );
  setHead(sql, channel, line);
  return { id, channel, group: kept.grp, status: kept.status, createdMs };
}

/** Makes the oldest queued delivery of a line its head, and no other. */
export function setHead(sql: Statements, channel: string, line: number): void {
  const oldest = sql.get(
    "SELECT id, head FROM delivery WHERE channel = ? AND line = ? AND state = 0 ORDER BY id LIMIT 1",
  ).get(channel, line) as { id: number; head: number } | undefined;
  if (!oldest || oldest.head === 1) return;
  sql.get("UPDATE OR FAIL delivery SET head = 0 WHERE channel = ? AND line = ? AND state = 0 AND head = 1")
    .run(channel, line);
  sql.get("UPDATE OR FAIL delivery SET head = 1 WHERE id = ?").run(oldest.id);
}

type Moved = {
  readonly channel: string;
  readonly grp: string;
  readonly line: number;
  readonly attempts: number;
};

/** What a change did to the queues. */
export interface Settled {
  /** What left a channel's queue. */
  readonly left?: CountChange;
  /** What came into another one's. */
  readonly queued?: Queued;
}

/** Carries out one change. One of a delivery that is not queued any more changes nothing. */
export function settleOne(sql: Statements, change: Change, lineOf: LineOf): Settled {
  const { id, atMs } = change;
  if (change.to === "queued") {
    const { attempt, nextMs, partsDone, plain } = change;
    const moved = sql.get(
      `UPDATE OR FAIL delivery SET attempts = attempts + ?, reason = coalesce(?, reason), next_ms = ?, parts_done = ?, plain = ?
      WHERE id = ? AND state = 0 RETURNING channel, grp, line, attempts`,
    ).get(attempt ? 1 : 0, attempt?.reason ?? null, nextMs, partsDone, plain ? 1 : 0, id) as
      | Moved
      | undefined;
    if (moved && attempt) noteAttempt(sql, id, moved.attempts, atMs, attempt.tookMs, attempt.reason);
    return {};
  }
  const dead = change.to === "dead";
  const reason = dead ? change.reason : "";
  // A death without an attempt, such as of old age, takes no time.
  const attempts = dead && change.tookMs === 0 ? 0 : 1;
  const moved = sql.get(
    `UPDATE OR FAIL delivery SET state = ?, head = 0, attempts = attempts + ?, reason = ?, settled_ms = ?, took_ms = ?
    WHERE id = ? AND state = 0 RETURNING channel, grp, line, attempts`,
  ).get(dead ? 3 : 1, attempts, reason, atMs, change.tookMs, id) as Moved | undefined;
  if (!moved) return {};
  const { channel, grp, line } = moved;
  let queued = -1;
  if (dead && attempts === 1) noteAttempt(sql, id, moved.attempts, atMs, change.tookMs, reason);
  for (const older of change.coalesced ?? []) {
    const { changes } = sql.get(
      `UPDATE OR FAIL delivery SET state = 2, head = 0, settled_ms = ?, into_id = ? WHERE id = ? AND state = 0`,
    ).run(atMs, id, older);
    queued -= Number(changes);
  }
  setHead(sql, channel, line);
  const left = { channel, queued, dead: dead ? 1 : 0 };
  if (change.to === "delivered" && change.ref !== undefined) {
    sql.get("INSERT OR REPLACE INTO ref (channel, grp, ref, at_ms) VALUES (?, ?, ?, ?)")
      .run(channel, grp, change.ref, atMs);
  }
  if (change.to !== "dead" || !change.fallback) return { left };
  return {
    left,
    queued: insertLate(sql, Math.floor(id / DELIVERIES_PER_NOTIFICATION), change.fallback, atMs, lineOf),
  };
}

function noteAttempt(
  sql: Statements,
  id: number,
  attempts: number,
  atMs: number,
  tookMs: number,
  reason: string,
) {
  sql.get("INSERT OR REPLACE INTO attempt (delivery_id, slot, at_ms, took_ms, reason) VALUES (?, ?, ?, ?, ?)")
    .run(id, attempts % ATTEMPTS_KEPT, atMs, tookMs, reason);
}

/** Queues a dead delivery again, as new. @returns what was queued; undefined when it was not dead. */
export function replayOne(sql: Statements, id: number, nowMs: number, lineOf: LineOf): Queued | undefined {
  const dead = sql.get("SELECT grp FROM delivery WHERE id = ? AND state = 3").get(id);
  if (!dead) return undefined;
  const line = lineOf(dead.grp as string, Math.floor(id / DELIVERIES_PER_NOTIFICATION));
  const row = sql.get(
    `UPDATE delivery SET state = 0, line = ?3, attempts = 0, parts_done = 0, plain = 0, reason = '', settled_ms = NULL,
    took_ms = NULL, created_ms = ?1, next_ms = ?1 WHERE id = ?2 RETURNING channel, grp, status`,
  ).get(nowMs, id, line) as { channel: string; grp: string; status: string };
  setHead(sql, row.channel, line);
  return { id, channel: row.channel, group: row.grp, status: row.status, createdMs: nowMs };
}

const HEADS_DUE =
  "SELECT grp, line FROM delivery WHERE channel = ? AND head = 1 AND next_ms <= ? ORDER BY next_ms LIMIT ?";
const LINE =
  `SELECT ${COLUMNS} FROM delivery WHERE channel = ? AND line = ? AND state = 0 ORDER BY id LIMIT ${MOST_OF_A_GROUP}`;

/** As `Journal.due`. */
export function due(
  sql: Statements,
  channel: string,
  nowMs: number,
  limit: number,
  busy: ReadonlySet<string>,
): readonly QueuedGroup[] {
  const heads = sql.get(HEADS_DUE).all(channel, nowMs, limit + busy.size) as { grp: string; line: number }[];
  const standing = sql.get(LINE);
  const taken = new Set<string>();
  // A group may have two lines, when the first one was forgotten.
  const free = heads.filter(({ grp }) => !busy.has(grp) && !taken.has(grp) && taken.add(grp));
  return free.slice(0, limit)
    .map(({ grp, line }) => ({ group: grp, deliveries: standing.all(channel, line).map(deliveryOf) }));
}

const FIRST_HEADS =
  "SELECT grp, next_ms FROM delivery WHERE channel = ? AND head = 1 ORDER BY next_ms LIMIT ?";

/** As `Journal.nextDueMs`. */
export function nextDueMs(sql: Statements, channel: string, busy: ReadonlySet<string>): number | undefined {
  const heads = sql.get(FIRST_HEADS).all(channel, busy.size + 1) as { grp: string; next_ms: number }[];
  return heads.find(({ grp }) => !busy.has(grp))?.next_ms;
}

/** A row of `delivery` as a delivery. */
// deno-lint-ignore no-explicit-any -- a row is what the table holds
export function deliveryOf(row: any): Delivery {
  return {
    id: row.id,
    notificationId: row.notification_id,
    channel: row.channel,
    group: row.grp,
    state: STATES[row.state]!,
    createdMs: row.created_ms,
    nextMs: row.next_ms,
    attempts: row.attempts,
    partsDone: row.parts_done,
    plain: row.plain === 1,
    reason: row.reason,
    because: row.because,
    via: row.via === "" ? [] : JSON.parse(row.via),
    settledMs: row.settled_ms,
    into: row.into_id,
  };
}
