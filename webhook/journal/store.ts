/** The journal's database, for what is derived from it and what shows it. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { Statements } from "./statements.ts";

/** What the journal lets others read and add. */
export interface Store {
  /** The open database; another one after a damaged file was replaced. Nobody but the journal begins a transaction on it. */
  readonly database: DatabaseSync;
  /**
   * Runs `run` within the journal's next transaction; twice, when the first one is rolled back.
   *
   * @returns when it is on disk. @throws {JournalFailure} when it could not be written.
   */
  write(run: () => void): Promise<void>;
}

/** Gives the prepared statement of a text that is written in the program, whatever database is open. */
export function statementsOf(store: Pick<Store, "database">): (text: string) => StatementSync {
  let database: DatabaseSync | undefined;
  let statements: Statements;
  return (text) => {
    if (store.database !== database) {
      database = store.database;
      statements = new Statements(database);
    }
    return statements.get(text);
  };
}
