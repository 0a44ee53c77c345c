/** What a journal does by itself: old history goes, free space is given back, and after a failure it tries again. */

import { setImmediate } from "node:timers/promises";
import type { Clock } from "../clock.ts";
import { JournalFailure } from "./journal.ts";
import { type Sweep, sweep, sweepRest } from "./retention.ts";
import type { Statements } from "./statements.ts";

/** What is kept, as it is configured now. */
export interface Keeping {
  readonly limitBytes: number;
  /** How long history is kept, milliseconds. */
  readonly ageMs: number;
  /** How long dead letters and the quarantine are. */
  readonly deadAgeMs: number;
}

/** What housekeeping needs. */
export interface HousekeepingOptions {
  readonly clock: Clock;
  readonly keeping: () => Keeping;
  /** Runs `run` in the next transaction. */
  readonly write: <T>(run: (sql: Statements) => T) => Promise<T>;
  /** Moves what is in the WAL into the file, and cuts the WAL to nothing. */
  readonly checkpoint: () => void;
  /** The newest notification. */
  readonly lastId: () => number;
  /** Bytes that are in use or wait to be written, and pages of the file that are not in use. */
  readonly used: () => { readonly bytes: number; readonly freePages: number; readonly pages: number };
  /** Called with what is wrong with the housekeeping itself. */
  readonly onDefect: (error: unknown) => void;
}

/** The work that goes on beside accepting and delivering. */
export interface Housekeeping {
  /** Something was written. @param usedBytes About how much is in use or waits to be written. */
  written(usedBytes: number): void;
  /** Something could not be written: tries again until it can. */
  failed(): void;
  /** Makes room for `bytes` by removing the oldest history. @returns whether some could go. */
  makeRoom(bytes: number): Promise<boolean>;
  /** Ends it; what is under way is left as it is. */
  stop(): void;
}

const SWEEP_EVERY_MS = 10 * 60_000;
const FIRST_SWEEP_MS = 10_000;
const PAUSE_MS = 10;
// One step holds the event loop for so long, and a few milliseconds of sync.
const BUDGET_MS = 5;
const IDLE_MS = 5_000;
const PROBE_EVERY_MS = 2_000;
// Removing begins above the first share of the limit and ends below the second one.
const HIGH = 0.9;
const LOW = 0.8;
// After a sweep that could remove nothing another one can do no better for a while.
const FUTILE_MS = 5_000;
// Free pages are used again first: only what is much is given back.
const SPARE_PAGES = 1_024;
const SPARE_SHARE = 0.25;
const VACUUM_PAGES = 128;

/** Begins the housekeeping. */
export function createHousekeeping(options: HousekeepingOptions): Housekeeping {
  const { clock, keeping, write, checkpoint, used, lastId, onDefect } = options;
  let stopped = false;
  let lastWriteMs = clock.now();
  let futileUntilMs = -Infinity;
  let sizing: Promise<boolean> | undefined;
  const cancels = new Map<string, () => void>();

  /** Runs `action` once, `ms` from now, unless it is set already. */
  function later(name: string, ms: number, action: () => void): void {
    if (stopped || cancels.has(name)) return;
    cancels.set(
      name,
      clock.after(ms, () => {
        cancels.delete(name);
        action();
      }),
    );
  }

  function step(afterId: number, beforeMs: number): Promise<Sweep> {
    const deadBeforeMs = clock.now() - keeping().deadAgeMs;
    return write((sql) =>
      sweep(sql, { afterId, beforeId: lastId(), beforeMs, deadBeforeMs, budgetMs: BUDGET_MS })
    );
  }

  /** A failure of the journal was told by the journal, and ends with a probe: the work begins again at its next time. */
  function quietly(work: Promise<unknown>): void {
    work.catch((error) => {
      if (!(error instanceof JournalFailure)) onDefect(error);
    });
  }

  async function sweepByAge(afterId: number): Promise<void> {
    const { ageMs, deadAgeMs } = keeping();
    const now = clock.now();
    const { afterId: last, done } = await step(afterId, now - ageMs);
    if (!done) return later("sweep", PAUSE_MS, () => quietly(sweepByAge(last)));
    await write((sql) => sweepRest(sql, now - deadAgeMs, now - Math.max(ageMs, deadAgeMs)));
    vacuum();
  }

  function sweepAgain(): void {
    later("age", SWEEP_EVERY_MS, () => {
      quietly(sweepByAge(0));
      sweepAgain();
    });
  }

  function vacuum(): void {
    const { freePages, pages } = used();
    if (freePages <= SPARE_PAGES || freePages <= pages * SPARE_SHARE) return;
    later(
      "vacuum",
      PAUSE_MS,
      () => quietly(write((sql) => sql.exec(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`)).then(vacuum)),
    );
  }

  /** Removes history, oldest first, until what is in use is below `belowBytes`. @returns whether any could be. */
  async function sweepBySize(belowBytes: number): Promise<boolean> {
    let removed = 0;
    let done = false;
    for (let afterId = 0; !done && !stopped && used().bytes > belowBytes;) {
      const result: Sweep = await step(afterId, Infinity);
      ({ afterId, done } = result);
      removed += result.removed;
      await setImmediate();
    }
    if (done && removed === 0) futileUntilMs = clock.now() + FUTILE_MS;
    return removed > 0;
  }

  function size(belowBytes: number): Promise<boolean> {
    return sizing ??= sweepBySize(belowBytes).finally(() => sizing = undefined);
  }

  function tidy(): void {
    later("idle", IDLE_MS, () => {
      if (clock.now() - lastWriteMs < IDLE_MS) return tidy();
      checkpoint();
    });
  }

  function probe(): void {
    later("probe", PROBE_EVERY_MS, () => {
      const now = clock.now();
      quietly(
        write((sql) =>
          sql.get("INSERT OR REPLACE INTO fact (key, value) VALUES ('probe', ?)").run(String(now))
        ),
      );
    });
  }

  later("age", FIRST_SWEEP_MS, () => {
    quietly(sweepByAge(0));
    sweepAgain();
  });

  return {
    written(usedBytes) {
      lastWriteMs = clock.now();
      tidy();
      const { limitBytes } = keeping();
      if (sizing || lastWriteMs < futileUntilMs || usedBytes <= limitBytes * HIGH) return;
      quietly(size(limitBytes * LOW));
    },
    failed: probe,
    async makeRoom(bytes) {
      if (clock.now() < futileUntilMs) return false;
      const { limitBytes } = keeping();
      return await size(Math.min(limitBytes * LOW, limitBytes - bytes));
    },
    stop() {
      stopped = true;
      for (const cancel of cancels.values()) cancel();
      cancels.clear();
    },
  };
}
