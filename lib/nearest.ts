/** "Did you mean": the known word that a misspelt one is close to. */

import { distance } from "fastest-levenshtein";

const SHARE = 1 / 3;

/**
 * The candidate that `word` is probably a misspelling of, or undefined when none is close enough.
 *
 * A third of the letters may be wrong, one at least; two letters that changed places count as one, upper and lower case as the
 * same.
 *
 * @param share How much of it may be wrong instead of a third: less where the words are long and there are many.
 *
 * @example
 * ```ts
 * import { nearest } from "./nearest.ts";
 * nearest("adress", ["name", "address"]); // "address"
 * ```
 */
export function nearest(word: string, candidates: readonly string[], share = SHARE): string | undefined {
  const limit = Math.max(1, Math.floor(word.length * share));
  // A word that is longer by more than may be wrong is too far away, whatever its letters.
  const scored = candidates.filter(({ length }) => Math.abs(length - word.length) <= limit)
    .map((candidate) => ({ candidate, edits: edits(word.toLowerCase(), candidate.toLowerCase()) }));
  const best = scored.sort((a, b) => a.edits - b.edits)[0];
  return best && best.edits <= limit ? best.candidate : undefined;
}

function edits(a: string, b: string): number {
  const count = distance(a, b);
  return count === 2 && sorted(a) === sorted(b) ? 1 : count;
}

function sorted(word: string): string {
  return [...word].sort().join("");
}
