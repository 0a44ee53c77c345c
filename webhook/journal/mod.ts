/** The journal: what is accepted, and how far it got, in one SQLite file. */

import { join } from "node:path";
import { type JournalOptions, SqliteJournal } from "./sqlite_journal.ts";

export type * from "./journal.ts";
export { JournalFailure } from "./journal.ts";
export { type JournalOptions, SqliteJournal } from "./sqlite_journal.ts";

/**
 * Opens the journal in `directory`; both are made when they are not there.
 *
 * @throws {JournalFailure} when it cannot be used: another process has it, or a newer version of this program wrote it.
 */
export async function openJournal(directory: string, options: JournalOptions): Promise<SqliteJournal> {
  await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
  return new SqliteJournal(join(directory, "journal.db"), options);
}
