/** Writes what became of deliveries, whatever happens to the journal meanwhile. */

import type { Clock } from "../clock.ts";
import { type Change, type Journal, JournalFailure } from "../journal/journal.ts";
import type { Log } from "../log.ts";

const AGAIN_MS = 1_000;

/** Settles deliveries, in the order of asking. */
export interface Writer {
  /** Resolves when `changes` are on disk, however long that takes; false when the process ends before. */
  settle(changes: readonly Change[]): Promise<boolean>;
  /** From now on each change is tried once and then given up: what was told is told again after the start. */
  stop(): void;
}

interface Waiting {
  readonly changes: readonly Change[];
  readonly done: (written: boolean) => void;
}

/** A writer to `journal`. What it cannot write it keeps and tries again, so that nothing is told twice while a disk is full. */
export function createWriter(journal: Journal, clock: Clock, log: Log): Writer {
  let waiting: Waiting[] = [];
  let writing = false;
  let endPause = () => {};
  let stopping = false;
  let failing = "";

  async function writeAll(): Promise<void> {
    writing = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const [left, reason] = await write(journal, batch);
      if (reason !== failing) {
        if (reason === "") log.info("Deliveries are noted again");
        else log.error("Cannot note what became of deliveries: trying again", { reason });
        failing = reason;
      }
      if (left.length === 0) continue;
      waiting = [...left, ...waiting];
      if (stopping) waiting.splice(0).forEach(({ done }) => done(false));
      else await pause();
    }
    writing = false;
  }

  function pause(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = clock.after(AGAIN_MS, resolve);
      endPause = () => {
        cancel();
        resolve();
      };
    });
  }

  return {
    settle(changes) {
      return new Promise((done) => {
        waiting.push({ changes, done });
        if (!writing) void writeAll();
      });
    },
    stop() {
      stopping = true;
      endPause();
    },
  };
}

/** @returns what could not be written, and why; `""` when everything was. */
async function write(journal: Journal, batch: readonly Waiting[]): Promise<[readonly Waiting[], string]> {
  try {
    await journal.settle(batch.flatMap(({ changes }) => changes));
    batch.forEach(({ done }) => done(true));
    return [[], ""];
  } catch (error) {
    const reason = (error as Error).message;
    if (error instanceof JournalFailure || batch.length === 1) return [batch, reason];
    // A change that the journal does not take holds up no other one.
    const left: Waiting[] = [];
    for (const one of batch) left.push(...(await write(journal, [one]))[0]);
    return [left, reason];
  }
}
