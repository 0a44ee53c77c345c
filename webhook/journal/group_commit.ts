/** Many small pieces of work, one transaction, one sync. */

import type { DatabaseSync } from "node:sqlite";
import { clearImmediate, setImmediate } from "node:timers";
import type { Clock } from "../clock.ts";
import { failureKind } from "./failure.ts";

/** One piece of work. */
interface Work {
  run(): void;
  committed(): void;
  failed(error: unknown): void;
  readonly bytes: number;
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
  /** Called when one is on disk, before anybody is told. */
  readonly onCommit: (seconds: number, works: number) => void;
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
   *
   * @param committed Called once it is on disk, before the promise resolves.
   * @param bytes About how much it writes.
   * @param patienceMs How long it may wait for something that cannot wait, whose sync it shares then.
   */
  add<T>(run: () => T, committed?: (value: T) => void, bytes = 0, patienceMs = 0): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    let value: T;
    this.#works.push({
      run: () => void (value = run()),
      committed: () => {
        committed?.(value);
        resolve(value);
      },
      failed: reject,
      bytes,
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
    this.#works = [];
    this.#bytes = 0;
    const { onFailure, onCommit } = this.#options;
    const started = performance.now();
    let done: readonly Work[];
    try {
      this.#options.onBegin?.();
      done = this.#transact(works);
      onCommit((performance.now() - started) / 1_000, done.length);
    } catch (error) {
      const failure = onFailure(error);
      for (const work of works) work.failed(failure);
      return;
    }
    for (const work of done) work.committed();
  }

  /** @returns what is on disk now. */
  #transact(works: readonly Work[]): readonly Work[] {
    try {
      this.#together(works, (work) => work.run());
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
        work.run();
      } catch (error) {
        if (failureKind(error)) throw error;
        database.exec("ROLLBACK TO work");
        refused.set(work, error);
      }
      database.exec("RELEASE work");
    });
    for (const [work, error] of refused) work.failed(error);
    return works.filter((work) => !refused.has(work));
  }

  #together(works: readonly Work[], run: (work: Work) => void): void {
    const database = this.#options.database();
    database.exec("BEGIN IMMEDIATE");
    try {
      for (const work of works) run(work);
      database.exec("COMMIT");
    } catch (error) {
      this.#options.onRollback();
      // After some failures SQLite has rolled back already.
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
  }
}
