/** What goes when: history by age, and by size. */

import { DELIVERIES_PER_NOTIFICATION as PER, REMOVED_WITH_NOTIFICATION } from "./schema.ts";
import type { Statements } from "./statements.ts";

/** How far a sweep is. */
export interface Sweep {
  /** Notifications up to this id were looked at. */
  readonly afterId: number;
  readonly removed: number;
  /** Whether it came to the end. */
  readonly done: boolean;
}

/** What a sweep removes. */
export interface SweepOptions {
  readonly afterId: number;
  /** Notifications with lower ids only: the id of the newest must not be given a second time. */
  readonly beforeId: number;
  /** Notifications that came before. */
  readonly beforeMs: number;
  /** A delivery that died before does not keep its notification. */
  readonly deadBeforeMs: number;
  /** It ends after this long at the latest, but looks at one at least. */
  readonly budgetMs: number;
}

const LOOKED_AT_ONCE = 64;

const NEXT =
  `SELECT id, received_ms, EXISTS (SELECT 1 FROM delivery WHERE delivery.id >= notification.id * ${PER}
    AND delivery.id < (notification.id + 1) * ${PER} AND (state = 0 OR state = 3 AND settled_ms >= ?)) AS kept
  FROM notification WHERE id > ? AND id < ? ORDER BY id LIMIT ${LOOKED_AT_ONCE}`;

/** Removes the oldest notifications that may go, with all that belongs to them; what is queued stays, and what died lately. */
export function sweep(sql: Statements, options: SweepOptions): Sweep {
  const { afterId, beforeId, beforeMs, deadBeforeMs, budgetMs } = options;
  const ends = performance.now() + budgetMs;
  const rows = sql.get(NEXT).all(deadBeforeMs, afterId, beforeId) as {
    id: number;
    received_ms: number;
    kept: number;
  }[];
  let removed = 0;
  let last = afterId;
  for (const { id, received_ms: receivedMs, kept } of rows) {
    // Ids are in the order of arrival: all that follow are younger.
    if (receivedMs >= beforeMs) return { afterId: last, removed, done: true };
    if (!kept) {
      removeNotification(sql, id);
      removed++;
    }
    last = id;
    if (performance.now() > ends) return { afterId: last, removed, done: false };
  }
  return { afterId: last, removed, done: rows.length < LOOKED_AT_ONCE };
}

function removeNotification(sql: Statements, id: number): void {
  for (const text of REMOVED_WITH_NOTIFICATION) sql.get(text).run(id);
  sql.get("DELETE FROM notification WHERE id = ?").run(id);
}

/**
 * Removes bodies from the quarantine that came before, and names of messages that were told before. The newest body stays: its id must not
 * be given a second time.
 */
export function sweepRest(sql: Statements, quarantineBeforeMs: number, refsBeforeMs: number): void {
  sql.get("DELETE FROM quarantine WHERE received_ms < ? AND id < (SELECT max(id) FROM quarantine)")
    .run(quarantineBeforeMs);
  sql.get("DELETE FROM ref WHERE at_ms < ?").run(refsBeforeMs);
}
