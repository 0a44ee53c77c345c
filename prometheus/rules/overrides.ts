/** An alert that is another one on some hosts: each host is seen by exactly one of its rules. */

import { type Matcher, printMatcher } from "../../lib/matcher.ts";
import { narrow } from "../../lib/promql/mod.ts";
import type { AlertRule } from "./rule.ts";

const OPPOSITE = { "=": "!=", "!=": "=", "=~": "!~", "!~": "=~" } as const;

/** `rule` for what fits all of `matchers` and none of `before`, each of which is the matchers of an earlier override. */
export function onlyFor(
  rule: AlertRule,
  matchers: readonly Matcher[],
  before: readonly (readonly Matcher[])[],
): AlertRule {
  const here = { ...rule, expr: narrow(rule.expr, matchers.map(printMatcher)) };
  return before.reduce(without, here);
}

/** `rule` for what does not fit all of `matchers`. */
export function without(rule: AlertRule, matchers: readonly Matcher[]): AlertRule {
  const [only, ...more] = matchers;
  const expr = only !== undefined && more.length === 0
    ? narrow(rule.expr, [printMatcher({ ...only, operator: OPPOSITE[only.operator] })])
    // That not all of several fit cannot be said in one selector.
    : `(${rule.expr}) unless (${narrow(rule.expr, matchers.map(printMatcher))})`;
  return { ...rule, expr };
}
