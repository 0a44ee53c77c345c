/** The journal in one SQLite file. */

import type { DatabaseSync } from "node:sqlite";
import { checkNumber, due, insertLate, nextDueMs, replayOne, settleOne } from "./deliveries.ts";
import type { First } from "./duplicates.ts";
import { failureKind, journalFailure, sentenceOf } from "./failure.ts";
import { GroupCommit, type WorkOptions } from "./group_commit.ts";
import { createHousekeeping, type Housekeeping, type Keeping } from "./housekeeping.ts";
import {
  type Accepted,
  type Arrival,
  type Change,
  type Delivery,
  type Depth,
  type Journal,
  JournalFailure,
  type NewDelivery,
  type Quarantined,
  type QueuedGroup,
  type StoredNotification,
} from "./journal.ts";
import { Memory } from "./memory.ts";
import { isThere, sizeOf } from "./files.ts";
import { openDatabase } from "./open_database.ts";
import { Oldest } from "./oldest.ts";
import { openSound } from "./open_sound.ts";
import type { JournalOptions } from "./options.ts";
import { Planner } from "./planner.ts";
import { insertQuarantined } from "./quarantine.ts";
import { type Salvage, salvage } from "./salvage.ts";
import { createRoom, type Room } from "./room.ts";
import { DELIVERIES_PER_NOTIFICATION } from "./schema.ts";
import { Statements } from "./statements.ts";
import { planText } from "./unplanned.ts";

const DAY_MS = 86_400_000;
const REPAIR_AGAIN_MS = 60_000;
// What a notification takes beside its body, about.
const ROW_BYTES = 1_000;
// Somebody who looks for what is due waits until so many lots of what is for others are queued, not longer.
const LOTS_AT_ONCE = 8;

/** The journal in `journal.db` of a directory. */
export class SqliteJournal implements Journal {
  /** The file. */
  readonly path: string;
  readonly #options: JournalOptions;
  readonly #lock: Disposable;
  readonly #commits: GroupCommit;
  readonly #housekeeping: Housekeeping;
  readonly #room: Room;
  readonly #planner: Planner;
  #database: DatabaseSync;
  #sql: Statements;
  #memory: Memory;
  #failure: string | undefined;
  #repair: Promise<void> | undefined;
  #cancelRepair = () => {};
  #closed = false;
  readonly #oldest = new Oldest();
  readonly #lineOf = (group: string, notificationId: number) => this.#memory.lineOf(group, notificationId);

  private constructor(
    path: string,
    options: JournalOptions,
    lock: Disposable,
    database: DatabaseSync,
    memory: Memory,
  ) {
    this.path = path;
    this.#options = options;
    this.#lock = lock;
    this.#database = database;
    this.#sql = new Statements(database);
    this.#memory = memory;
    this.#planner = new Planner({
      clock: options.clock,
      database: () => this.#database,
      sql: () => this.#sql,
      lineOf: this.#lineOf,
      onBegin: () => this.#beginning(),
      onCommit: () => this.#memory.commit(),
      onRollback: () => this.#memory.rollback(),
      onFailure: (error) => this.#failed(error, "write"),
    });
    this.#commits = new GroupCommit({
      clock: options.clock,
      database: () => this.#database,
      onBegin: () => {
        this.#beginning();
        this.#planner.sync();
      },
      onRollback: () => this.#memory.rollback(),
      onFailure: (error) => this.#failed(error, "write"),
      onCommit: (seconds, works, bytes) => this.#committed(seconds, works, bytes),
    });
    this.#housekeeping = createHousekeeping({
      clock: options.clock,
      keeping: () => this.#keeping(),
      write: (run) => this.#add(() => run(this.#sql)),
      checkpoint: () => this.#checkpoint(),
      lastId: () => Math.min(this.#memory.marks.notificationId, this.#planner.upTo + 1),
      used: () => {
        const use = this.#room.measure(this.#sql);
        return { ...use, bytes: use.bytes + this.#waitingBytes() };
      },
      onDefect: (error) =>
        options.onProblem?.(`Cannot keep house in the journal "${path}": ${sentenceOf(error)}`),
    });
    this.#room = createRoom({
      path,
      limitBytes: () => options.limitBytes,
      waitingBytes: () => this.#waitingBytes(),
      makeRoom: this.#housekeeping.makeRoom,
      onFull: (problem) => options.onProblem?.(problem),
    });
    this.#room.measure(this.#sql);
    this.#readUnplanned();
  }

  /**
   * Opens the journal at `path`, and makes it when it is not there.
   *
   * @param lock What is given back when the journal is closed.
   * @throws {JournalFailure} when it cannot be used.
   */
  static async open(path: string, options: JournalOptions, lock: Disposable): Promise<SqliteJournal> {
    return new SqliteJournal(path, options, lock, ...await openSound(path, options));
  }

  /** The connection, for what reads beside this class; another one once a damaged file was replaced. Closed while it is. */
  get database(): DatabaseSync {
    return this.#database;
  }

  /** Runs `run` in the transaction that is written next, together with what others write. It may be called twice. */
  write<T>(run: (database: DatabaseSync) => T): Promise<T> {
    return this.#add(() => run(this.#database));
  }

  accept(arrival: Arrival): Promise<Accepted> {
    const { digest, receivedMs, body, origin } = arrival;
    if (digest !== undefined) {
      const before = this.#memory.duplicates.find(digest, receivedMs, this.#options.duplicateWindowMs);
      if (before) return duplicateOf(before);
    }
    if (!this.#planner.hasRoom()) return Promise.reject(this.#cannotWrite());
    const bytes = body.length + ROW_BYTES;
    // The webhook's own words are few, and among them may be that the journal is full.
    const first: First | undefined = digest === undefined
      ? undefined
      : { receivedMs, id: 0, stored: undefined };
    if (first) this.#memory.duplicates.note(digest!, first);
    const stored = origin === "own" || this.#room.fits(bytes)
      ? this.#insert(arrival, bytes, first)
      : this.#room.find(bytes, () => this.#insert(arrival, bytes, first)).catch((error) => {
        if (first) this.#memory.duplicates.forget(digest!, first);
        throw error;
      });
    if (first?.id === 0) first.stored = stored;
    return stored;
  }

  quarantine(body: Quarantined): Promise<number> {
    return this.#add(
      () => {
        this.#memory.marks = insertQuarantined(this.#sql, this.#memory.marks, body);
        return this.#memory.marks.quarantineId;
      },
      { bytes: body.body.length + ROW_BYTES },
    );
  }

  due(channel: string, nowMs: number, limit: number, busy: ReadonlySet<string>): readonly QueuedGroup[] {
    for (let lots = 1;; lots++) {
      // What is not planned yet is newer than all that is: of each group it comes later.
      const isMore = this.#planner.planFor(channel);
      const groups = this.#read((sql) => due(sql, channel, nowMs, limit, busy));
      if (groups.length > 0 || !isMore || lots === LOTS_AT_ONCE) return groups;
    }
  }

  nextDueMs(channel: string, busy: ReadonlySet<string>): number | undefined {
    this.#planner.planFor(channel);
    const nextMs = this.#read((sql) => nextDueMs(sql, channel, busy));
    const unplannedMs = this.#planner.nextMs(channel);
    return unplannedMs === undefined ? nextMs : Math.min(nextMs ?? unplannedMs, unplannedMs);
  }

  settle(changes: readonly Change[]): Promise<void> {
    const newest = changes.reduce((newest, { id }) => Math.max(newest, id), 0);
    return this.#change(
      Math.floor(newest / DELIVERIES_PER_NOTIFICATION),
      () => changes.map((change) => settleOne(this.#sql, change, this.#lineOf)),
      {
        committed: (results) => {
          for (const { left, queued } of results) {
            if (left) this.#memory.count(left);
            if (queued) this.#memory.queued(queued);
          }
        },
        patienceMs: this.#options.settleWithinMs,
      },
    ).then(() => undefined);
  }

  async queue(notificationId: number, delivery: NewDelivery): Promise<number> {
    const { id } = await this.#change(
      notificationId,
      () => insertLate(this.#sql, notificationId, delivery, this.#options.clock.now(), this.#lineOf),
      { committed: (queued) => this.#memory.queued(queued) },
    );
    return id;
  }

  async replay(deliveryIds: readonly number[], nowMs: number): Promise<number> {
    const replayed = await this.#add(
      () =>
        deliveryIds.map((id) => replayOne(this.#sql, id, nowMs, this.#lineOf)).filter((queued) =>
          queued !== undefined
        ),
      {
        committed: (replayed) => {
          for (const { channel } of replayed) this.#memory.count({ channel, queued: 1, dead: -1 });
        },
      },
    );
    return replayed.length;
  }

  refOf(channel: string, group: string): string | undefined {
    return this.#read((sql) =>
      sql.get("SELECT ref FROM ref WHERE channel = ? AND grp = ?").get(channel, group)?.ref as
        | string
        | undefined
    );
  }

  changesOf(channel: string, group: string, sinceMs: number): readonly number[] {
    return this.#memory.changes.of(channel, group, sinceMs);
  }

  depths(): ReadonlyMap<string, Depth> {
    const depths = new Map<string, Depth>();
    for (const [channel, { queued, dead }] of this.#memory.counts) {
      if (queued === 0 && dead === 0) continue;
      const oldestMs = queued === 0 ? undefined : this.#oldestMs(channel, queued);
      depths.set(channel, { queued, dead, ...(oldestMs !== undefined && { oldestMs }) });
    }
    return depths;
  }

  notification(id: number): StoredNotification | undefined {
    return this.#read((sql) => {
      const row = sql.get("SELECT received_ms, origin, grp, body FROM notification WHERE id = ?").get(id) as // deno-lint-ignore no-explicit-any -- a row is what the table holds
      any;
      return row && { id, receivedMs: row.received_ms, origin: row.origin, group: row.grp, body: row.body };
    });
  }

  get(key: string): unknown {
    const row = this.#read((sql) => sql.get("SELECT value FROM fact WHERE key = ?").get(key));
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
    return this.#failure ?? this.#room.failure();
  }

  size(): { readonly bytes: number; readonly limitBytes: number } {
    const { limitBytes } = this.#options;
    return { bytes: sizeOf(this.path) + sizeOf(`${this.path}-wal`), limitBytes };
  }

  /** The deliveries of a notification that are no rows yet: all of them or none. */
  unplanned(notificationId: number): readonly Delivery[] {
    return this.#planner.waitingOf(notificationId);
  }

  /** The last time a damaged file was set aside, without `uncertain`; undefined when that never was. */
  salvaged(): Omit<Salvage, "uncertain"> | undefined {
    return this.#memory.salvaged;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#commits.flush();
    if (!this.#repair) this.#planner.planAll();
    this.#closed = true;
    this.#housekeeping.stop();
    this.#cancelRepair();
    await this.#repair;
    try {
      // It moves what is in the WAL into the file, and removes the WAL.
      if (this.#database.isOpen) this.#database.close();
    } finally {
      this.#lock[Symbol.dispose]();
    }
  }

  #insert(arrival: Arrival, bytes: number, first: First | undefined): Promise<Accepted> {
    const { digest, receivedMs, body, group, deliveries, origin, notification: { status } } = arrival;
    return this.#add(
      () => {
        checkNumber(deliveries);
        const { marks } = this.#memory;
        const id = marks.notificationId + 1;
        this.#memory.marks = { ...marks, notificationId: id };
        const plan = planText(deliveries);
        this.#sql.get(INSERT).run(id, receivedMs, origin, group, status, digest ?? null, body, plan);
        return { id, duplicate: false };
      },
      {
        committed: ({ id }) => {
          if (first) {
            first.id = id;
            first.stored = undefined;
          }
          if (origin !== "own") this.#room.written();
          this.#planner.add({ id, receivedMs, group, status, deliveries });
          this.#queued(deliveries, group, status, receivedMs);
        },
        failed: first && (() => this.#memory.duplicates.forget(digest!, first)),
        bytes,
      },
    );
  }

  /** Begins to plan what the database, which was just opened, has accepted. */
  #readUnplanned(): void {
    for (
      const { group, status, receivedMs, deliveries } of this.#planner.opened(
        this.#memory.marks.notificationId,
      )
    ) {
      this.#queued(deliveries, group, status, receivedMs);
    }
  }

  /** Counts and remembers what an arrival has queued. */
  #queued(deliveries: readonly NewDelivery[], group: string, status: string, createdMs: number): void {
    for (const { channel } of deliveries) this.#memory.queued({ channel, group, status, createdMs });
  }

  /** Changes deliveries, of which none is newer than `notificationId`, in the next transaction. */
  #change<T>(notificationId: number, run: () => T, options?: WorkOptions<T>): Promise<T> {
    if (!this.#planner.planUpTo(notificationId)) return Promise.reject(this.#cannotWrite());
    return this.#add(run, options);
  }

  #cannotWrite(): JournalFailure {
    const why = this.#closed
      ? "it is closed"
      : this.#repair
      ? "it is damaged, and being repaired"
      : this.failure();
    return new JournalFailure(`Cannot write the journal "${this.path}": ${why}`);
  }

  #waitingBytes(): number {
    return this.#commits.waitingBytes + this.#planner.waitingBytes;
  }

  #add<T>(run: () => T, options?: WorkOptions<T>): Promise<T> {
    if (this.#closed || this.#repair) return Promise.reject(this.#cannotWrite());
    return this.#commits.add(run, options);
  }

  #read<T>(read: (sql: Statements) => T): T {
    if (this.#closed || this.#repair) {
      const why = this.#closed ? "it is closed" : "it is damaged, and being repaired";
      throw new JournalFailure(`Cannot read the journal "${this.path}": ${why}`);
    }
    try {
      return read(this.#sql);
    } catch (error) {
      throw failureKind(error) === undefined ? error : this.#failed(error, "read");
    }
  }

  #oldestMs(channel: string, queued: number): number | undefined {
    try {
      return this.#oldest.of(channel, queued, (look) => this.#read(look)) ?? this.#planner.oldestMs(channel);
    } catch (error) {
      // How many there are is known all the same.
      if (error instanceof JournalFailure) return undefined;
      throw error;
    }
  }

  #committed(seconds: number, works: number, bytes: number): void {
    this.#memory.commit();
    this.#failure = undefined;
    this.#housekeeping.written(this.#room.committed(this.#sql, bytes) + this.#waitingBytes());
    this.#options.onCommit?.(seconds, works);
  }

  #failed(error: unknown, action: "read" | "write"): JournalFailure {
    const failure = journalFailure(error, action, this.path);
    const sentence = sentenceOf(error);
    const isNew = this.#failure !== sentence;
    this.#failure = sentence;
    if (failureKind(error) === "damaged") this.#beginRepair(error);
    else this.#housekeeping.failed();
    if (isNew) this.#options.onProblem?.(failure.message);
    return failure;
  }

  /** Replaces the damaged file while nothing is written or read. */
  #beginRepair(cause: unknown): void {
    if (this.#repair || this.#closed) return;
    this.#repair = this.#repairNow(cause).then((report) => {
      this.#repair = undefined;
      this.#options.onSalvaged?.(report);
    }, (error) => {
      this.#failure = sentenceOf(cause);
      this.#options.onProblem?.(`Cannot repair the journal "${this.path}": ${sentenceOf(error)}`);
      this.#cancelRepair = this.#options.clock.after(REPAIR_AGAIN_MS, () => {
        this.#repair = undefined;
        this.#beginRepair(cause);
      });
    });
  }

  async #repairNow(cause: unknown): Promise<Salvage> {
    const { clock, duplicateWindowMs } = this.#options;
    if (this.#database.isOpen) this.#database.close();
    const report = await salvage(this.path, cause, clock.now());
    this.#database = openDatabase(this.path, this.#options.limitBytes);
    this.#sql = new Statements(this.#database);
    this.#memory = new Memory(this.#database, clock.now() - duplicateWindowMs);
    this.#readUnplanned();
    this.#room.measure(this.#sql);
    this.#failure = undefined;
    return report;
  }

  #checkpoint(): void {
    if (this.#closed || this.#repair) return;
    try {
      this.#database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      this.#room.measure(this.#sql);
    } catch (error) {
      this.#failed(error, "write");
    }
  }

  /** What is written to a file without a name is gone with this process, and SQLite would not notice. */
  #beginning(): void {
    if (this.#closed || this.#repair) throw this.#cannotWrite();
    if (isThere(`${this.path}-wal`)) return;
    throw new JournalFailure(
      `Cannot write the journal "${this.path}": its files were removed while it was open; start the webhook again`,
    );
  }

  #keeping(): Keeping {
    const { limitBytes, ageMs = 30 * DAY_MS, deadAgeMs = 90 * DAY_MS } = this.#options;
    return { limitBytes, ageMs, deadAgeMs };
  }
}

const INSERT =
  "INSERT OR FAIL INTO notification (id, received_ms, origin, grp, status, digest, body, plan) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";

async function duplicateOf(first: First): Promise<Accepted> {
  return { id: first.id || (await first.stored!).id, duplicate: true };
}
