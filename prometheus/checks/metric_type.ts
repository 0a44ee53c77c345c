/** What kind of metric a selector chooses, by the catalogue. */

import { metricOf, type VectorSelector } from "../../lib/promql/mod.ts";
import type { MetricType } from "../catalogue/catalogue.ts";
import { fits } from "../catalogue/matching.ts";
import { ANY_JOB, findMetric, type FoundMetric } from "../catalogue/mod.ts";
import type { RuleModel } from "./rule_model.ts";
import type { ModelJob } from "./surroundings.ts";

/** The jobs whose series a selector may choose, by its matchers of `job`. */
export function jobsOfSelector({ matchers }: VectorSelector, { jobs }: RuleModel): ModelJob[] {
  const byJob = matchers.filter(({ name }) => name === "job");
  return jobs.filter(({ name }) => byJob.every((matcher) => fits(matcher, name)));
}

/** The metrics of the catalogue that a selector may choose, in jobs that are scraped; none when others may be meant. */
export function metricsOfSelector(selector: VectorSelector, model: RuleModel): FoundMetric[] {
  const name = metricOf(selector);
  if (name === undefined) return [];
  const jobs = new Set(jobsOfSelector(selector, model).map((job) => job.name));
  return findMetric(name).filter(({ job }) => job === ANY_JOB || jobs.has(job));
}

/** The types of the series that a selector may choose; none when nothing is known. */
export function typesOf(selector: VectorSelector, model: RuleModel): Set<MetricType> {
  return new Set(
    metricsOfSelector(selector, model).map(({ metric, part }) =>
      // What a histogram or a summary counts only grows; the quantiles of a summary come and go.
      part !== undefined ? "counter" : metric.type === "summary" ? "gauge" : metric.type
    ),
  );
}
