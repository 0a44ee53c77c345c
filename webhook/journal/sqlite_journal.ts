/** The journal in one SQLite file. */

import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "../clock.ts";
import {
  type CountChange,
  due,
  insertDeliveries,
  insertLate,
  nextDueMs,
  type Queued,
  replayOne,
  settleOne,
} from "./deliveries.ts";
import { Duplicates, type First } from "./duplicates.ts";
import { journalFailure } from "./failure.ts";
import { GroupCommit } from "./group_commit.ts";
import {
  type Accepted,
  type Arrival,
  type Change,
  type Depth,
  type Journal,
  JournalFailure,
  type NewDelivery,
  type Quarantined,
  type QueuedGroup,
  type StoredNotification,
} from "./journal.ts";
import { LineChanges } from "./line_changes.ts";
import { openDatabase } from "./open_database.ts";
import { Statements } from "./statements.ts";

/** How a journal is kept. */
export interface JournalOptions {
  readonly clock: Clock;
  /** What the journal may take on disk, bytes. */
  readonly limitBytes: number;
  /** A copy of a notification that came within so long is a duplicate. */
  readonly duplicateWindowMs: number;
  /**
   * How long it may take until it is on disk what became of a delivery: under load it shares the sync of what is accepted then. A crash in
   * between repeats the delivery. Default 0.
   */
  readonly settleWithinMs?: number;
  /** Called after each commit: how long it took, and how many things it held. */
  readonly onCommit?: (seconds: number, works: number) => void;
  /** Called with what goes wrong, once as long as it stays the same. */
  readonly onProblem?: (problem: string) => void;
}

const DIGESTS_REMEMBERED = 50_000;
const LINES_REMEMBERED = 10_000;

/** The journal in `journal.db` of a directory. */
export class SqliteJournal implements Journal {
  /** The file. */
  readonly path: string;
  #database: DatabaseSync;
  #sql: Statements;
  #lastNotificationId = 0;
  #lastQuarantineId = 0;
  #committedIds: readonly [number, number] = [0, 0];
  readonly #counts = new Map<string, { queued: number; dead: number }>();
  readonly #duplicates = new Duplicates(DIGESTS_REMEMBERED);
  readonly #changes = new LineChanges(LINES_REMEMBERED);
  readonly #commits: GroupCommit;
  readonly #options: JournalOptions;
  #failure: string | undefined;
  #closed = false;

  constructor(path: string, options: JournalOptions) {
    this.path = path;
    this.#options = options;
    this.#database = openDatabase(path);
    this.#sql = new Statements(this.#database);
    this.#load();
    this.#commits = new GroupCommit({
      clock: options.clock,
      database: () => this.#database,
      onRollback: () => [this.#lastNotificationId, this.#lastQuarantineId] = this.#committedIds,
      onFailure: (error) => this.#failed(error),
      onCommit: (seconds, works) => {
        this.#committedIds = [this.#lastNotificationId, this.#lastQuarantineId];
        this.#failure = undefined;
        options.onCommit?.(seconds, works);
      },
    });
  }

  /** The connection, for what reads beside this class; never kept, as a damaged file is replaced by another one. */
  get database(): DatabaseSync {
    return this.#database;
  }

  /** Runs `run` in the transaction that is written next, together with what others write. It may be called twice. */
  write<T>(run: (database: DatabaseSync) => T): Promise<T> {
    return this.#add(() => run(this.#database));
  }

  accept(arrival: Arrival): Promise<Accepted> {
    const { digest, receivedMs, body, group, deliveries, origin, notification: { status } } = arrival;
    if (digest !== undefined) {
      const before = this.#duplicates.find(digest, receivedMs, this.#options.duplicateWindowMs);
      if (before) return duplicateOf(before);
    }
    const stored = this.#add(
      () => {
        const id = ++this.#lastNotificationId;
        this.#sql.get(
          "INSERT OR FAIL INTO notification (id, received_ms, origin, grp, status, digest, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
        ).run(id, receivedMs, origin, group, status, digest ?? null, body);
        insertDeliveries(this.#sql, id, group, status, receivedMs, deliveries);
        return { id, duplicate: false };
      },
      () => {
        for (const { channel } of deliveries) {
          this.#count({ channel, queued: 1, dead: 0 });
          this.#changes.note(channel, group, status, receivedMs);
        }
      },
      body.length + 1_000,
    );
    if (digest === undefined) return stored;
    const id = stored.then(({ id }) => first.id = id);
    const first: First = { receivedMs, id };
    id.catch(() => this.#duplicates.forget(digest, first));
    this.#duplicates.note(digest, first);
    return stored;
  }

  quarantine({ receivedMs, reason, detail, body, bytes }: Quarantined): Promise<number> {
    return this.#add(
      () => {
        const id = ++this.#lastQuarantineId;
        this.#sql.get(
          "INSERT OR FAIL INTO quarantine (id, received_ms, reason, detail, bytes, body) VALUES (?, ?, ?, ?, ?, ?)",
        ).run(id, receivedMs, reason, detail, bytes, body);
        return id;
      },
      undefined,
      body.length + 1_000,
    );
  }

  due(channel: string, nowMs: number, limit: number, busy: ReadonlySet<string>): readonly QueuedGroup[] {
    return due(this.#sql, channel, nowMs, limit, busy);
  }

  nextDueMs(channel: string, busy: ReadonlySet<string>): number | undefined {
    return nextDueMs(this.#sql, channel, busy);
  }

  settle(changes: readonly Change[]): Promise<void> {
    return this.#add(
      () => changes.map((change) => settleOne(this.#sql, change)),
      (results) => {
        for (const { counts, queued } of results) {
          counts.forEach((change) => this.#count(change));
          if (queued) this.#noteQueued(queued);
        }
      },
      0,
      this.#options.settleWithinMs,
    ).then(() => undefined);
  }

  queue(notificationId: number, delivery: NewDelivery): Promise<number> {
    return this.#add(
      () => insertLate(this.#sql, notificationId, delivery, this.#options.clock.now()),
      (queued) => {
        this.#count({ channel: queued.channel, queued: 1, dead: 0 });
        this.#noteQueued(queued);
      },
    ).then(({ id }) => id);
  }

  replay(deliveryIds: readonly number[], nowMs: number): Promise<number> {
    return this.#add(
      () => deliveryIds.map((id) => replayOne(this.#sql, id, nowMs)).filter((queued) => queued !== undefined),
      (replayed) => replayed.forEach(({ channel }) => this.#count({ channel, queued: 1, dead: -1 })),
    ).then((replayed) => replayed.length);
  }

  refOf(channel: string, group: string): string | undefined {
    const row = this.#sql.get("SELECT ref FROM ref WHERE channel = ? AND grp = ?").get(channel, group);
    return row?.ref as string | undefined;
  }

  changesOf(channel: string, group: string, sinceMs: number): readonly number[] {
    return this.#changes.of(channel, group, sinceMs);
  }

  depths(): ReadonlyMap<string, Depth> {
    const depths = new Map<string, Depth>();
    for (const [channel, { queued, dead }] of this.#counts) {
      if (queued === 0 && dead === 0) continue;
      const { oldest } = this.#sql.get(
        "SELECT min(created_ms) AS oldest FROM delivery WHERE channel = ? AND head = 1",
      ).get(channel) as { oldest: number | null };
      depths.set(channel, { queued, dead, ...(oldest !== null && { oldestMs: oldest }) });
    }
    return depths;
  }

  notification(id: number): StoredNotification | undefined {
    const row = this.#sql.get("SELECT id, received_ms, origin, grp, body FROM notification WHERE id = ?")
      // deno-lint-ignore no-explicit-any -- a row is what the table holds
      .get(id) as any;
    if (!row) return undefined;
    return { id, receivedMs: row.received_ms, origin: row.origin, group: row.grp, body: row.body };
  }

  get(key: string): unknown {
    const row = this.#sql.get("SELECT value FROM fact WHERE key = ?").get(key);
    return row && JSON.parse(row.value as string);
  }

  async put(key: string, value: unknown): Promise<void> {
    const json = JSON.stringify(value);
    if (json === undefined) throw new TypeError(`Cannot keep "${key}": it is no JSON`);
    await this.#add(() =>
      this.#sql.get("INSERT OR REPLACE INTO fact (key, value) VALUES (?, ?)").run(key, json)
    );
  }

  failure(): string | undefined {
    return this.#failure;
  }

  size(): { readonly bytes: number; readonly limitBytes: number } {
    const { limitBytes } = this.#options;
    return { bytes: sizeOf(this.path) + sizeOf(`${this.path}-wal`), limitBytes };
  }

  // deno-lint-ignore require-await
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#commits.flush();
    this.#closed = true;
    this.#database.close();
  }

  #add<T>(
    run: () => T,
    committed?: (value: T) => void,
    bytes?: number,
    patienceMs?: number,
  ): Promise<T> {
    if (this.#closed) {
      return Promise.reject(new JournalFailure(`Cannot write the journal "${this.path}": it is closed`));
    }
    return this.#commits.add(run, committed, bytes, patienceMs);
  }

  #failed(error: unknown): JournalFailure {
    const failure = journalFailure(error, this.path);
    if (this.#failure !== failure.message) this.#options.onProblem?.(failure.message);
    this.#failure = failure.message;
    return failure;
  }

  #count({ channel, queued, dead }: CountChange): void {
    const counts = this.#counts.get(channel);
    if (!counts) return void this.#counts.set(channel, { queued, dead });
    counts.queued += queued;
    counts.dead += dead;
  }

  #noteQueued({ channel, group, status, createdMs }: Queued): void {
    this.#changes.note(channel, group, status, createdMs);
  }

  /** Reads back what is held in memory. */
  #load(): void {
    const last = (table: string) =>
      (this.#database.prepare(`SELECT max(id) AS id FROM ${table}`).get() as { id: number | null }).id ?? 0;
    this.#lastNotificationId = last("notification");
    this.#lastQuarantineId = last("quarantine");
    this.#committedIds = [this.#lastNotificationId, this.#lastQuarantineId];
    const count = (where: string, change: (n: number) => Omit<CountChange, "channel">) => {
      const rows = this.#database.prepare(
        `SELECT channel, count(*) AS n FROM delivery WHERE ${where} GROUP BY channel`,
      ).all() as { channel: string; n: number }[];
      for (const { channel, n } of rows) this.#count({ channel, ...change(n) });
    };
    count("state = 0", (queued) => ({ queued, dead: 0 }));
    count("state = 3", (dead) => ({ queued: 0, dead }));
    const since = this.#options.clock.now() - this.#options.duplicateWindowMs;
    const notifications = this.#database.prepare(
      "SELECT id, received_ms, digest FROM notification ORDER BY id DESC LIMIT ?",
    ).all(DIGESTS_REMEMBERED) as { id: number; received_ms: number; digest: string | null }[];
    for (const { id, received_ms: receivedMs, digest } of notifications.reverse()) {
      if (digest !== null && receivedMs >= since) this.#duplicates.note(digest, { receivedMs, id });
    }
    const deliveries = this.#database.prepare(
      "SELECT channel, grp, status, created_ms FROM delivery ORDER BY id DESC LIMIT ?",
    ).all(LINES_REMEMBERED) as { channel: string; grp: string; status: string; created_ms: number }[];
    for (const row of deliveries.reverse()) {
      this.#changes.note(row.channel, row.grp, row.status, row.created_ms);
    }
  }
}

async function duplicateOf(first: First): Promise<Accepted> {
  return { id: await first.id, duplicate: true };
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}
