/** How many series an expression gives: an estimate from the catalogue. */

import type { Expr, VectorSelector } from "../../lib/promql/ast.ts";
import { metricOf } from "../../lib/promql/mod.ts";
import { machineLabels } from "./machine.ts";
import { fits } from "./matching.ts";
import { ANY_JOB, findMetric, type FoundMetric, metricsOf, seriesNames } from "./mod.ts";
import type { Scraped, ScrapedJob } from "./scraped.ts";

/** How many series, and by which labels they can be told apart: label → how many values. */
interface Size {
  readonly series: number;
  readonly values: ReadonlyMap<string, number>;
}

/** What is known of what a recording rule stores. */
export type RecordedSizes = (name: string) => number | undefined;

/**
 * The names that a selector without a metric's name chooses; undefined when it names one.
 *
 * @example
 * ```ts
 * import { namesChosenBy } from "./cardinality.ts";
 * namesChosenBy({ kind: "vector", metric: "up", matchers: [], from: 0, to: 2 }); // undefined
 * ```
 */
export function namesChosenBy(selector: VectorSelector): readonly string[] | undefined {
  if (metricOf(selector) !== undefined) return undefined;
  const wanted = selector.matchers.filter(({ name }) => name === "__name__");
  const jobs = selector.matchers.filter(({ name }) => name === "job");
  return seriesNames().filter((name) =>
    wanted.every((matcher) => fits(matcher, name)) &&
    findMetric(name).some(({ job }) => job !== ANY_JOB && jobs.every((matcher) => fits(matcher, job)))
  );
}

/** About how many series `expr` gives at most; undefined when that is not known. */
export function seriesGiven(expr: Expr, scraped: Scraped, recorded: RecordedSizes): number | undefined {
  return sizeOf(expr, scraped, recorded)?.series;
}

function sizeOf(expr: Expr, scraped: Scraped, recorded: RecordedSizes): Size | undefined {
  switch (expr.kind) {
    case "vector":
      return selectorSize(expr, scraped, recorded);
    case "matrix":
      return sizeOf(expr.selector, scraped, recorded);
    case "subquery":
    case "parens":
    case "unary":
      return sizeOf(expr.expr, scraped, recorded);
    case "aggregation": {
      const inner = sizeOf(expr.expr, scraped, recorded);
      if (inner === undefined) return undefined;
      const { grouping } = expr;
      if (/k$/.test(expr.op)) return inner;
      if (grouping?.mode === "without") {
        const merged = grouping.labels.map((label) => inner.values.get(label) ?? 1);
        return {
          ...inner,
          series: Math.max(1, inner.series / merged.reduce((product, count) => product * count, 1)),
        };
      }
      const groups = (grouping?.labels ?? []).map((label) => inner.values.get(label) ?? inner.series);
      return {
        ...inner,
        series: Math.min(inner.series, groups.reduce((product, count) => product * count, 1)),
      };
    }
    case "call":
      return largest(expr.args.map((arg) => sizeOf(arg, scraped, recorded)));
    case "binary": {
      const sides = [expr.left, expr.right].map((side) => sizeOf(side, scraped, recorded));
      // With `or` there is what either has; else no more than the side that has more of them.
      if (expr.op !== "or") return expr.op === "and" || expr.op === "unless" ? sides[0] : largest(sides);
      return sides[0] && sides[1] && { ...sides[0], series: sides[0].series + sides[1].series };
    }
    case "number":
    case "string":
      return { series: 1, values: new Map() };
  }
}

function largest(sizes: readonly (Size | undefined)[]): Size | undefined {
  if (sizes.some((size) => size === undefined)) return undefined;
  const least: Size = { series: 1, values: new Map() };
  return (sizes as Size[]).reduce((most, size) => size.series > most.series ? size : most, least);
}

function selectorSize(selector: VectorSelector, scraped: Scraped, recorded: RecordedSizes): Size | undefined {
  const name = metricOf(selector);
  const byJob = selector.matchers.filter((matcher) => matcher.name === "job");
  const jobs = scraped.jobs.filter((job) => byJob.every((matcher) => fits(matcher, job.name)));
  if (name === undefined) {
    const series = jobs.reduce((sum, job) => sum + job.targets.length * seriesOfJob(job), 0);
    return { series, values: new Map() };
  }
  if (scraped.recordings.has(name)) {
    const series = recorded(name);
    return series === undefined ? undefined : { series, values: targetValues(scraped.jobs) };
  }
  const found = findMetric(name).flatMap((each) =>
    jobs.filter((job) => each.job === ANY_JOB || each.job === job.name).map((job) => ({ each, job }))
  );
  if (found.length === 0) return undefined;
  const series = found.reduce(
    (sum, { each, job }) =>
      sum + targetsFitting(job, selector) * each.metric.series * shareOf(each, selector),
    0,
  );
  const values = new Map(targetValues(found.map(({ job }) => job)));
  for (const { each: { metric } } of found) {
    // Labels of a part of a machine differ together: the first stands for all of them.
    const { labels, count } = machineLabels(metric.name);
    const own = labels.filter((label) => metric.labels.includes(label));
    for (const [i, label] of own.entries()) values.set(label, i === 0 ? count : 1);
  }
  for (const [label, list] of found.flatMap(({ each }) => Object.entries(each.metric.values ?? {}))) {
    values.set(label, list.length);
  }
  return { series, values };
}

function seriesOfJob({ name }: ScrapedJob): number {
  return [...metricsOf(name).values()].reduce((sum, { series }) => sum + series, 0);
}

function targetsFitting({ targets }: ScrapedJob, { matchers }: VectorSelector): number {
  return targets.filter((target) =>
    matchers.every((matcher) => target[matcher.name] === undefined || fits(matcher, target[matcher.name]!))
  ).length;
}

/** Which share of a metric's series the values that are known leave. */
function shareOf({ metric }: FoundMetric, { matchers }: VectorSelector): number {
  return Object.entries(metric.values ?? {}).reduce((share, [label, values]) => {
    const own = matchers.filter(({ name }) => name === label);
    return share * values.filter((value) => own.every((matcher) => fits(matcher, value))).length /
      values.length;
  }, 1);
}

function targetValues(jobs: readonly ScrapedJob[]): Map<string, number> {
  const values = new Map<string, Set<string>>();
  for (
    const [label, value] of jobs.flatMap(({ targets }) => targets.flatMap((target) => Object.entries(target)))
  ) {
    values.set(label, (values.get(label) ?? new Set()).add(value));
  }
  return new Map([...values].map(([label, set]) => [label, set.size]));
}
