/** What is wrong with selectors of which the catalogue knows nothing: judged by the series that Prometheus has had. */

import type { SeenSeries } from "../../lib/check.ts";
import { nearest } from "../../lib/nearest.ts";
import type { LabelMatcher, VectorSelector } from "../../lib/promql/ast.ts";
import { metricOf } from "../../lib/promql/mod.ts";
import type { Misnomer } from "./judge.ts";
import { fits } from "./matching.ts";

type Labels = Readonly<Record<string, string>>;

/**
 * For each of `selectors` what is wrong with it, `[]` when it selects a series that was there over the last day.
 *
 * @throws {Skipped} when Prometheus does not answer.
 */
export async function judgeSeen(
  selectors: readonly VectorSelector[],
  seen: SeenSeries,
): Promise<Misnomer[][]> {
  const names = [...new Set(selectors.flatMap((selector) => metricOf(selector) ?? []))];
  const series = names.length === 0 ? [] : await seen.series(names.filter((name) => seen.names.has(name)));
  const byName = Map.groupBy(series, (labels) => labels.__name__);
  return selectors.map((selector) => {
    const name = metricOf(selector);
    if (name === undefined) return [];
    return seen.names.has(name)
      ? unmatched(selector, name, byName.get(name) ?? [])
      : [unseen(selector, name, seen)];
  });
}

function unseen({ from, to, metric }: VectorSelector, name: string, { names }: SeenSeries): Misnomer {
  const near = nearest(name, [...names]);
  return {
    kind: "metric",
    name,
    from,
    to: metric === undefined ? to : from + name.length,
    certain: true,
    message: `Prometheus has had no series "${name}" over the last day`,
    cure: near
      ? `Did you mean "${near}"?`
      : "Correct the name, or look whether what exposes it is scraped: deno task smoke",
  };
}

function unmatched({ matchers }: VectorSelector, name: string, series: readonly Labels[]): Misnomer[] {
  const rest = matchers.filter((matcher) => matcher.name !== "__name__");
  const fitsAll = (labels: Labels, wanted: readonly LabelMatcher[]) =>
    wanted.every((matcher) => fits(matcher, labels[matcher.name] ?? ""));
  if (series.length === 0 || series.some((labels) => fitsAll(labels, rest))) return [];
  // The one that leaves nothing: alone, or of those that no series fits together, the last.
  const guilty = rest.find((matcher) => !series.some((labels) => fitsAll(labels, [matcher]))) ?? rest.at(-1)!;
  const values = new Set(series.flatMap((labels) => labels[guilty.name] ?? []));
  const near = values.size === 0
    ? nearest(guilty.name, [...new Set(series.flatMap((labels) => Object.keys(labels)))])
    : nearest(guilty.value, [...values]);
  return [{
    kind: "label",
    from: guilty.from,
    to: guilty.to,
    certain: true,
    message: values.size === 0
      ? `No series "${name}" has had a label "${guilty.name}" over the last day`
      : `No series "${name}" has fitted ${guilty.name}${guilty.op}${
        JSON.stringify(guilty.value)
      } over the last day`,
    cure: near ? `Did you mean "${near}"?` : `Correct the ${values.size === 0 ? "label" : "value"}`,
  }];
}
