/** The journal's tables. */

import type { DatabaseSync } from "node:sqlite";
import type { DeliveryState } from "./journal.ts";

/** What tells the journal from other programs' databases: "Vigi". Source: https://www.sqlite.org/fileformat.html, 1.3.17. */
export const APPLICATION_ID = 0x56696769;

/** A delivery's state as the column `state` has it: the place in this list. */
export const STATES: readonly DeliveryState[] = ["queued", "delivered", "coalesced", "dead"];

/**
 * A delivery's id tells its notification: `notification id × 1024 + which`. So a notification's deliveries lie side by side without an
 * index, and a delivery that is queued late, such as a fallback's, takes the place in its line that its notification has.
 */
export const DELIVERIES_PER_NOTIFICATION = 1_024;

/**
 * Steps from one version of the schema to the next; `user_version` counts those that were made. A step that was released is never changed:
 * a change is a new one.
 *
 * What is written for each notification touches no index with keys in random order: that would write a page for each of them. So the queued
 * deliveries of a group to a channel stand in a line with a number, that of the first notification in it (`Memory.lineOf`).
 *
 * - `delivery_due`: the oldest queued delivery of each line (`head`), by when it is due; with when it was queued, so that the oldest of all is
 *   found without the table. An index of its own for that would be one more page in each transaction.
 * - `delivery_line`: the queued deliveries of a line, oldest first.
 * - `delivery_dead`: dead letters by age.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE notification (
    id INTEGER PRIMARY KEY,
    received_ms INTEGER NOT NULL,
    origin TEXT NOT NULL,
    grp TEXT NOT NULL,
    status TEXT NOT NULL,
    digest TEXT,
    body BLOB NOT NULL
  ) STRICT;

  CREATE TABLE delivery (
    id INTEGER PRIMARY KEY,
    notification_id INTEGER NOT NULL GENERATED ALWAYS AS (id >> 10) VIRTUAL,
    channel TEXT NOT NULL,
    grp TEXT NOT NULL,
    line INTEGER NOT NULL,
    status TEXT NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,
    head INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    next_ms INTEGER NOT NULL,
    because TEXT NOT NULL,
    via TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    parts_done INTEGER NOT NULL DEFAULT 0,
    plain INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '',
    settled_ms INTEGER,
    took_ms REAL,
    into_id INTEGER
  ) STRICT;
  CREATE INDEX delivery_due ON delivery (channel, next_ms, created_ms) WHERE head = 1;
  CREATE INDEX delivery_line ON delivery (channel, line, id) WHERE state = 0;
  CREATE INDEX delivery_dead ON delivery (channel, id) WHERE state = 3;

  -- Attempts that failed: at most the last 50 of a delivery.
  CREATE TABLE attempt (
    delivery_id INTEGER NOT NULL,
    slot INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    took_ms REAL NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (delivery_id, slot)
  ) STRICT, WITHOUT ROWID;

  -- What a channel calls its message about a group.
  CREATE TABLE ref (
    channel TEXT NOT NULL,
    grp TEXT NOT NULL,
    ref TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (channel, grp)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY,
    received_ms INTEGER NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    body BLOB NOT NULL
  ) STRICT;

  -- Facts under keys, as JSON.
  CREATE TABLE fact (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  -- Whom it is to tell, as JSON, of which rows of \`delivery\` are made after its sender was answered.
  ALTER TABLE notification ADD COLUMN plan TEXT;
  `,
];

/** The schema that this program writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * What else goes when a notification goes: statements with its id as the only parameter. Whoever derives rows from notifications names
 * their removal here.
 */
export const REMOVED_WITH_NOTIFICATION: readonly string[] = [
  "DELETE FROM attempt WHERE delivery_id >= ?1 * 1024 AND delivery_id < (?1 + 1) * 1024",
  "DELETE FROM delivery WHERE id >= ?1 * 1024 AND id < (?1 + 1) * 1024",
];

/** Brings the schema of `database` up to this program's, all or nothing. */
export function migrate(database: DatabaseSync): void {
  const version = (database.prepare("PRAGMA user_version").get() as { user_version: number }).user_version;
  if (version === SCHEMA_VERSION) return;
  database.exec("BEGIN IMMEDIATE");
  try {
    for (const step of MIGRATIONS.slice(version)) database.exec(step);
    database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
