/** The body of a form. */

import type { IncomingBody } from "../http/answer.ts";

const MOST_BYTES = 8 * 1024;

/** The fields of a form as browsers post it; undefined when it is none, or larger than any of ours. */
export async function readForm(
  contentType: string | null | undefined,
  body: IncomingBody,
): Promise<URLSearchParams | undefined> {
  if (!/^application\/x-www-form-urlencoded(?:\s*;|$)/i.test(contentType ?? "")) return undefined;
  const decoder = new TextDecoder();
  let [text, bytes] = ["", 0];
  for await (const piece of body) {
    bytes += piece.length;
    if (bytes > MOST_BYTES) return undefined;
    text += decoder.decode(piece, { stream: true });
  }
  return new URLSearchParams(text + decoder.decode());
}
