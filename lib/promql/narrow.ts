/** An expression about some of its series only. */

import type { LabelMatcher } from "./ast.ts";
import { parsePromql } from "./parse.ts";
import { printMatcher, printPromql } from "./print.ts";
import { mapSelectors } from "./walk.ts";

/**
 * `text` with `matchers` added to every selector in it, as Prometheus prints it. One that is there already is not added again.
 *
 * @param matchers As PromQL writes them: `role="database"`.
 * @throws {SyntaxError} when `text` is no expression or a matcher is none.
 *
 * @example
 * ```ts
 * import { narrow } from "./narrow.ts";
 * narrow('up{job="node"} == 0', ['role!="database"']); // up{job="node",role!="database"} == 0
 * ```
 */
export function narrow(text: string, matchers: readonly string[]): string {
  const { expr, errors } = parsePromql(text);
  if (expr === undefined) {
    throw new SyntaxError(`Cannot narrow the expression "${text}": ${errors[0]!.message}`);
  }
  const more = matchers.map(matcherOf);
  return printPromql(mapSelectors(expr, (selector) => {
    const known = new Set(selector.matchers.map(printMatcher));
    return {
      ...selector,
      matchers: [...selector.matchers, ...more.filter((matcher) => !known.has(printMatcher(matcher)))],
    };
  }));
}

function matcherOf(text: string): LabelMatcher {
  // The metric's name, because a selector of which all may be empty is refused.
  const { expr, errors } = parsePromql(`m{${text}}`);
  if (expr?.kind === "vector" && expr.matchers.length === 1 && expr.metric === "m") return expr.matchers[0]!;
  throw new SyntaxError(
    `Cannot read the matcher "${text}": ${errors?.[0]?.message ?? 'expected one such as role="database"'}`,
  );
}
