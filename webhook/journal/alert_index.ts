/** The search index: what is per alert, derived from notifications after they were accepted, in the background. */

import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "../clock.ts";
import type { Alert, Notification } from "../payload.ts";
import { searchText, TOKENIZER } from "./search.ts";
import { statementsOf, type Store } from "./store.ts";
import { decodeBody, type Summary, summaryOf, UNREADABLE } from "./summary.ts";

/** The search index. */
export interface AlertIndex {
  /** Says that there may be something new. */
  wake(): void;
  /** Notifications with ids up to this one are in it. */
  upTo(): number;
  /** Notifications that are not in it yet; about, when some were removed. */
  pending(): number;
  /** Ends the work; the rest is done after the next start. */
  stop(): Promise<void>;
}

/** What the index needs. */
export interface AlertIndexOptions {
  readonly clock: Clock;
  /** Whether there is more urgent work; never by default. */
  readonly isBusy?: () => boolean;
  /** Told when it cannot go on; it tries again by itself. */
  readonly onProblem?: (what: string) => void;
}

/** Raised when what is derived changes: everything is derived anew then. */
const VERSION = 1;

const TABLES = `
  CREATE TABLE index_progress (
    version INTEGER NOT NULL,
    up_to INTEGER NOT NULL,
    part_of INTEGER NOT NULL,
    alerts INTEGER NOT NULL
  ) STRICT;
  INSERT INTO index_progress VALUES (${VERSION}, 0, 0, 0);

  CREATE TABLE summary (
    notification_id INTEGER PRIMARY KEY,
    received_ms INTEGER NOT NULL,
    origin TEXT NOT NULL,
    status TEXT NOT NULL,
    receiver TEXT NOT NULL,
    reason TEXT NOT NULL,
    firing INTEGER NOT NULL,
    resolved INTEGER NOT NULL,
    truncated INTEGER NOT NULL,
    severity TEXT NOT NULL,
    names TEXT NOT NULL
  ) STRICT;
  CREATE TABLE alert (id INTEGER PRIMARY KEY, notification_id INTEGER NOT NULL, labels TEXT NOT NULL) STRICT;
  CREATE INDEX alert_notification ON alert (notification_id);
  CREATE VIRTUAL TABLE alert_text USING fts5 (text, content = '', contentless_delete = 1, tokenize = '${TOKENIZER}');

  CREATE TRIGGER notification_unindex AFTER DELETE ON notification BEGIN
    DELETE FROM alert_text WHERE rowid IN (SELECT id FROM alert WHERE notification_id = old.id);
    DELETE FROM alert WHERE notification_id = old.id;
    DELETE FROM summary WHERE notification_id = old.id;
  END;
`;
const NO_TABLES = `
  DROP TRIGGER IF EXISTS notification_unindex;
  DROP TABLE IF EXISTS index_progress;
  DROP TABLE IF EXISTS summary;
  DROP TABLE IF EXISTS alert;
  DROP TABLE IF EXISTS alert_text;
`;

// A slice is this many alerts, about 3 ms: whoever posts meanwhile waits no longer.
const ALERTS_PER_SLICE = 100;
const NOTIFICATIONS_PER_SLICE = 50;
const PAUSE_MS = 10;
// While there is more urgent work it goes on, but hardly.
const BUSY_PAUSE_MS = 1_000;
const PROBLEM_PAUSE_MS = 10_000;
// Nobody says when the webhook's own notifications come.
const LOOK_EVERY_MS = 5_000;

/** How far it is. */
interface Progress {
  /** Every notification up to this id is done. */
  readonly upTo: number;
  /** The one after it of which a part is done; 0 when there is none. */
  readonly partOf: number;
  /** Its alerts that are done. */
  readonly alerts: number;
}

/** What of one notification a slice writes. */
interface Row {
  readonly id: number;
  /** With its first alerts only. */
  readonly summary?: Summary & { readonly receivedMs: number; readonly origin: string };
  readonly alerts: readonly Pick<Alert, "labels" | "annotations">[];
}

interface Slice {
  readonly rows: readonly Row[];
  readonly next: Progress;
}

/** Opens the index of `store` and brings it up to date in the background, however often it is killed meanwhile. */
export function createAlertIndex(store: Store, options: AlertIndexOptions): AlertIndex {
  const { clock, isBusy = () => false, onProblem = () => {} } = options;
  const statements = prepareStatements(store);
  let prepared: DatabaseSync | undefined;
  let progress: Progress = { upTo: 0, partOf: 0, alerts: 0 };
  // A notification with many alerts takes several slices; it is decoded once.
  let large: { readonly id: number; readonly notification: Notification } | undefined;
  let stopped = false;
  let timer: { readonly isLook: boolean; readonly cancel: () => void } | undefined;
  let working = Promise.resolve();

  function prepare(): void {
    const { database } = store;
    if (database === prepared) return;
    prepareTables(database);
    progress = statements.progress();
    large = undefined;
    prepared = database;
  }

  function schedule(ms: number): void {
    timer?.cancel();
    timer = { isLook: ms === LOOK_EVERY_MS, cancel: clock.after(ms, () => void (working = work())) };
  }

  async function work(): Promise<void> {
    timer = { isLook: false, cancel: () => {} };
    let pauseMs = isBusy() ? BUSY_PAUSE_MS : PAUSE_MS;
    try {
      prepare();
      const slice = cut();
      if (slice !== undefined) {
        await store.write(() => statements.insert(slice));
        progress = slice.next;
      }
      if (pending() === 0) pauseMs = LOOK_EVERY_MS;
    } catch (error) {
      onProblem(`Cannot extend the search index: ${(error as Error).message}`);
      pauseMs = PROBLEM_PAUSE_MS;
    }
    if (!stopped) schedule(pauseMs);
  }

  function cut(): Slice | undefined {
    const rows: Row[] = [];
    let next = progress;
    let left = ALERTS_PER_SLICE;
    while (left > 0 && rows.length < NOTIFICATIONS_PER_SLICE) {
      const stored = statements.after(next.upTo);
      if (stored === undefined) break;
      const { id, receivedMs, origin } = stored;
      const notification = large?.id === id ? large.notification : decoded(stored);
      // The one that was begun may have been removed meanwhile: another one has its place then.
      const begun = next.partOf === id ? next.alerts : 0;
      const alerts = notification.alerts.slice(begun, begun + left);
      const summary = begun === 0 ? { ...summaryOf(notification), receivedMs, origin } : undefined;
      rows.push({ id, summary, alerts });
      left -= alerts.length;
      const done = begun + alerts.length;
      const whole = done >= notification.alerts.length;
      large = whole ? undefined : { id, notification };
      next = whole ? { upTo: id, partOf: 0, alerts: 0 } : { upTo: next.upTo, partOf: id, alerts: done };
      if (!whole) break;
    }
    return rows.length === 0 ? undefined : { rows, next };
  }

  function decoded({ id, body }: { readonly id: number; readonly body: Uint8Array }): Notification {
    try {
      return decodeBody(body);
    } catch (error) {
      // It was understood when it came: the disk has changed it. The others can be found all the same.
      onProblem(`Cannot read notification ${id} for the search index: ${(error as Error).message}`);
      return UNREADABLE;
    }
  }

  const pending = () => Math.max(statements.newest() - progress.upTo, 0);

  prepare();
  schedule(PAUSE_MS);
  return {
    wake() {
      // It is called for each notification: mostly there is nothing to be done.
      if (timer?.isLook && !stopped) schedule(isBusy() ? BUSY_PAUSE_MS : PAUSE_MS);
    },
    upTo() {
      prepare();
      return progress.upTo;
    },
    pending,
    async stop() {
      stopped = true;
      timer?.cancel();
      await working;
    },
  };
}

function prepareTables(database: DatabaseSync): void {
  const known =
    database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'index_progress'").get() !== undefined;
  if (known) {
    const { version } = database.prepare("SELECT version FROM index_progress").get() as { version: number };
    if (version === VERSION) return;
  }
  database.exec(`BEGIN IMMEDIATE; ${NO_TABLES} ${TABLES} COMMIT`);
}

function prepareStatements(store: Store) {
  const sql = statementsOf(store);
  return {
    progress: () =>
      sql("SELECT up_to AS upTo, part_of AS partOf, alerts FROM index_progress").get() as unknown as Progress,
    after: (id: number) =>
      sql(
        "SELECT id, received_ms AS receivedMs, origin, body FROM notification WHERE id > ? ORDER BY id LIMIT 1",
      ).get(
        id,
      ) as { id: number; receivedMs: number; origin: string; body: Uint8Array } | undefined,
    newest: () => (sql("SELECT max(id) AS id FROM notification").get() as { id: number | null }).id ?? 0,
    /** Within a transaction: what is written is there together with how far it goes. */
    insert({ rows, next }: Slice): void {
      for (const { id, summary: s, alerts } of rows) {
        // Retention may have removed it since it was read.
        if (sql("SELECT 1 FROM notification WHERE id = ?").get(id) === undefined) continue;
        if (s !== undefined) {
          const counts = [s.firing, s.resolved, s.truncated];
          sql("INSERT OR REPLACE INTO summary VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)").run(
            id,
            s.receivedMs,
            s.origin,
            s.status,
            s.receiver,
            s.reason,
            ...counts,
            s.severity,
            JSON.stringify(s.names),
          );
        }
        for (const alert of alerts) {
          const { lastInsertRowid } = sql("INSERT INTO alert (notification_id, labels) VALUES (?, ?)").run(
            id,
            JSON.stringify(alert.labels),
          );
          sql("INSERT INTO alert_text (rowid, text) VALUES (?, ?)").run(lastInsertRowid, searchText(alert));
        }
      }
      sql("UPDATE index_progress SET up_to = ?, part_of = ?, alerts = ?").run(
        next.upTo,
        next.partOf,
        next.alerts,
      );
    },
  };
}
