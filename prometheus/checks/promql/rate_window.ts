/** `promql/rate-window`: a range holds enough samples. */

import {
  type Expr,
  type MatrixSelector,
  metricOf,
  type Subquery,
  unwrap,
  walk,
} from "../../../lib/promql/mod.ts";
import { formatDuration } from "../../../lib/units.ts";
import { jobsOfSelector, metricsOfSelector } from "../metric_type.ts";
import { ruleCheck } from "../rule_check.ts";
import type { RuleModel } from "../rule_model.ts";

/** They compare samples with one another. */
const COMPARING = new Set(
  "rate irate increase delta idelta deriv predict_linear changes resets double_exponential_smoothing".split(
    " ",
  ),
);
const ENOUGH = 4;

/**
 * A rate needs two samples in its window, and 4 scrape intervals so that one lost scrape leaves no gap. What only takes the mean or the highest of its
 * window needs one sample. The interval is that of the job whose series are selected; of recorded series, that of the evaluation.
 */
export const rateWindowCheck = ruleCheck({
  id: "promql/rate-window",
  title: "Every range holds enough samples",
  severity: "error",
}, function* ({ tree }, model) {
  const found: { name: string; range: MatrixSelector | Subquery }[] = [];
  walk(tree, (node) => {
    if (node.kind !== "call") return;
    const range = node.args.map(unwrap).find(isRange);
    if (range) found.push({ name: node.name, range });
  });
  for (const { name, range } of found) {
    const everyMs = intervalOf(range, model);
    const least = COMPARING.has(name) ? ENOUGH : 1;
    if (everyMs === undefined || range.rangeMs >= least * everyMs) continue;
    const every = formatDuration(everyMs);
    const what = range.kind === "subquery" ? "its steps are" : "its series are stored";
    yield {
      at: range,
      message: `${name}() looks at ${formatDuration(range.rangeMs)}, but ${what} ${every} apart`,
      cure: least === 1
        ? `Look at ${every} at least, or there may be nothing in the window`
        : `Look at ${formatDuration(ENOUGH * everyMs)} at least, so that one lost sample leaves no gap`,
    };
  }
});

function isRange(expr: Expr): expr is MatrixSelector | Subquery {
  return expr.kind === "matrix" || expr.kind === "subquery";
}

/** Time between two samples; the shortest where several are possible, undefined when nothing is known. */
function intervalOf(range: MatrixSelector | Subquery, model: RuleModel): number | undefined {
  if (range.kind === "subquery") return range.stepMs ?? model.evaluationIntervalMs;
  const name = metricOf(range.selector);
  const recording = model.recordings.get(name ?? "");
  if (recording) {
    return Math.min(...recording.map(({ intervalMs }) => intervalMs ?? model.evaluationIntervalMs));
  }
  const exposing = new Set(metricsOfSelector(range.selector, model).map(({ job }) => job));
  const jobs = jobsOfSelector(range.selector, model);
  const likely = jobs.filter((job) => exposing.has(job.name));
  const intervals = (likely.length > 0 ? likely : jobs).flatMap(({ intervalMs }) => intervalMs ?? []);
  return intervals.length === 0 ? undefined : Math.min(...intervals);
}
