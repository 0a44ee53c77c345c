/** Every metric that the stack's programs expose, by job and by name. */

import type { CatalogueMetric, ExporterCatalogue } from "./catalogue.ts";
import { readCatalogues } from "./read.ts";

export { RECORDED_DIR, recordedCatalogues } from "./recorded.ts";
export { namesChosenBy, type RecordedSizes, seriesGiven } from "./cardinality.ts";
export { BYTES_PER_SAMPLE, type Cost, costOf, type JobCost } from "./cost.ts";
export { judge, type Misnomer, misnomersOf } from "./judge.ts";
export { jobsIn, type Scraped, type ScrapedJob, scrapedOf } from "./scraped.ts";
export { judgeSeen } from "./judge_seen.ts";
export { ANY_JOB } from "./synthetic.ts";
export type { CatalogueMetric, ExporterCatalogue, MetricType } from "./catalogue.ts";

/** A metric that a series belongs to. */
export interface FoundMetric {
  /** The scrape job that exposes it. */
  readonly job: string;
  readonly metric: CatalogueMetric;
  /** Which part of a histogram or summary the series is. */
  readonly part?: "bucket" | "sum" | "count";
}

interface Index {
  readonly catalogues: readonly ExporterCatalogue[];
  readonly byJob: ReadonlyMap<string, ReadonlyMap<string, CatalogueMetric>>;
  readonly byName: ReadonlyMap<string, readonly FoundMetric[]>;
}

let index: Index | undefined;

/** Read when it is first asked for: most commands never ask. */
function indexed(): Index {
  return index ??= indexOf(readCatalogues());
}

function indexOf(catalogues: readonly ExporterCatalogue[]): Index {
  const byJob = new Map<string, Map<string, CatalogueMetric>>();
  const byName = new Map<string, FoundMetric[]>();
  for (const { job, metrics } of catalogues) {
    const known = byJob.get(job) ?? new Map<string, CatalogueMetric>();
    byJob.set(job, known);
    for (const metric of metrics) {
      if (known.has(metric.name)) continue;
      known.set(metric.name, metric);
      for (const { name, part } of seriesOf(metric)) {
        const found = byName.get(name);
        if (found === undefined) byName.set(name, [{ job, metric, part }]);
        else found.push({ job, metric, part });
      }
    }
  }
  return { catalogues, byJob, byName };
}

/** Every catalogue: what was recorded first, then what was read from source. Two may be of one job. */
export function catalogues(): readonly ExporterCatalogue[] {
  return indexed().catalogues;
}

/** The metrics of a job, by name; none for a job that is not the stack's. */
export function metricsOf(job: string): ReadonlyMap<string, CatalogueMetric> {
  return indexed().byJob.get(job) ?? new Map();
}

/**
 * Whose series are called `seriesName`: of which jobs, of which metric; `[]` for a name that nothing exposes.
 *
 * @example
 * ```ts
 * import { findMetric } from "./mod.ts";
 * findMetric("prometheus_http_request_duration_seconds_bucket").map(({ job, part }) => [job, part]); // [["prometheus", "bucket"]]
 * findMetric("node_laod1"); // []
 * ```
 */
export function findMetric(seriesName: string): readonly FoundMetric[] {
  return indexed().byName.get(seriesName) ?? [];
}

/** Every name that a series of the stack may have. */
export function seriesNames(): readonly string[] {
  return [...indexed().byName.keys()];
}

/** Labels of the series of a metric's part: its own, and `le` or `quantile`. */
export function labelsOfPart({ metric, part }: Pick<FoundMetric, "metric" | "part">): readonly string[] {
  if (part === "bucket") return [...metric.labels, "le"];
  return metric.type === "summary" && part === undefined ? [...metric.labels, "quantile"] : metric.labels;
}

function seriesOf({ name, type }: CatalogueMetric): readonly { name: string; part?: FoundMetric["part"] }[] {
  const counted = [{ name: `${name}_sum`, part: "sum" as const }, {
    name: `${name}_count`,
    part: "count" as const,
  }];
  if (type === "histogram") return [{ name: `${name}_bucket`, part: "bucket" }, ...counted];
  return type === "summary" ? [{ name }, ...counted] : [{ name }];
}
