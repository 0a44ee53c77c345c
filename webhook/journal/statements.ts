/** Prepared statements by their text. */

import type { DatabaseSync, StatementSync } from "node:sqlite";

/** Prepares each statement once for as long as the connection lives. */
export class Statements {
  readonly #database: DatabaseSync;
  readonly #byText = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** @param text SQL that is written in the program: one that is put together from data would fill the memory. */
  get(text: string): StatementSync {
    let statement = this.#byText.get(text);
    if (!statement) this.#byText.set(text, statement = this.#database.prepare(text));
    return statement;
  }

  /** Runs statements that are not worth preparing. */
  exec(text: string): void {
    this.#database.exec(text);
  }
}
