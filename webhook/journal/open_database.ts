/** Opens the journal's database. */

import { DatabaseSync } from "node:sqlite";
import { makePrivate, removeIfThere, syncDirectory } from "./files.ts";
import { JournalFailure } from "./journal.ts";
import { APPLICATION_ID, migrate, SCHEMA_VERSION } from "./schema.ts";

// SQLite's own; a journal of less than a hundred times as much has no room for a longer WAL.
const FEWEST_WAL_PAGES = 1_000;
// With few pages each of them is moved soon after it was written: half of all writes of a small transaction are of that.
const MOST_WAL_PAGES = 2_500;
const PAGE_BYTES = 4_096;

/**
 * Makes an empty journal at `path`: beside it first, so that a file of that name always has its whole schema, and an empty one is damaged.
 */
export function createDatabase(path: string): void {
  const draft = `${path}.new`;
  for (const suffix of ["", "-journal", "-wal"]) removeIfThere(`${draft}${suffix}`);
  makePrivate(draft);
  const database = new DatabaseSync(draft);
  try {
    // It can be chosen only before there are tables.
    database.exec(`PRAGMA auto_vacuum = INCREMENTAL; PRAGMA application_id = ${APPLICATION_ID}`);
    configure(database, 0);
    migrate(database);
    database.exec("PRAGMA journal_mode = WAL");
  } finally {
    database.close();
  }
  Deno.renameSync(draft, path);
  syncDirectory(path);
}

/**
 * The database at `path`, its schema brought up to date.
 *
 * The connection keeps the file for itself: with `locking_mode = EXCLUSIVE` the WAL's index lives in memory instead of in a mapped file,
 * which a full disk would answer with SIGBUS.
 *
 * @param limitBytes What the journal may take on disk; how long its WAL gets depends on it.
 * @throws {JournalFailure} when another or a newer program wrote it. @throws {Error} whatever SQLite says.
 */
export function openDatabase(path: string, limitBytes = 0): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    configure(database, limitBytes);
    const { application_id } = database.prepare("PRAGMA application_id").get() as { application_id: number };
    if (application_id !== APPLICATION_ID) {
      throw new JournalFailure(
        `Cannot use the journal "${path}": another program wrote it; name a data directory of its own`,
      );
    }
    const { user_version: version } = database.prepare("PRAGMA user_version").get() as {
      user_version: number;
    };
    if (version > SCHEMA_VERSION) {
      throw new JournalFailure(
        `Cannot use the journal "${path}": a newer version of this program wrote it (schema ${version}; known up to ${SCHEMA_VERSION})`,
      );
    }
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function configure(database: DatabaseSync, limitBytes: number): void {
  const fitting = Math.floor(limitBytes / 100 / PAGE_BYTES);
  const walPages = Math.min(Math.max(fitting, FEWEST_WAL_PAGES), MOST_WAL_PAGES);
  // Without `temp_store` SQLite writes statement journals to /var/tmp: slow, and not there under a read-only root. The WAL is written from its
  // start again after its pages were moved into the file, and cut if it was much longer once.
  database.exec(
    `PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; ` +
      `PRAGMA wal_autocheckpoint = ${walPages}; PRAGMA journal_size_limit = ${2 * walPages * PAGE_BYTES}`,
  );
}
