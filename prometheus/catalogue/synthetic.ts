/** Series that no program exposes: Prometheus makes them for every target, and for every alert. */

import type { CatalogueMetric, ExporterCatalogue, MetricType } from "./catalogue.ts";

/**
 * The job of what Prometheus itself makes, whatever the job.
 *
 * Source: prometheus.io/docs/concepts/jobs_instances and prometheus.io/docs/prometheus/latest/configuration/alerting_rules.
 */
export const ANY_JOB = "*";

/** What there is of every target and of every alert. Alerts have the labels of their expressions, too. */
export const EVERY_JOB: ExporterCatalogue = {
  job: ANY_JOB,
  source: "Prometheus",
  recorded: false,
  metrics: [
    made("up", "Whether the last scrape of the target succeeded"),
    made("scrape_duration_seconds", "How long the scrape took"),
    made("scrape_samples_scraped", "How many samples the target exposed"),
    made("scrape_samples_post_metric_relabeling", "How many samples were left after relabelling"),
    made("scrape_series_added", "About how many series were new in this scrape"),
    made("ALERTS", "1 for each alert that is pending or fires", ["alertname", "alertstate", "severity"], {
      alertstate: ["firing", "pending"],
    }, 0),
    made(
      "ALERTS_FOR_STATE",
      "Since when the alert is pending or fires, seconds since 1970",
      ["alertname", "severity"],
      undefined,
      0,
    ),
  ],
};

function made(
  name: string,
  help: string,
  labels: readonly string[] = [],
  values?: CatalogueMetric["values"],
  series = 1,
): CatalogueMetric {
  const type: MetricType = "gauge";
  return { name, type, help, labels, ...(values && { values }), series };
}
