/** Sessions on disk, so that a restart of the webhook signs nobody out. No token is in it: only what tokens are known by. */

import { DatabaseSync } from "node:sqlite";
import { makePrivate, removeIfThere } from "../journal/files.ts";
import type { Source } from "./role.ts";

/** A session as it is kept. */
export interface KeptSession {
  /** Hash of the token. */
  readonly hash: string;
  readonly user: string;
  readonly source: Source;
  readonly groups: readonly string[];
  /** Changes when what the user signed in with does; meaningless without the token. */
  readonly stamp: string;
  readonly createdMs: number;
  readonly seenMs: number;
}

/** Where sessions are kept. */
export interface SessionFile {
  all(): KeptSession[];
  put(session: KeptSession): void;
  remove(hashes: readonly string[]): void;
  close(): void;
}

const APPLICATION_ID = 0x76677365; // "vgse"
const SCHEMA_VERSION = 1;

/**
 * Opens the file at `path`, and makes it when it is not there. One that cannot be read is begun anew: all that is lost is that people sign in
 * again.
 *
 * @param onProblem Told of a file that was begun anew.
 * @throws {Error} when it cannot be made.
 */
export function openSessionFile(path: string, onProblem: (problem: string) => void): SessionFile {
  try {
    return opened(path);
  } catch (error) {
    onProblem(`Cannot read "${path}", and begins it anew: ${(error as Error).message}`);
    for (const suffix of ["", "-wal", "-shm", "-journal"]) removeIfThere(`${path}${suffix}`);
    return opened(path);
  }
}

function opened(path: string): SessionFile {
  makePrivate(path);
  const database = new DatabaseSync(path);
  try {
    return prepared(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

function prepared(database: DatabaseSync): SessionFile {
  // As in the journal: no mapped file, and nothing below /var/tmp. What the last second brought may be lost with the power.
  database.exec(
    "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON",
  );
  const { user_version: version } = database.prepare("PRAGMA user_version").get() as { user_version: number };
  const { application_id: id } = database.prepare("PRAGMA application_id").get() as {
    application_id: number;
  };
  if (version !== 0 && (id !== APPLICATION_ID || version !== SCHEMA_VERSION)) {
    throw new Error(`it is of another version (${version}, known is ${SCHEMA_VERSION})`);
  }
  database.exec(`CREATE TABLE IF NOT EXISTS sessions (
    hash TEXT PRIMARY KEY, user TEXT NOT NULL, source TEXT NOT NULL, groups TEXT NOT NULL, stamp TEXT NOT NULL,
    created_ms INTEGER NOT NULL, seen_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID; PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}`);
  const select = database.prepare("SELECT * FROM sessions ORDER BY created_ms");
  const insert = database.prepare("INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?)");
  const remove = database.prepare("DELETE FROM sessions WHERE hash = ?");
  return {
    all: () =>
      select.all().map((row) => ({
        hash: row.hash as string,
        user: row.user as string,
        source: row.source as Source,
        groups: JSON.parse(row.groups as string),
        stamp: row.stamp as string,
        createdMs: row.created_ms as number,
        seenMs: row.seen_ms as number,
      })),
    put({ hash, user, source, groups, stamp, createdMs, seenMs }) {
      insert.run(hash, user, source, JSON.stringify(groups), stamp, createdMs, seenMs);
    },
    remove(hashes) {
      for (const hash of hashes) remove.run(hash);
    },
    close: () => database.close(),
  };
}
