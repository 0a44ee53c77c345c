/** One process at a time in a data directory. */

import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { failureKind, sentenceOf } from "./failure.ts";
import { makePrivate } from "./files.ts";
import { JournalFailure } from "./journal.ts";

/**
 * Locks `directory` until disposed. The kernel ends the lock with its holder, however that one dies.
 *
 * The lock is SQLite's own on an empty file beside the journal, as the journal's file may be replaced while it is held, and as not every
 * Deno can try to lock a file without waiting.
 *
 * @throws {JournalFailure} when another one holds it, or when nothing can be written there.
 */
export function lockDirectory(directory: string): Disposable {
  const path = join(directory, "journal.lock");
  let database: DatabaseSync | undefined;
  try {
    makePrivate(path);
    database = new DatabaseSync(path);
    // What is changed here never gets to the disk, but on a read-only one it is refused.
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE; PRAGMA user_version = 1");
    const held = database;
    return { [Symbol.dispose]: () => held.close() };
  } catch (error) {
    database?.close();
    const why = failureKind(error) === "locked"
      ? "another process uses it; stop that one, or name another directory with --data"
      : sentenceOf(error);
    throw new JournalFailure(`Cannot use the data directory "${directory}": ${why}`, { cause: error });
  }
}
