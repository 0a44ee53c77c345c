/** Labels that take the same few values on every machine. */

import type { CatalogueMetric } from "./catalogue.ts";

/**
 * Labels that take the same few values on every machine, and these values: constants in the exporter's source. Each is given
 * whole, as an exporter shows some of them only after an event.
 */
const VALUES: readonly (readonly [metrics: RegExp, label: string, values: readonly string[]])[] = [
  [/^node_cpu_seconds_total$/, "mode", [
    "idle",
    "iowait",
    "irq",
    "nice",
    "softirq",
    "steal",
    "system",
    "user",
  ]],
  [/^node_cpu_guest_seconds_total$/, "mode", ["nice", "user"]],
  [/^node_systemd_unit_state$/, "state", ["activating", "active", "deactivating", "failed", "inactive"]],
  [/^node_systemd_units$/, "state", ["activating", "active", "deactivating", "failed", "inactive"]],
  [/^node_md_disks$/, "state", ["active", "failed", "spare"]],
  [/^node_md_state$/, "state", ["active", "check", "inactive", "recovering", "resync"]],
  [/^alertmanager_alerts$/, "state", ["active", "suppressed", "unprocessed"]],
  [/^alertmanager_alerts_received_total$/, "status", ["firing", "resolved"]],
  [/^alertmanager_silences$/, "state", ["active", "expired", "pending"]],
  [
    /^alertmanager_notification(?:s(?:_failed)?_total|_requests(?:_failed)?_total|_latency_seconds)$/,
    "integration",
    [
      "discord",
      "email",
      "incidentio",
      "jira",
      "mattermost",
      "msteams",
      "msteamsv2",
      "opsgenie",
      "pagerduty",
      "pushover",
      "rocketchat",
      "slack",
      "sns",
      "telegram",
      "victorops",
      "webex",
      "webhook",
      "wechat",
    ],
  ],
  [/^alertmanager_notifications_failed_total$/, "reason", [
    "clientError",
    "contextCanceled",
    "contextDeadlineExceeded",
    "other",
    "serverError",
  ]],
  [/^prometheus_engine_query_duration_seconds$/, "slice", [
    "inner_eval",
    "prepare_time",
    "queue_time",
    "result_sort",
  ]],
  [/^prometheus_tsdb_(?:head_|out_of_|too_old_).*samples.*_total$/, "type", ["float", "histogram"]],
  [/^promhttp_metric_handler_requests_total$/, "code", ["200", "500", "503"]],
  [/^container_memory_failures_total$/, "failure_type", ["pgfault", "pgmajfault"]],
  [/^container_memory_failures_total$/, "scope", ["container", "hierarchy"]],
  [/^container_tasks_state$/, "state", ["iowaiting", "running", "sleeping", "stopped", "uninterruptible"]],
  [/^probe_http_duration_seconds$/, "phase", ["connect", "processing", "resolve", "tls", "transfer"]],
  [/^probe_dns_duration_seconds$/, "phase", ["connect", "request", "resolve"]],
  [/^probe_icmp_duration_seconds$/, "phase", ["resolve", "rtt", "setup"]],
  [/^vigie_webhook_(?:notifications|alerts)_received_total$/, "status", ["firing", "resolved"]],
  [/^vigie_webhook_rejected_total$/, "reason", [
    "cut_short",
    "encoding",
    "journal_failing",
    "media_type",
    "not_a_notification",
    "not_json",
    "not_utf8",
    "overloaded",
    "shutting_down",
    "too_large",
    "unauthorized",
  ]],
  [/^vigie_webhook_quarantined_total$/, "reason", [
    "cut_short",
    "encoding",
    "not_a_notification",
    "not_json",
    "not_utf8",
  ]],
  [/^vigie_webhook_deliveries_total$/, "result", ["coalesced", "delivered", "failed"]],
];

/** The labels of `metric` that take a few known values, and all of these; undefined when there is none. */
export function knownValues(metric: string): CatalogueMetric["values"] {
  const known = VALUES.filter(([metrics]) => metrics.test(metric));
  return known.length === 0
    ? undefined
    : Object.fromEntries(known.map(([, label, values]) => [label, values]));
}
