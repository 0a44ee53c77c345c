/** Whether a value fits a matcher of PromQL. */

import type { LabelMatcher } from "../../lib/promql/ast.ts";
import { compileRegex } from "../../lib/promql/regex.ts";

/** Whether `value` fits; a regular expression that is none fits everything, as other checks say what is wrong with it. */
export function fits({ op, value: wanted }: Pick<LabelMatcher, "op" | "value">, value: string): boolean {
  switch (op) {
    case "=":
      return value === wanted;
    case "!=":
      return value !== wanted;
    case "=~":
    case "!~": {
      let isMatch: boolean;
      try {
        isMatch = compileRegex(wanted)(value);
      } catch {
        return true;
      }
      return isMatch === (op === "=~");
    }
  }
}

/**
 * The values that a matcher names one by one: one for `=`, several for `=~"a|b"`; undefined for a real pattern.
 *
 * @example
 * ```ts
 * import { namedValues } from "./matching.ts";
 * namedValues({ op: "=~", value: "idle|iowait" }); // ["idle", "iowait"]
 * namedValues({ op: "=~", value: "i.*" }); // undefined
 * ```
 */
export function namedValues({ op, value }: Pick<LabelMatcher, "op" | "value">): string[] | undefined {
  if (op === "=" || op === "!=") return [value];
  const inner = /^\((?:\?:)?([^()]*)\)$/.exec(value)?.[1] ?? value;
  return /^[\w |/-]*$/.test(inner) ? inner.split("|") : undefined;
}
