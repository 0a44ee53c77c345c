/** The journal: what is accepted, and how far it got, in one SQLite file. */

import { join } from "node:path";
import { lockDirectory } from "./directory_lock.ts";
import { sentenceOf } from "./failure.ts";
import { JournalFailure } from "./journal.ts";
import type { JournalOptions } from "./options.ts";
import { SqliteJournal } from "./sqlite_journal.ts";

export type * from "./journal.ts";
export { JournalFailure } from "./journal.ts";
export type { Salvage } from "./salvage.ts";
export type { JournalOptions } from "./options.ts";
export { SqliteJournal } from "./sqlite_journal.ts";

/**
 * Opens the journal in `directory`; both are made when they are not there. A damaged one is set aside, and what can be read of it is in the
 * new one.
 *
 * @throws {JournalFailure} when it cannot be used: another process has it, nothing can be written there, or a newer version of this program
 * wrote it.
 */
export async function openJournal(directory: string, options: JournalOptions): Promise<SqliteJournal> {
  try {
    await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new JournalFailure(`Cannot make the data directory "${directory}": ${sentenceOf(error)}`, {
      cause: error,
    });
  }
  const lock = lockDirectory(directory);
  try {
    return await SqliteJournal.open(join(directory, "journal.db"), options, lock);
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}
