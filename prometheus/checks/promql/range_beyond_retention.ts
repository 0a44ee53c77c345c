/** `promql/range-beyond-retention`: no expression looks further back than Prometheus remembers. */

import { childrenOf, type Expr } from "../../../lib/promql/mod.ts";
import { formatDuration } from "../../../lib/units.ts";
import { ruleCheck } from "../rule_check.ts";

/**
 * A range, together with its offset and with those of the subqueries around it, is no longer than `retention.time`. Further back there is nothing, and what
 * is computed looks right all the same.
 */
export const rangeBeyondRetentionCheck = ruleCheck({
  id: "promql/range-beyond-retention",
  title: "No range is longer than what Prometheus keeps",
  severity: "error",
}, function* ({ tree }, { retentionMs }) {
  if (retentionMs === undefined) return;
  for (const { node, backMs } of farthest(tree, 0)) {
    if (backMs <= retentionMs) continue;
    yield {
      at: node,
      message: `It looks back ${formatDuration(backMs)}, but Prometheus keeps ${formatDuration(retentionMs)}`,
      cure: "Shorten the range or the offset, or raise `retention.time` in config.ts",
    };
  }
});

/** How far back each selector looks, with everything around it. */
function* farthest(expr: Expr, outerMs: number): Iterable<{ node: Expr; backMs: number }> {
  if (expr.kind === "vector") {
    if (typeof expr.at !== "number") yield { node: expr, backMs: outerMs + (expr.offsetMs ?? 0) };
  } else if (expr.kind === "matrix") {
    const { selector: { at, offsetMs = 0 }, rangeMs } = expr;
    if (typeof at !== "number") yield { node: expr, backMs: outerMs + offsetMs + rangeMs };
  } else {
    const ownMs = expr.kind === "subquery" ? expr.rangeMs + (expr.offsetMs ?? 0) : 0;
    for (const child of childrenOf(expr)) yield* farthest(child, outerMs + ownMs);
  }
}
