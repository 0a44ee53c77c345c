/** What programs that cannot be had everywhere would expose: metrics of the catalogue, made to move. */

import type { CatalogueMetric } from "../../../prometheus/catalogue/catalogue.ts";
import { metricsOf } from "../../../prometheus/catalogue/mod.ts";

// What a label is called where nothing depends on it, and the values on which a panel does.
const VALUES: Readonly<Record<string, readonly string[]>> = {
  status_code: ["200", "500"],
  state: ["active", "failed", "running"],
  mode: ["idle", "iowait", "steal", "user"],
  cpu: ["0"],
  le: ["0.1", "1", "+Inf"],
  collector: ["cpu"],
};

/**
 * The text that a program of `job` exposes at its `scrape`-th scrape, by the catalogue.
 *
 * Counters grow; gauges stay, but for those that a panel wants to see fall (free space) or to be a time.
 */
export function exposedBy(job: string, scrape: number, nowSeconds: number): string {
  const text = [...metricsOf(job).values()].flatMap((metric) => [
    `# TYPE ${metric.name} ${metric.type}`,
    ...samples(metric, scrape, nowSeconds),
  ]);
  return `${text.join("\n")}\n`;
}

function samples(metric: CatalogueMetric, scrape: number, now: number): string[] {
  const { name, type } = metric;
  const series = (suffix: string, value: number, labels = metric.labels) =>
    combinations(labels, metric.values).map((chosen) => `${name}${suffix}{${chosen}} ${value}`);
  switch (type) {
    case "histogram":
      return [
        ...series("_bucket", scrape, [...metric.labels, "le"]),
        ...series("_sum", scrape),
        ...series("_count", scrape),
      ];
    case "summary":
      return [...series("_sum", scrape), ...series("_count", scrape)];
    case "counter":
      return series("", scrape);
    default:
      return series("", gauge(name, scrape, now));
  }
}

function gauge(name: string, scrape: number, now: number): number {
  if (/_(?:last_seen|timestamp_seconds|time_seconds)$/.test(name)) return now;
  if (/_(?:avail|free)_bytes$|_files_free$/.test(name)) return 1e9 - 1e6 * scrape;
  if (/_bytes$|_files$/.test(name)) return 4e9;
  if (/_(?:readonly|device_error|collector_success)$/.test(name)) return 0;
  return 1;
}

/** Every combination of the labels' values, as they stand between braces. */
function combinations(labels: readonly string[], known: CatalogueMetric["values"] = {}): string[] {
  return labels.reduce<string[]>((all, label) => {
    const values = VALUES[label] ?? known[label]?.slice(0, 3) ?? [`any-${label}`];
    return all.flatMap((chosen) => values.map((value) => `${chosen}${chosen && ","}${label}="${value}"`));
  }, [""]);
}
