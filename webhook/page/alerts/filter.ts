/** What a reader types to see fewer alerts: matchers with commas between them, as Alertmanager has them. */

import { compileMatchers, type Matcher, parseMatcher } from "../../../lib/matcher.ts";

/** A filter, or why there is none. */
export type Filter =
  | {
    readonly ok: true;
    readonly matchers: readonly Matcher[];
    readonly test: (labels: Readonly<Record<string, string>>) => boolean;
  }
  | { readonly ok: false; readonly problem: string };

// A comma within quotes is part of a value.
const PIECE = /(?:[^,"]|"(?:[^"\\]|\\.)*"?)+/gs;

/** Reads a filter; braces around it may be left out, and an empty one lets everything through. */
export async function readFilter(text: string): Promise<Filter> {
  const inner = text.trim().replace(/^\{(.*)\}$/s, "$1");
  try {
    const matchers = (inner.match(PIECE) ?? []).filter((piece) => piece.trim() !== "").map(parseMatcher);
    return { ok: true, matchers, test: await compileMatchers(matchers) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { ok: false, problem: error.message };
  }
}

/** A matcher for each label: what fits these labels and no others of the same names. */
export function matchersFor(labels: Readonly<Record<string, string>>): Matcher[] {
  return Object.entries(labels).map(([label, value]) => ({ label, operator: "=" as const, value }));
}
