/** Whether an expression chooses among its series. */

import { COMPARISONS, type Expr, SET_OPERATORS, unwrap } from "../../lib/promql/mod.ts";

/** Whether an expression leaves out series of what it is made of. */
export function filters(expr: Expr): boolean {
  const inner = unwrap(expr);
  switch (inner.kind) {
    case "binary":
      return (COMPARISONS.has(inner.op) && !inner.bool) ||
        (SET_OPERATORS.has(inner.op) && inner.op !== "or") || filters(inner.left) || filters(inner.right);
    case "unary":
    case "aggregation":
      return filters(inner.expr);
    case "call":
      return inner.name.startsWith("absent") || inner.args.some(filters);
    default:
      return false;
  }
}
