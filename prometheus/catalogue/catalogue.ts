/** What the exporters of the stack expose, recorded off the real ones: which metrics there are, of which type, with which labels. */

/** What a sample of a metric is. */
export type MetricType = "counter" | "gauge" | "histogram" | "summary" | "untyped";

/** One metric family of one exporter. */
export interface CatalogueMetric {
  /** Its name as it is exposed: without `_bucket`, `_sum`, `_count` for a histogram or summary. */
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  /** Labels that its series carry, but for those that Prometheus adds (`job`, `instance`). */
  readonly labels: readonly string[];
  /** For a label that only ever takes a few values, whatever the machine: all of them. */
  readonly values?: Readonly<Record<string, readonly string[]>>;
  /** How many series one target has, counted where it was recorded; the buckets of a histogram are series. */
  readonly series: number;
}

/** What one exporter exposes. */
export interface ExporterCatalogue {
  /** The scrape job: `node`, `prometheus`, `alertmanager`, `blackbox`, `probe`, `webhook`, `grafana`, `cadvisor`. */
  readonly job: string;
  /** What was asked, and its version: `node_exporter 1.11.1`. */
  readonly source: string;
  /** Whether it was recorded off a running one; false when it was read from its source. */
  readonly recorded: boolean;
  readonly metrics: readonly CatalogueMetric[];
}
