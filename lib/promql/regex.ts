/** Regular expressions as Prometheus takes them: RE2's, anchored at both ends. */

import { RE2JS } from "re2js";

const compiled = new Map<string, ((value: string) => boolean) | SyntaxError>();
// Configurations use few different ones: the limit is for whoever makes them up.
const MAX_KEPT = 10_000;

/**
 * Whether a value fits the whole of a regular expression; `.` fits line ends too.
 *
 * Source: `model/labels/regexp.go` of Prometheus 3.5: `^(?s:…)$`.
 *
 * @throws {SyntaxError} when RE2 does not take it, saying why.
 */
export function compileRegex(source: string): (value: string) => boolean {
  let known = compiled.get(source);
  if (known === undefined) {
    known = compile(source);
    if (compiled.size >= MAX_KEPT) compiled.clear();
    compiled.set(source, known);
  }
  if (known instanceof SyntaxError) throw new SyntaxError(known.message, { cause: known });
  return known;
}

function compile(source: string): ((value: string) => boolean) | SyntaxError {
  try {
    const pattern = RE2JS.compile(source, RE2JS.DOTALL);
    return (value) => pattern.matches(value);
  } catch (error) {
    // The flag for line ends is ours, not the writer's.
    const reason = (error as Error).message.replace("`(?s)", "`");
    return new SyntaxError(`Prometheus does not take the regular expression "${source}": ${reason}`);
  }
}
