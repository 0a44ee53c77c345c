import { alertOf, testExpressions } from "../testing/rules.ts";
import { flappingCheck } from "./flapping.ts";

const now = (expr: string) => alertOf(expr, { for: undefined });
testExpressions(flappingCheck, {
  good: [
    "node_load1 > 8",
    alertOf("node_load1 > 8", { for: undefined, keep_firing_for: "5m" }),
    alertOf("node_load1 > 8", { for: undefined, labels: { severity: "none" } }),
    ...[
      "increase(node_vmstat_oom_kill[10m]) > 0",
      "changes(process_start_time_seconds[10m]) > 4",
      "avg_over_time(node_load1[10m]) > 8",
      "predict_linear(node_filesystem_avail_bytes[6h], 3600) < 0",
      'absent(up{job="node"})',
      "vigie_drill_active == 1",
      "node_filesystem_readonly == 1",
      "time() - max(timestamp(process_start_time_seconds)) < 60",
      "vigie_webhook_journal_salvaged_timestamp_seconds > time() - 21600",
      "node_load1 > 8 and avg_over_time(node_load1[10m]) > 8",
      "vector(1)",
      "node_edac_uncorrectable_errors_total > 0",
      "rate(errors_total[5m]) > 0",
      "errors_total > 0",
      "mysql_global_status_uptime < 60",
    ].map(now),
    { record: "a:b:c", expr: "node_load1 > 8" },
  ],
  bad: [
    [
      now("node_load1 > 8"),
      'warning node_load1 → Without `for` it fires at a single sample of "node_load1", and resolves at the next',
    ],
    [
      now('up{job="node"} == 0'),
      'warning up{job="node"} → Without `for` it fires at every lost scrape, for which "up" is 0',
    ],
    [
      alertOf("100 * sum by (instance) (rate(errors_total[5m])) > 5", { for: "0s" }),
      'warning errors_total → Without `for` it fires at a single sample of "errors_total", and resolves at the next',
    ],
    [
      now("increase(x[5m]) > 0 or node_load1 > 8"),
      'warning node_load1 → Without `for` it fires at a single sample of "node_load1", and resolves at the next',
    ],
  ],
});
