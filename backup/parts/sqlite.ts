/** SQLite databases: copied while their programs write to them, and proved to be sound. */

import { DatabaseSync } from "node:sqlite";

/** Puts what is in the write-ahead log of the copy at `path` into its file, so that the copy is one file. */
export function mergeLog(path: string): void {
  const database = new DatabaseSync(path);
  try {
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } finally {
    database.close();
  }
}

/** What SQLite says is wrong with the database at `path`; undefined when it is sound. */
export function soundness(path: string): string | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    const { quick_check } = database.prepare("PRAGMA quick_check(1)").get() as { quick_check: string };
    return quick_check === "ok" ? undefined : quick_check;
  } catch (error) {
    return (error as Error).message;
  } finally {
    database?.close();
  }
}
