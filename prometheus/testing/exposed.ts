/** Whether what rules and their cases name is exposed by anything. */

import { parsePromql, selectorsOf } from "../../lib/promql/mod.ts";
import { ANY_JOB, findMetric, type FoundMetric, labelsOfPart } from "../catalogue/mod.ts";
import type { Rule } from "../rules/rule.ts";
import { isAlert } from "../rules/rule.ts";
import type { AlertCase } from "./rule_cases.ts";

// Labels that a target may have: Prometheus's own, those of probes, and the ones that cases make up for config.ts.
const OF_TARGETS: ReadonlySet<string> = new Set([
  "job",
  "instance",
  "kind",
  "target",
  "team",
  "role",
  "region",
]);

/** Metrics and labels in the expressions of `rules` that nothing exposes, a sentence each. @param recorded Names that other rules record. */
export function notExposed(rules: readonly Rule[], recorded: ReadonlySet<string>): string[] {
  return rules.flatMap((rule) => {
    const { expr } = parsePromql(rule.expr);
    const name = isAlert(rule) ? rule.alert : rule.record;
    if (expr === undefined) return [`${name}: its expression is none`];
    return selectorsOf(expr).flatMap(({ metric, matchers }) => {
      if (metric === undefined) return [`${name}: a selector without a metric`];
      if (recorded.has(metric)) return [];
      const job = matchers.find(({ name, op }) => name === "job" && op === "=")?.value;
      return faults(metric, job, matchers.map(({ name }) => name)).map((fault) => `${name}: ${fault}`);
    });
  });
}

/** Series of `cases` that nothing exposes, a sentence each. */
export function madeUp(cases: readonly AlertCase[]): string[] {
  const all = cases.flatMap(({ alert, series, quiet = [] }) =>
    [series, ...quiet].flatMap((each) => Object.keys(each)).map((text) => ({ alert, text }))
  );
  return [
    ...new Set(all.flatMap(({ alert, text }) => {
      const { expr } = parsePromql(text);
      if (expr?.kind !== "vector" || expr.metric === undefined) return [`${alert}: "${text}" is no series`];
      const job = expr.matchers.find(({ name }) => name === "job")?.value;
      return faults(expr.metric, job, expr.matchers.map(({ name }) => name)).map((fault) =>
        `${alert}: ${fault}`
      );
    })),
  ];
}

function faults(metric: string, job: string | undefined, labels: readonly string[]): string[] {
  const found = findMetric(metric);
  if (found.length === 0) return [`nothing exposes "${metric}"`];
  const ofJob = found.filter((each) => job === undefined || each.job === ANY_JOB || each.job === job);
  if (ofJob.length === 0) return [`the job "${job}" does not expose "${metric}"`];
  return labels.filter((label) => !OF_TARGETS.has(label) && !ofJob.some((each) => hasLabel(each, label)))
    .map((label) => `"${metric}" has no label "${label}"`);
}

function hasLabel(metric: FoundMetric, label: string): boolean {
  return labelsOfPart(metric).includes(label);
}
