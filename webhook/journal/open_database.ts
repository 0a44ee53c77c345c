/** Opens the journal's database. */

import { DatabaseSync } from "node:sqlite";
import { makePrivate, removeIfThere, syncDirectory } from "./files.ts";
import { JournalFailure } from "./journal.ts";
import { APPLICATION_ID, migrate, SCHEMA_VERSION } from "./schema.ts";

// The WAL is written from its start again after a checkpoint, and cut to this length if it was longer once.
const WAL_BYTES = 8 * 1_024 * 1_024;

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
    configure(database);
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
 * @throws {JournalFailure} when another or a newer program wrote it. @throws {Error} whatever SQLite says.
 */
export function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    configure(database);
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

function configure(database: DatabaseSync): void {
  // Without `temp_store` SQLite writes statement journals to /var/tmp: slow, and not there under a read-only root.
  database.exec(
    `PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = ${WAL_BYTES}`,
  );
}
