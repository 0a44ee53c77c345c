/** The labels of the series of a selector: from the catalogue, the targets and the rules that record series. */

import {
  eitherOf,
  type Expr,
  type LabelMatcher,
  type LabelSchema,
  type LabelSet,
  labelsOf,
} from "../../lib/promql/mod.ts";
import { fits } from "../catalogue/matching.ts";
import { ANY_JOB, findMetric, type FoundMetric, labelsOfPart } from "../catalogue/mod.ts";
import type { ModelJob } from "./surroundings.ts";

/** A recording rule. */
export interface RecordedLabels {
  /** Name of the series that it stores. */
  readonly name: string;
  readonly tree?: Expr;
  /** Labels that the rule itself sets. */
  readonly labels: readonly string[];
}

/** What is known of labels where `jobs` are scraped and `recorded` rules store series. */
export function labelSchemaOf(jobs: readonly ModelJob[], recorded: readonly RecordedLabels[]): LabelSchema {
  const byName = Map.groupBy(recorded, ({ name }) => name);
  const known = new Map<string, LabelSet | undefined>();
  const schema: LabelSchema = (metric, matchers) => {
    if (metric === undefined) return undefined;
    const own = byName.get(metric);
    if (own === undefined) return ofScraped(metric, matchers, jobs);
    if (known.has(metric)) return known.get(metric);
    // Until it is known: a series may be recorded from itself.
    known.set(metric, undefined);
    const sets = own.map(({ tree, labels }) => {
      const inner = tree && labelsOf(tree, schema);
      return inner && { ...inner, sure: new Set([...inner.sure, ...labels]) };
    });
    const all = sets.reduce<LabelSet | undefined>((some, set) => some && set && eitherOf(some, set), sets[0]);
    known.set(metric, all);
    return all;
  };
  return schema;
}

function ofScraped(
  metric: string,
  matchers: readonly LabelMatcher[],
  jobs: readonly ModelJob[],
): LabelSet | undefined {
  const found = findMetric(metric);
  if (found.length === 0) return undefined;
  const byJob = matchers.filter(({ name }) => name === "job");
  const sets = jobs.filter(({ name }) => byJob.every((matcher) => fits(matcher, name))).flatMap((job) =>
    found.filter((each) => each.job === job.name || each.job === ANY_JOB).map((each) => onTarget(each, job))
  );
  // A job of the user's own may expose a metric of the same name.
  return sets.length === 0 ? undefined : sets.reduce(eitherOf);
}

function onTarget(found: FoundMetric, { labels }: ModelJob): LabelSet {
  return { ...labels, sure: new Set([...labels.sure, ...labelsOfPart(found)]) };
}
