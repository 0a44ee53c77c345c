/** By which labels the series of a result certainly differ. */

import {
  type Aggregation,
  type BinaryOperation,
  COMPARISONS,
  type Expr,
  metricOf,
  SET_OPERATORS,
  typeOf,
  type VectorSelector,
} from "../../lib/promql/mod.ts";
import { fits } from "../catalogue/matching.ts";
import { labelsOfPart } from "../catalogue/mod.ts";
import { jobsOfSelector, metricsOfSelector } from "./metric_type.ts";
import type { RuleModel } from "./rule_model.ts";

/** Labels of which at least one has several values among the series. */
export type Differing = ReadonlySet<string>;

/**
 * What series of `expr` certainly differ by, one entry each; none where nothing is certain, also for what a comparison may have left of them.
 */
export function differingOf(expr: Expr, model: RuleModel): readonly Differing[] {
  switch (expr.kind) {
    case "number":
    case "string":
      return [];
    case "vector":
      return ofSelector(expr, model);
    case "matrix":
      return ofSelector(expr.selector, model);
    case "subquery":
    case "unary":
    case "parens":
      return differingOf(expr.expr, model);
    case "call": {
      const vector = expr.args.find((arg) => /vector$/.test(typeOf(arg)));
      if (vector === undefined || /^(?:absent.*|scalar|label_.*)$/.test(expr.name)) return [];
      const inner = differingOf(vector, model);
      return expr.name === "histogram_quantile" ? inner.filter((labels) => !labels.has("le")) : inner;
    }
    case "aggregation":
      return ofAggregation(expr, model);
    case "binary":
      return ofBinary(expr, model);
  }
}

function ofSelector(selector: VectorSelector, model: RuleModel): Differing[] {
  const name = metricOf(selector);
  if (model.recordings.has(name ?? "")) {
    return ofRecording(name!, model).filter((labels) =>
      !selector.matchers.some((matcher) => labels.has(matcher.name))
    );
  }
  const found = metricsOfSelector(selector, model);
  const jobs = jobsOfSelector(selector, model).filter(({ name }) => found.some(({ job }) => job === name));
  const [metric] = found;
  if (metric === undefined) return [];
  const chosen = new Set(selector.matchers.map((matcher) => matcher.name));
  const differing: Differing[] = [];
  const own = labelsOfPart(metric);
  for (const label of own) {
    const values = metric.metric.values?.[label]?.filter((value) =>
      selector.matchers.every((matcher) => matcher.name !== label || fits(matcher, value))
    );
    if (values && values.length > 1) differing.push(new Set([label]));
  }
  // With a choice among them it may be one series.
  if (metric.metric.series > 1 && own.length > 0 && !own.some((label) => chosen.has(label))) {
    differing.push(new Set(own));
  }
  const targets = jobs.reduce((sum, job) => sum + job.targets, 0);
  const isChosen = jobs.some(({ labels: { sure, maybe } }) =>
    [...sure, ...maybe].some((label) => label !== "job" && chosen.has(label))
  );
  if (targets > 1 && !isChosen) differing.push(new Set(jobs.length > 1 ? ["instance", "job"] : ["instance"]));
  return differing;
}

const recorded = new WeakMap<RuleModel, Map<string, readonly Differing[]>>();

function ofRecording(name: string, model: RuleModel): readonly Differing[] {
  const known = recorded.get(model) ?? new Map<string, readonly Differing[]>();
  recorded.set(model, known);
  if (!known.has(name)) {
    // Until it is known: a series may be recorded from itself.
    known.set(name, []);
    const [only, ...more] = model.recordings.get(name)!;
    if (only?.tree && more.length === 0) known.set(name, differingOf(only.tree, model));
  }
  return known.get(name)!;
}

function ofAggregation({ op, grouping, expr }: Aggregation, model: RuleModel): readonly Differing[] {
  if (grouping === undefined || op === "topk" || op === "bottomk") return [];
  const kept = new Set(grouping.labels);
  return differingOf(expr, model).filter((labels) =>
    grouping.mode === "by" ? labels.isSubsetOf(kept) : labels.isDisjointFrom(kept)
  );
}

function ofBinary({ op, matching, left, right }: BinaryOperation, model: RuleModel): readonly Differing[] {
  if (COMPARISONS.has(op) || SET_OPERATORS.has(op)) return [];
  if (typeOf(left) === "scalar") return differingOf(right, model);
  if (typeOf(right) === "scalar") return differingOf(left, model);
  if (matching?.group) return differingOf(matching.group.side === "left" ? left : right, model);
  const key = new Set(matching?.labels);
  return differingOf(left, model).filter((labels) =>
    matching === undefined || (matching.mode === "on" ? labels.isSubsetOf(key) : labels.isDisjointFrom(key))
  );
}
