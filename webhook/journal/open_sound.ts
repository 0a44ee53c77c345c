/** Opens a journal whatever state it is in. */

import type { DatabaseSync } from "node:sqlite";
import { failureKind, journalFailure } from "./failure.ts";
import { isThere, sizeOf } from "./files.ts";
import { Memory } from "./memory.ts";
import { createDatabase, openDatabase } from "./open_database.ts";
import type { JournalOptions } from "./options.ts";
import { finishSalvage, salvage } from "./salvage.ts";

/**
 * The database at `path` and what is held in memory of it: a new one when there is none, what can be salvaged when it is damaged.
 *
 * @throws {JournalFailure} when it cannot be used.
 */
export async function openSound(path: string, options: JournalOptions): Promise<[DatabaseSync, Memory]> {
  try {
    return await openOrSalvage(path, options);
  } catch (error) {
    throw journalFailure(inPlainWords(error, path), "open", path);
  }
}

async function openOrSalvage(path: string, options: JournalOptions): Promise<[DatabaseSync, Memory]> {
  const { clock, duplicateWindowMs, onProblem, onSalvaged } = options;
  const open = (): [DatabaseSync, Memory] => {
    const database = openDatabase(path, options.limitBytes);
    try {
      return [database, new Memory(database, clock.now() - duplicateWindowMs)];
    } catch (error) {
      database.close();
      throw error;
    }
  };
  finishSalvage(path, clock.now());
  if (!isThere(path)) createDatabase(path);
  try {
    if (sizeOf(path) === 0) throw new Error("file is not a database");
    return open();
  } catch (error) {
    if (failureKind(error) !== "damaged") throw error;
    onProblem?.(journalFailure(error, "open", path).message);
    const report = await salvage(path, error, clock.now());
    onSalvaged?.(report);
    return open();
  }
}

/** What the file system says of writing to the file, where SQLite only says that it could not. */
function inPlainWords(error: unknown, path: string): unknown {
  const kind = failureKind(error);
  if (kind !== "disk" && kind !== "unreachable") return error;
  try {
    Deno.openSync(path, { write: true }).close();
    return error;
  } catch (refused) {
    return refused;
  }
}
