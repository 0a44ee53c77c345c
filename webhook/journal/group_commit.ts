/** Many small pieces of work, one transaction, one sync. */

import type { DatabaseSync } from "node:sqlite";
import { clearImmediate, setImmediate } from "node:timers";
import type { Clock } from "../clock.ts";
import { failureKind } from "./failure.ts";

/** A piece of work, beside what it runs. */
export interface WorkOptions<T> {
  /** Called once it is on disk, before its promise resolves. */
  readonly committed?: (value: T) => void;
  /** Called when it is not going to be, before its promise rejects. */
  readonly failed?: () => void;
  /** About how much it writes. */
  readonly bytes?: number;
  /** How long it may wait for something that cannot wait, whose sync it shares then; 0 by default. */
  readonly patienceMs?: number;
}

/** One piece of work. Plain fields, as there are tens of thousands a second: a closure for each of them is garbage to collect. */
interface Work {
  readonly run: () => unknown;
  readonly committed: ((value: never) => void) | undefined;
  readonly failed: (() => void) | undefined;
  resolve: (value: never) => void;
  reject: (error: unknown) => void;
  /** What `run` gave. */
  value: unknown;
}

/** What a group commit needs. */
export interface GroupCommitOptions {
  readonly database: () => DatabaseSync;
  /** Called before a transaction begins; what it throws is a failure of all that is in it. */
  readonly onBegin?: () => void;
  /** Called after one was rolled back: whatever `run` changed in memory is undone here. */
  readonly onRollback: () => void;
  /** Called when the disk failed. @returns what the callers are told. */
  readonly onFailure: (error: unknown) => Error;
  /** Called when one is on disk, before anybody is told. @param bytes About how much was written. */
  readonly onCommit: (seconds: number, works: number, bytes: number) => void;
  readonly clock: Clock;
}

// One transaction takes no more, so that neither memory nor the WAL grows with the number of callers.
const MOST_BYTES = 16 * 1_024 * 1_024;

/**
 * Gathers what is asked for in one turn of the event loop into one transaction, as a sync costs a thousand times what a row costs.
 *
 * What cannot wait is flushed by `setImmediate`, that is as soon as all that arrived has been taken: a timer, even of 0 ms, waits for a millisecond.
 */
export class GroupCommit {
  #works: Work[] = [];
  #bytes = 0;
  #immediate: ReturnType<typeof setImmediate> | undefined;
  #cancelTimer: (() => void) | undefined;
  readonly #options: GroupCommitOptions;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
  }

  /** About how much waits to be written, bytes. */
  get waitingBytes(): number {
    return this.#bytes;
  }

  /**
   * Runs `run` in the next transaction.
   *
   * `run` may be called twice, the first time in a transaction that is rolled back: what it changes in memory belongs into `committed`.
   */
  add<T>(run: () => T, { committed, failed, bytes = 0, patienceMs = 0 }: WorkOptions<T> = {}): Promise<T> {
    const promise = new Promise<T>((resolve, reject) => {
      this.#works.push({ run, committed, failed, resolve, reject, value: undefined });
    });
    this.#bytes += bytes;
    if (this.#bytes >= MOST_BYTES) this.flush();
    else if (patienceMs === 0) this.#immediate ??= setImmediate(() => this.flush());
    else if (!this.#immediate) {
      this.#cancelTimer ??= this.#options.clock.after(patienceMs, () => this.flush());
    }
    return promise;
  }

  /** Writes what waits, now. */
  flush(): void {
    clearImmediate(this.#immediate);
    this.#immediate = undefined;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const works = this.#works;
    if (works.length === 0) return;
    const bytes = this.#bytes;
    this.#works = [];
    this.#bytes = 0;
    const { onFailure, onCommit } = this.#options;
    const started = performance.now();
    let done: readonly Work[];
    try {
      this.#options.onBegin?.();
      done = this.#transact(works);
      onCommit((performance.now() - started) / 1_000, done.length, bytes);
    } catch (error) {
      const failure = onFailure(error);
      for (const work of works) fail(work, failure);
      return;
    }
    for (const { committed, value, resolve } of done) {
      committed?.(value as never);
      resolve(value as never);
    }
  }

  /** @returns what is on disk now. */
  #transact(works: readonly Work[]): readonly Work[] {
    try {
      this.#together(works, run);
      return works;
    } catch (error) {
      if (failureKind(error)) throw error;
    }
    // One of them is at fault, not the disk: again, each for itself.
    const refused = new Map<Work, unknown>();
    const database = this.#options.database();
    this.#together(works, (work) => {
      database.exec("SAVEPOINT work");
      try {
        run(work);
      } catch (error) {
        if (failureKind(error)) throw error;
        database.exec("ROLLBACK TO work");
        refused.set(work, error);
      }
      database.exec("RELEASE work");
    });
    for (const [work, error] of refused) fail(work, error);
    return works.filter((work) => !refused.has(work));
  }

  #together(works: readonly Work[], each: (work: Work) => void): void {
    const database = this.#options.database();
    database.exec("BEGIN IMMEDIATE");
    try {
      for (const work of works) each(work);
      database.exec("COMMIT");
    } catch (error) {
      this.#options.onRollback();
      // After some failures SQLite has rolled back already.
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
  }
}

function run(work: Work): void {
  work.value = work.run();
}

function fail({ failed, reject }: Work, error: unknown): void {
  failed?.();
  reject(error);
}
