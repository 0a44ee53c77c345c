/** A line that is typed and not shown. */

import process from "node:process";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

/**
 * Asks on standard error and reads one line from the terminal, of which nothing is shown.
 *
 * @returns the line; undefined at the end of input.
 * @throws {DOMException} `AbortError` on Ctrl-C, or when `signal` aborts.
 */
export async function hiddenLine(question: string, signal: AbortSignal): Promise<string | undefined> {
  // It gets what the editing of the line would show.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 });
  const { promise: ended, resolve, reject } = Promise.withResolvers<undefined>();
  lines.once("close", () => resolve(undefined));
  // With the editing of lines Ctrl-C is a key, not a signal.
  lines.once("SIGINT", () => reject(new DOMException("Interrupted", "AbortError")));
  process.stderr.write(question);
  try {
    return await Promise.race([lines.question("", { signal }), ended]);
  } finally {
    lines.close();
    process.stderr.write("\n");
  }
}
