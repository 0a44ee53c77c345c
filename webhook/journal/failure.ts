/** What SQLite says when it cannot, for people. */

import { JournalFailure } from "./journal.ts";

/** Why the journal cannot be used. */
export type FailureKind = "full" | "disk" | "readonly" | "damaged" | "unreachable" | "locked" | "memory";

// node:sqlite in Deno gives no result code with its errors, only SQLite's own sentences. Source: `sqlite3ErrStr` in SQLite's `main.c`.
const KINDS: readonly (readonly [start: string, kind: FailureKind, sentence: string])[] = [
  ["database or disk is full", "full", "the disk is full"],
  ["disk I/O error", "disk", "the disk fails: see the kernel's log"],
  ["attempt to write a readonly database", "readonly", "the file or its disk is read-only"],
  ["database disk image is malformed", "damaged", "the file is damaged"],
  ["malformed database schema", "damaged", "the file is damaged"],
  ["file is not a database", "damaged", "the file is damaged, or is no SQLite database"],
  ["unable to open database file", "unreachable", "the file cannot be opened"],
  ["database is locked", "locked", "another process uses it"],
  ["locking protocol", "locked", "another process uses it"],
  ["out of memory", "memory", "there is no memory left"],
];

/** What kind of failure `error` is; undefined when it is none of the disk's, but a defect in what was asked. */
export function failureKind(error: unknown): FailureKind | undefined {
  return find(error)?.[1];
}

/** `error` as a failure of the journal in the file at `path`. */
export function journalFailure(error: unknown, path: string): JournalFailure {
  const sentence = find(error)?.[2] ?? (error instanceof Error ? error.message : String(error));
  return new JournalFailure(`Cannot write the journal "${path}": ${sentence}`, { cause: error });
}

function find(error: unknown) {
  if (!(error instanceof Error)) return undefined;
  return KINDS.find(([start]) => error.message.startsWith(start));
}
