/** Prometheus's face to the generator: its configuration, its rules and the probes. */

import { BANNER, type Files, mergeFiles } from "../lib/files.ts";
import type { Locale } from "../lib/text.ts";
import { toYaml } from "../lib/yaml.ts";
import { blackboxConfig } from "./blackbox.ts";
import { renderRules } from "./rules/mod.ts";
import type { PrometheusLinks } from "./links.ts";
import type { Measure } from "./schema.ts";
import { jobLabelOf, scrapeJobs } from "./scrape_jobs.ts";

export { prometheusChecks } from "./checks/mod.ts";
export type { PrometheusLinks, ScrapedService } from "./links.ts";
export { prometheusDrift, type RunningPrometheus } from "./drift.ts";
export { type AccessFile, accessFiles } from "./access.ts";
export { instancesOnHosts } from "./on_hosts.ts";
export { ownLabels } from "./own_labels.ts";
export { hostRuleIssues, ruleIssues } from "./rules/issues.ts";
export { type AlertGraph, alertGraphs, type GraphOfRule } from "./rules/graphs.ts";
export { type AlertLine, alertLines } from "./rules/lines.ts";
export { type AlertPlaces, alertPlaces } from "./rules/places.ts";
export { type Rule, ruleFile } from "./rules/rule.ts";
export { OWN_JOBS } from "./scrape_jobs.ts";

/** `prometheus/prometheus.yml`, `prometheus/rules/*.yml` and, with the blackbox exporter, `blackbox/blackbox.yml`. */
export function renderPrometheus(measure: Measure, locale: Locale, links: PrometheusLinks): Files {
  const { scrape, evaluation, probes } = measure;
  const jobs = scrapeJobs(measure, links);
  const config = {
    global: {
      scrape_interval: scrape.interval,
      scrape_timeout: scrape.timeout,
      evaluation_interval: evaluation.interval,
    },
    alerting: { alertmanagers: [{ static_configs: [{ targets: [links.alertmanager] }] }] },
    rule_files: ["rules/*.yml"],
    scrape_configs: jobs,
    // A clock that was ahead and is set right again: without it Prometheus refuses every sample until it is as late as it has been.
    storage: { tsdb: { out_of_order_time_window: "1d" } },
  };
  const files = new Map([["prometheus/prometheus.yml", toYaml(config, [BANNER])]]);
  if (links.blackbox !== undefined) {
    files.set("blackbox/blackbox.yml", toYaml(blackboxConfig(probes, links.entry), [BANNER]));
  }
  return mergeFiles(
    files,
    renderRules(measure, locale, { ...links, jobs: [...new Set(jobs.map(jobLabelOf))] }),
  );
}
