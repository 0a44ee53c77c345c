/** How much room the journal has left below its limit. */

import { sizeOf } from "./files.ts";
import { JournalFailure } from "./journal.ts";
import type { Statements } from "./statements.ts";

/** What is in use. */
export interface Use {
  readonly bytes: number;
  /** Pages of the file, and those of them that hold nothing. */
  readonly pages: number;
  readonly freePages: number;
}

/** What the room depends on. */
export interface RoomOptions {
  readonly path: string;
  readonly limitBytes: () => number;
  /** Bytes that wait to be written. */
  readonly waitingBytes: () => number;
  /** Removes what may go to make room for some bytes. @returns whether some could. */
  readonly makeRoom: (bytes: number) => Promise<boolean>;
  /** Called when something did not fit, once until something fits again. */
  readonly onFull: (problem: string) => void;
}

/** The room below the limit. */
export interface Room {
  /** Looks how much is in use. */
  measure(sql: Statements): Use;
  /** Whether so many bytes fit, beside those that wait. */
  fits(bytes: number): boolean;
  /** Runs `write` as soon as so many bytes fit. @throws {JournalFailure} when they cannot. */
  find<T>(bytes: number, write: () => Promise<T>): Promise<T>;
  /** Something new was written. */
  written(): void;
  /** A transaction with about so many bytes is on disk: looks again, if it could matter. @returns about how much is in use. */
  committed(sql: Statements, bytes: number): number;
  /** Why nothing fits; undefined when the last thing that did not would now. */
  failure(): string | undefined;
}

const PAGE_BYTES = 4_096;
// To look costs as much as a tenth of a small transaction: far from the limit it is not done after each of them.
const LOOK_EACH_COMMITS = 64;
const LOOK_EACH_BYTES = 1_024 * 1_024;
const NEAR = 0.8;

/** Keeps an eye on the room. It has to be measured before it is asked. */
export function createRoom({ path, limitBytes, waitingBytes, makeRoom, onFull }: RoomOptions): Room {
  let usedBytes = 0;
  // Since it was measured.
  let commits = 0;
  let committedBytes = 0;
  let refusedBytes: number | undefined;

  const fits = (bytes: number) => usedBytes + committedBytes + waitingBytes() + bytes <= limitBytes();

  function failure(): string | undefined {
    if (refusedBytes === undefined || fits(refusedBytes)) return undefined;
    const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
    return `it is full: ${megabytes(usedBytes)} of ${megabytes(limitBytes())} hold what is queued or dead`;
  }

  function refusal(bytes: number): JournalFailure {
    const isNew = failure() === undefined;
    refusedBytes = bytes;
    const problem = `Cannot write the journal "${path}": ${failure()}`;
    if (isNew) onFull(problem);
    return new JournalFailure(problem);
  }

  function measure(sql: Statements): Use {
    const { page_count: pages } = sql.get("PRAGMA page_count").get() as { page_count: number };
    const { freelist_count: freePages } = sql.get("PRAGMA freelist_count").get() as {
      freelist_count: number;
    };
    usedBytes = (pages - freePages) * PAGE_BYTES + sizeOf(`${path}-wal`);
    commits = committedBytes = 0;
    return { bytes: usedBytes, pages, freePages };
  }

  return {
    fits,
    failure,
    measure,
    committed(sql, bytes) {
      commits++;
      committedBytes += bytes;
      const isDue = commits >= LOOK_EACH_COMMITS || committedBytes >= LOOK_EACH_BYTES;
      if (isDue || usedBytes + committedBytes > limitBytes() * NEAR) measure(sql);
      return usedBytes + committedBytes;
    },
    async find(bytes, write) {
      // History is not given up for what cannot fit whatever goes.
      if (bytes > limitBytes()) throw refusal(bytes);
      // Others wait for room as well: whoever finds some takes it before it looks away.
      while (!fits(bytes)) {
        if (!await makeRoom(bytes) && !fits(bytes)) throw refusal(bytes);
      }
      return await write();
    },
    written: () => void (refusedBytes = undefined),
  };
}
