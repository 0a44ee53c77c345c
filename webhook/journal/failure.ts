/** What SQLite and the file system say when they cannot, for people. */

import { JournalFailure } from "./journal.ts";

/** Why the journal cannot be used. */
export type FailureKind = "full" | "disk" | "readonly" | "damaged" | "unreachable" | "locked" | "memory";

// node:sqlite in Deno gives no result code with its errors, only SQLite's own sentences. Source: `sqlite3ErrStr` in SQLite's `main.c`.
const KINDS: readonly (readonly [start: string, kind: FailureKind, sentence: string])[] = [
  ["database or disk is full", "full", "the disk is full"],
  ["disk I/O error", "disk", "the disk fails: see the kernel's log"],
  ["attempt to write a readonly database", "readonly", "it is read-only"],
  ["database disk image is malformed", "damaged", "it is damaged"],
  ["malformed database schema", "damaged", "it is damaged"],
  ["file is not a database", "damaged", "it is damaged, or no SQLite database"],
  ["unable to open database file", "unreachable", "it cannot be opened"],
  ["database is locked", "locked", "another process uses it"],
  ["locking protocol", "locked", "another process uses it"],
  ["out of memory", "memory", "there is no memory left"],
];

/** What kind of failure `error` is; undefined when it is none of the disk's, but a defect in what was asked. */
export function failureKind(error: unknown): FailureKind | undefined {
  return find(error)?.[1];
}

/** Why, without a subject: "the disk is full". */
export function sentenceOf(error: unknown): string {
  const [, , sentence] = find(error) ?? [];
  if (sentence !== undefined) return sentence;
  const message = error instanceof Error ? error.message : String(error);
  const [, reason] = /^(.+?) \(os error \d+\)/.exec(message) ?? [];
  return reason ? `${reason[0]!.toLowerCase()}${reason.slice(1)}` : message;
}

/** `error` as a failure of the journal in the file at `path`. */
export function journalFailure(
  error: unknown,
  action: "read" | "write" | "open",
  path: string,
): JournalFailure {
  if (error instanceof JournalFailure) return error;
  return new JournalFailure(`Cannot ${action} the journal "${path}": ${sentenceOf(error)}`, { cause: error });
}

function find(error: unknown) {
  if (!(error instanceof Error)) return undefined;
  return KINDS.find(([start]) => error.message.startsWith(start));
}
