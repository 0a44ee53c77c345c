/** `promql/bool-comparison`: what an alert compares leaves out what is right. */

import { type BinaryOperation, COMPARISONS, type Expr, unwrap } from "../../../lib/promql/mod.ts";
import { filters } from "../filters.ts";
import { ruleCheck } from "../rule_check.ts";

/**
 * A comparison with `bool` gives 0 where it does not hold, and 0 is a result: an alert fires on every result, whatever its value. The same goes for an alert that
 * compares nothing at all and only computes.
 */
export const boolComparisonCheck = ruleCheck({
  id: "promql/bool-comparison",
  title: "No alert fires on a comparison that does not hold",
  severity: "error",
}, function* ({ tree, kind }) {
  if (kind !== "alert") return;
  for (const comparison of deciding(tree)) {
    yield {
      at: { from: comparison.operator.from, to: comparison.operator.to },
      message: `"${comparison.op} bool" gives 0 where it does not hold, and the alert fires on 0 too`,
      cure: "Leave `bool` out",
    };
  }
});

/** The comparisons with `bool` whose result, 0 or 1, is what the alert gives. */
function deciding(expr: Expr): BinaryOperation[] {
  const inner = unwrap(expr);
  if (inner.kind === "aggregation") return deciding(inner.expr);
  if (inner.kind === "unary") return deciding(inner.expr);
  if (inner.kind !== "binary") return [];
  if (COMPARISONS.has(inner.op)) return inner.bool ? [inner] : [];
  if (inner.op === "or") return [...deciding(inner.left), ...deciding(inner.right)];
  // Of the two sides of `and` and `unless` each may leave series out.
  if (inner.op === "and" || inner.op === "unless") {
    return filters(inner.left) || inner.op === "unless" || filters(inner.right) ? [] : deciding(inner.left);
  }
  return filters(inner.left) || filters(inner.right)
    ? []
    : [...deciding(inner.left), ...deciding(inner.right)];
}
