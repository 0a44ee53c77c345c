/** Texts of strangers, made harmless for any reader; escaping for a destination comes later. */

import { cutUnits } from "../channels/cut.ts";
import { oneLine, writeOut } from "../one_line.ts";

// As much as any destination shows of one text; the whole is one link away.
const MAX_LINE = 4_000;
const MAX_TEXT = 20_000;
const LINE_END = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/;

/** `text` as one line, without spaces around it; controls and what reorders or hides text are written out. */
export function cleanLine(text: string, maxLength = MAX_LINE): string {
  return oneLine(cutUnits(text.trim(), maxLength), maxLength).trim();
}

/** `text` with its lines kept, and no more than one of them empty in a row. */
export function cleanText(text: string): string {
  return cutUnits(text, MAX_TEXT).toWellFormed().split(LINE_END)
    .map((line) => writeOut(line.replaceAll("\t", " ")).trimEnd())
    .join("\n").replace(/\n{3,}/g, "\n\n").trim();
}
