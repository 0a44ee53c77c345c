/** Opens the journal's database. */

import { DatabaseSync } from "node:sqlite";
import { migrate, SCHEMA_VERSION } from "./schema.ts";
import { JournalFailure } from "./journal.ts";

/**
 * The database at `path`, made when it is not there, its schema brought up to date.
 *
 * The connection keeps the file for itself: with `locking_mode = EXCLUSIVE` a second process is refused, the WAL's index lives in memory
 * instead of a mapped file (which a full disk would answer with SIGBUS), and the kernel ends the lock with its holder.
 *
 * @throws {JournalFailure} when a newer program wrote it. @throws {Error} whatever SQLite says.
 */
export function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    database.exec(
      "PRAGMA locking_mode = EXCLUSIVE; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA synchronous = FULL",
    );
    const { user_version: version } = database.prepare("PRAGMA user_version").get() as {
      user_version: number;
    };
    if (version > SCHEMA_VERSION) {
      throw new JournalFailure(
        `Cannot use the journal "${path}": a newer version of this program wrote it (schema ${version}, known up to ${SCHEMA_VERSION})`,
      );
    }
    // The schema of a new file is written before WAL mode is: so a WAL never holds what the file itself does not know.
    migrate(database);
    database.exec("PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = 67108864");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
