/** `promql/absent-never`: an alert about what is missing can fire, and does so for a reason. */

import {
  compileRegex,
  type Expr,
  type FunctionCall,
  printMatcher,
  unwrap,
  walk,
} from "../../../lib/promql/mod.ts";
import { type Finding, ruleCheck } from "../rule_check.ts";

/**
 * `absent` gives something only when its argument gives nothing at all: not when that always gives something (`vector(0)`, `… or vector(0)`), and not when one
 * of several that a regular expression selects is missing. Without `for`, every restart of Prometheus and every lost scrape fires it.
 */
export const absentNeverCheck = ruleCheck({
  id: "promql/absent-never",
  title: "An alert about what is missing can fire",
  severity: "error",
}, function* ({ tree, kind, forMs = 0 }) {
  const calls: { call: FunctionCall; parents: readonly Expr[] }[] = [];
  walk(tree, (node, parents) => {
    if (node.kind === "call" && /^absent(?:_over_time)?$/.test(node.name)) {
      calls.push({ call: node, parents: [...parents] });
    }
  });
  for (const { call, parents } of calls) {
    yield* judge(call);
    const isWhole = kind === "alert" && forMs === 0 && call.name === "absent" && parents.every(keepsAbsence);
    if (isWhole) {
      yield {
        at: call,
        severity: "warning",
        message: "absent() without `for` fires at every lost scrape and every restart of Prometheus",
        cure: "Give the alert a `for` of some scrape intervals, such as 5m",
      };
    }
  }
});

/** Whether what is missing inside is still what the alert is about. */
function keepsAbsence(node: Expr): boolean {
  return node.kind === "parens" || (node.kind === "binary" && (node.op === "or" || node.op === "and"));
}

function* judge(call: FunctionCall): Iterable<Finding> {
  const arg = call.args[0]!;
  const constant = alwaysThere(arg);
  if (constant !== undefined) {
    yield {
      at: call,
      message: `${call.name}() never gives anything, because "${constant}" is always there`,
      cure: `Take ${call.name}() of the selector alone`,
    };
    return;
  }
  const inner = unwrap(arg);
  const selector = inner.kind === "matrix" ? inner.selector : inner;
  if (selector.kind !== "vector") return;
  const pattern = selector.matchers.find(({ name, op, value }) =>
    op === "=~" && name !== "__name__" && /[|.*+?[(\\]/.test(value) && !compileRegex(value)("")
  );
  if (pattern) {
    yield {
      at: pattern,
      severity: "warning",
      message: `${call.name}() notices only that everything which fits ${
        printMatcher(pattern)
      } is missing, not one of it, and cannot say what`,
      cure: `Write one ${call.name}() with "=" for each value, joined with \`or\``,
    };
  }
}

/** The part of an expression for which it always gives something. */
function alwaysThere(expr: Expr): string | undefined {
  const inner = unwrap(expr);
  switch (inner.kind) {
    case "call":
      if (inner.name === "vector") return "vector()";
      return inner.args.length === 1 && inner.name !== "absent" && inner.name !== "absent_over_time"
        ? alwaysThere(inner.args[0]!)
        : undefined;
    case "binary":
      return inner.op === "or" ? alwaysThere(inner.left) ?? alwaysThere(inner.right) : undefined;
    case "aggregation":
    case "unary":
    case "subquery":
      return alwaysThere(inner.expr);
    default:
      return undefined;
  }
}
