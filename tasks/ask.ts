/** A question to whoever sits at the terminal. */

import { createInterface } from "node:readline/promises";
import process from "node:process";

/**
 * Asks on standard error and waits for a line.
 *
 * @returns whether it was `y` or `yes`; the end of input is a no.
 * @throws when `signal` aborts: unlike with `confirm`, Ctrl-C ends the question.
 */
export async function ask(question: string, signal: AbortSignal): Promise<boolean> {
  // Without the editing of lines the terminal stays as it is, and Ctrl-C is a signal, not a key.
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  const ended = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
  try {
    const answer = await Promise.race([lines.question(`${question} [y/N] `, { signal }), ended]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
