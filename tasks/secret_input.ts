/** Taking a secret from whoever runs a task. */

import { hiddenLine } from "../lib/hidden_line.ts";
import { EXIT, Failure, type Invocation } from "./cli.ts";

const MOST_BYTES = 65_536;

/**
 * The secret: typed unseen on a terminal, else the whole of standard input without its last line end.
 *
 * @throws {Failure} when it can be none; it is not repeated.
 */
export async function readSecret(
  question: string,
  { signal, progress }: Pick<Invocation, "signal" | "progress">,
): Promise<string> {
  const isTyped = Deno.stdin.isTerminal();
  // A line that stands there would be written over.
  if (isTyped) progress[Symbol.dispose]();
  const text = isTyped ? await hiddenLine(question, signal) ?? "" : await readAll(Deno.stdin.readable);
  if (text.trim() === "") throw refusal("nothing was given");
  if (text.includes("\0")) throw refusal("it holds a NUL character");
  return text;
}

async function readAll(input: ReadableStream<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of input) {
    length += piece.length;
    if (length > MOST_BYTES) throw refusal(`expected at most ${MOST_BYTES} bytes`);
    pieces.push(piece);
  }
  const bytes = new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer());
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).replace(/\r?\n$/, "");
  } catch {
    throw refusal("it is no UTF-8 text");
  }
}

function refusal(why: string): Failure {
  return new Failure(`Cannot take the secret: ${why}`, EXIT.usage, "nothing was changed: give it again");
}
