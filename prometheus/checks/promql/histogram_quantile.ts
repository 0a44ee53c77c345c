/** `promql/histogram-quantile`: a quantile is computed of rates of buckets. */

import {
  canHave,
  type Expr,
  type FunctionCall,
  labelsOf,
  metricOf,
  selectorsOf,
  unwrap,
  walk,
} from "../../../lib/promql/mod.ts";
import { ruleCheck } from "../rule_check.ts";
import type { RuleModel } from "../rule_model.ts";

/**
 * `histogram_quantile` takes buckets with their bounds, the label `le`: an aggregation keeps it. It takes their rates: the buckets themselves count since the program was started, and
 * what happens now moves them hardly at all. The quantile lies between 0 and 1. A native histogram needs no `le`.
 */
export const histogramQuantileCheck = ruleCheck({
  id: "promql/histogram-quantile",
  title: "Quantiles are computed of rates of buckets",
  severity: "error",
}, function* ({ tree }, model) {
  const calls: FunctionCall[] = [];
  walk(tree, (node) => {
    if (node.kind === "call" && node.name === "histogram_quantile") calls.push(node);
  });
  for (const { args } of calls) {
    const [quantile, buckets] = args as [Expr, Expr];
    const number = unwrap(quantile);
    if (number.kind === "number" && !(number.value >= 0 && number.value <= 1)) {
      yield {
        at: quantile,
        message: `A quantile lies between 0 and 1: of ${number.value} the result is ${
          number.value < 0 ? "-Inf" : "+Inf"
        }`,
        cure: number.value > 1 && number.value <= 100
          ? `Write ${number.value / 100}`
          : "Write a number between 0 and 1",
      };
    }
    const names = selectorsOf(buckets).map(metricOf);
    const areBuckets = names.some((name) => name?.endsWith("_bucket"));
    if (areBuckets && !canHave(labelsOf(buckets, model.schema), "le")) {
      yield {
        at: buckets,
        message: 'The label "le", by which buckets are told apart, is lost here: the result is empty',
        cure: "Keep it: `sum by (le) (…)`",
      };
    } else if (areBuckets && !isRate(buckets, model)) {
      yield {
        at: buckets,
        message:
          "These buckets count since the program was started: what happens now moves the quantile hardly at all",
        cure: "Take their rate: `rate(…_bucket[5m])`",
      };
    } else if (names.length === 1 && /_(?:sum|count)$/.test(names[0] ?? "")) {
      yield {
        at: buckets,
        message: `"${names[0]}" has no buckets`,
        cure: "Select the series that end in _bucket",
      };
    }
  }
});

/** Whether somewhere a rate is taken, or a recorded series stands for one. */
function isRate(buckets: Expr, { recordings }: RuleModel): boolean {
  let found = false;
  walk(buckets, (node) => {
    if (node.kind === "call" && /^(?:rate|irate|increase|delta)$/.test(node.name)) found = true;
    if (node.kind === "vector" && recordings.has(metricOf(node) ?? "")) found = true;
    // The difference of two moments is one too.
    if (node.kind === "vector" && node.offsetMs !== undefined) found = true;
  });
  return found;
}
