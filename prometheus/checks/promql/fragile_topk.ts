/** `promql/fragile-topk`: no rule depends on an order. */

import { type Expr, walk } from "../../../lib/promql/mod.ts";
import { ruleCheck } from "../rule_check.ts";

const RANKING = new Set(["topk", "bottomk", "limitk", "limit_ratio"]);
const SORTING = new Set(["sort", "sort_desc", "sort_by_label", "sort_by_label_desc"]);

/**
 * Which series `topk` gives changes from one evaluation to the next: an alert on it ends and begins as the ranks change, and a recorded series has gaps. It is
 * right where only how much they are together is used, as in `sum(topk(…))`. To sort what a rule gives does nothing at all.
 */
export const fragileTopkCheck = ruleCheck({
  id: "promql/fragile-topk",
  title: "No rule depends on ranks",
  severity: "warning",
}, function* ({ tree, kind }) {
  const found: { name: string; isSort: boolean; from: number; to: number }[] = [];
  walk(tree, (node, parents) => {
    const name = node.kind === "aggregation" ? node.op : node.kind === "call" ? node.name : "";
    const isSort = SORTING.has(name);
    if (!isSort && (!RANKING.has(name) || parents.some(forgetsSeries))) return;
    found.push({ name, isSort, from: node.from, to: node.from + name.length });
  });
  for (const { name, isSort, from, to } of found) {
    yield isSort
      ? { at: { from, to }, message: `${name}() has no effect in a rule`, cure: `Leave ${name}() out` }
      : {
        at: { from, to },
        message: kind === "alert"
          ? `Which series ${name}() gives changes with every rank: the alert would end and begin again`
          : `Which series ${name}() gives changes with every rank: what is recorded would have gaps`,
        cure: "Compare with a number instead, and rank in the dashboard",
      };
  }
});

function forgetsSeries(node: Expr): boolean {
  return (node.kind === "aggregation" && !RANKING.has(node.op)) ||
    (node.kind === "call" && node.name === "scalar");
}
