/** Who has seen which alert: kept in a small database beside the journal, so that alerts never wait for it. */

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { sentenceOf } from "../../journal/failure.ts";
import { isThere, makePrivate } from "../../journal/files.ts";

/** Somebody has seen an alert. Times in ms since 1970. */
export interface Acknowledgement {
  readonly fingerprint: string;
  /** When the alert began to fire: one that fires anew is to be seen anew. */
  readonly startsMs: number;
  /** `""` where nobody signs in. */
  readonly by: string;
  readonly note: string;
  readonly atMs: number;
  /** When it was taken back. */
  readonly withdrawnMs?: number;
}

/** Acknowledgements of 90 days. */
export interface Acknowledgements {
  /** Why they are not known; undefined when they are. */
  problem(): string | undefined;
  /** Of an alert, also of earlier times that it fired and those taken back, the newest first; none when they are not known. */
  of(fingerprint: string): readonly Acknowledgement[];
  /** The one that holds for an alert that fires since `startsMs`. */
  current(fingerprint: string, startsMs: number): Acknowledgement | undefined;
  /** @throws {AcknowledgementsFailure} */
  add(made: Omit<Acknowledgement, "withdrawnMs">): void;
  /** Takes back the one that holds. @throws {AcknowledgementsFailure} */
  withdraw(fingerprint: string, startsMs: number, atMs: number): void;
}

/** They could not be written; the message says why and what to do. */
export class AcknowledgementsFailure extends Error {
  override readonly name = "AcknowledgementsFailure";
}

const FILE = "page.sqlite";
const APPLICATION_ID = 0x76677061; // "vgpa"
const SCHEMA_VERSION = 1;
const KEPT_MS = 90 * 24 * 3_600_000;
const MOST = 10_000;

/**
 * Those in `directory`. Nothing is opened before it is asked for, and no file made before there is something to keep. The file is open only
 * while it is read for the first time, or written: people do so seldom, and what copies the directory finds one whole file.
 */
export function createAcknowledgements(directory: string, now: () => number): Acknowledgements {
  const path = () => join(directory, FILE);
  let known: Map<string, readonly Acknowledgement[]> | undefined;
  let problem: string | undefined;

  function read(): ReadonlyMap<string, readonly Acknowledgement[]> {
    if (known) return known;
    try {
      known = isThere(path()) ? grouped(using(path(), (database) => all(database, now()))) : new Map();
      problem = undefined;
      return known;
    } catch (error) {
      problem = `Cannot read "${path()}": ${
        sentenceOf(error)
      }; make it readable, or move it away to begin a new one`;
      return new Map();
    }
  }
  function write(change: (database: DatabaseSync) => void): void {
    try {
      makePrivate(path());
      known = grouped(using(path(), (database) => {
        change(database);
        return all(database, now());
      }));
      problem = undefined;
    } catch (error) {
      // What was written may be there all the same: read anew.
      known = undefined;
      throw new AcknowledgementsFailure(
        `Cannot write "${path()}": ${sentenceOf(error)}; make room and let it be written, or move it away`,
        { cause: error },
      );
    }
  }
  const of = (fingerprint: string) => read().get(fingerprint) ?? [];

  return {
    problem() {
      read();
      return problem;
    },
    of,
    current: (fingerprint, startsMs) =>
      of(fingerprint).find((one) => one.startsMs === startsMs && one.withdrawnMs === undefined),
    add({ fingerprint, startsMs, by, note, atMs }) {
      write((database) => {
        database.prepare("DELETE FROM acknowledgement WHERE at_ms < ?").run(now() - KEPT_MS);
        database.prepare("INSERT INTO acknowledgement VALUES (?, ?, ?, ?, ?, NULL)")
          .run(fingerprint, startsMs, by, note, atMs);
      });
    },
    withdraw(fingerprint, startsMs, atMs) {
      write((database) =>
        database.prepare(
          "UPDATE acknowledgement SET withdrawn_ms = ? WHERE fingerprint = ? AND starts_ms = ? AND withdrawn_ms IS NULL",
        ).run(atMs, fingerprint, startsMs)
      );
    },
  };
}

function using<T>(path: string, use: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(path);
  try {
    // As in the journal: no mapped file, and nothing below /var/tmp.
    database.exec(
      "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY",
    );
    prepare(database);
    return use(database);
  } finally {
    database.close();
  }
}

function prepare(database: DatabaseSync): void {
  const { user_version: version } = database.prepare("PRAGMA user_version").get() as { user_version: number };
  if (version === SCHEMA_VERSION) return;
  if (version !== 0) {
    throw new Error(`It is of another version of this program (${version}; known is ${SCHEMA_VERSION})`);
  }
  database.exec(`BEGIN IMMEDIATE;
    CREATE TABLE acknowledgement (
      fingerprint TEXT NOT NULL, starts_ms INTEGER NOT NULL, author TEXT NOT NULL, note TEXT NOT NULL,
      at_ms INTEGER NOT NULL, withdrawn_ms INTEGER
    ) STRICT;
    CREATE INDEX acknowledgement_at ON acknowledgement (at_ms);
    PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION};
    COMMIT`);
}

/** The newest first. */
function all(database: DatabaseSync, nowMs: number): Acknowledgement[] {
  const rows = database.prepare(
    "SELECT * FROM acknowledgement WHERE at_ms >= ? ORDER BY at_ms DESC, rowid DESC LIMIT ?",
  ).all(nowMs - KEPT_MS, MOST);
  return rows.map((row) => ({
    fingerprint: row.fingerprint as string,
    startsMs: row.starts_ms as number,
    by: row.author as string,
    note: row.note as string,
    atMs: row.at_ms as number,
    withdrawnMs: row.withdrawn_ms as number | null ?? undefined,
  }));
}

function grouped(all: readonly Acknowledgement[]): Map<string, readonly Acknowledgement[]> {
  return Map.groupBy(all, ({ fingerprint }) => fingerprint);
}
