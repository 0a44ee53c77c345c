/** `promql/rate-of-sum`: a rate is taken of counters, not of their sum. */

import { type Expr, metricOf, unwrap, type VectorSelector, walk } from "../../../lib/promql/mod.ts";
import { typesOf } from "../metric_type.ts";
import { ruleCheck } from "../rule_check.ts";
import type { RuleModel } from "../rule_model.ts";

/**
 * The sum of counters falls when one of them starts again, and `rate` takes that for a restart of all: it shows a peak as high as everything ever counted. First the rate, then the
 * sum. The same goes for a recorded sum, and for a rate of what is a rate already.
 */
export const rateOfSumCheck = ruleCheck({
  id: "promql/rate-of-sum",
  title: "Rates are taken before sums",
  severity: "error",
}, function* ({ tree }, model) {
  const found: { name: string; of: Expr; from: number }[] = [];
  walk(tree, (node) => {
    if (node.kind === "call" && /^(?:rate|irate|increase)$/.test(node.name)) {
      found.push({ name: node.name, of: unwrap(node.args[0]!), from: node.from });
    }
  });
  for (const { name, of, from } of found) {
    const inner = of.kind === "subquery"
      ? unwrap(of.expr)
      : of.kind === "matrix"
      ? recordedBy(of.selector, model)
      : undefined;
    if (inner === undefined) continue;
    const kind = kindOf(inner, model);
    if (kind === undefined) continue;
    yield {
      at: { from, to: from + name.length },
      message: kind === "sum"
        ? `${name}() of a sum of counters: when one of them starts again, it shows a peak as high as all of them`
        : `${name}() of what is a rate already: it goes up and down like any gauge`,
      cure: kind === "sum"
        ? `Take the rate first: \`sum(${name}(…))\``
        : "Take avg_over_time() or deriv() of it",
    };
  }
});

/** What records a series, when one rule does. */
function recordedBy(selector: VectorSelector, { recordings }: RuleModel): Expr | undefined {
  const rules = recordings.get(metricOf(selector) ?? "") ?? [];
  return rules.length === 1 && rules[0]!.tree ? unwrap(rules[0]!.tree) : undefined;
}

function kindOf(expr: Expr, model: RuleModel): "sum" | "rate" | undefined {
  const inner = unwrap(expr);
  if (inner.kind === "call" && /^(?:rate|irate|increase)$/.test(inner.name)) return "rate";
  if (inner.kind === "aggregation") {
    const below = unwrap(inner.expr);
    if (below.kind !== "vector") return kindOf(below, model);
    const isCounter = typesOf(below, model).has("counter") ||
      /_(?:total|count|bucket)$/.test(metricOf(below) ?? "");
    return inner.op === "sum" && isCounter ? "sum" : undefined;
  }
  if (inner.kind === "binary" && /^[-+*/]$/.test(inner.op)) {
    return kindOf(inner.left, model) ?? kindOf(inner.right, model);
  }
  return undefined;
}
