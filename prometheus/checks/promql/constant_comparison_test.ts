import { alertOf, testExpressions } from "../testing/rules.ts";
import { constantComparisonCheck } from "./constant_comparison.ts";

testExpressions(constantComparisonCheck, {
  good: [
    "vector(1)",
    'ALERTS{alertname="HostDown"}',
    'mdadm_state{state="failed"}',
    "absent(up)",
    "node_load1 unless on (instance) up",
    alertOf("time() - max(timestamp(up))", { labels: { severity: "none" } }),
    "node_load1 > 5 and node_load1 < 8",
    "node_load1 > 5 and node_load5 < 3",
    "node_load1 > 5 or node_load1 < 3",
    "node_load1 >= 5 and node_load1 <= 5",
    'node_load1{instance="web-1"} > 5 and on () node_load1{instance="db-1"} < 3',
    "up == 0",
    "up != 1",
    "up < 1",
    "avg_over_time(up[10m]) < 0.5",
    "avg(up) == 0.5",
    "node_load1 > 90",
    "rate(node_cpu_seconds_total[5m]) > 0",
    "increase(node_vmstat_oom_kill[5m]) > 0",
    "count(up) < 3",
    "count(up == 0) >= 1 and on () up",
    "(count(up) or vector(0)) == 0",
    "100 * (1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes) > 90",
    "node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.1",
    "node_filesystem_files_free / node_filesystem_files < 0.1",
    'sum(rate(x{code=~"5.."}[5m])) / sum(rate(x[5m])) > 0.05',
    "sum(rate(errors_total[5m])) / sum(rate(failures_total[5m])) > 20",
    "predict_linear(node_filesystem_avail_bytes[6h], 86400) < 0",
    "node_timex_offset_seconds < -0.05",
    "time() - node_boot_time_seconds < 600",
    "hour() > 8",
    'node_uname_info{sysname!="Linux"} > 0',
    "sum(up) < 3 and count(up) > 0",
    "-node_load1 < 0",
    "node_load1 - node_load5 < 0",
    "changes(up[10m]) > 4",
    "prometheus_tsdb_retention_limit_bytes > 0",
    { record: "job:up:ratio", expr: "100 * avg by (job) (up)" },
    "job:up:ratio < 90",
  ],
  bad: [
    [
      "100 * node_load1",
      "error 100 * node_load1 → It compares nothing: the alert fires as long as there are series, whatever their values",
    ],
    [
      "rate(errors_total[5m])",
      "error rate(errors_total[5m]) → It compares nothing: the alert fires as long as there are series, whatever their values",
    ],
    [
      'up{job="node"}',
      'error up{job="node"} → It compares nothing: the alert fires as long as there are series, whatever their values',
    ],
    [
      "node_load1 > 5 and node_load1 < 3",
      'error node_load1 < 3 → "node_load1 < 3" never holds together with "node_load1 > 5"',
    ],
    [
      "(node_load1 > 5 and up == 1) and (node_load1 <= 5)",
      'error node_load1 <= 5 → "node_load1 <= 5" never holds together with "node_load1 > 5"',
    ],
    [
      "count(up) > 0",
      'error count(up) > 0 → "count(up) > 0" always holds: count(up) is a whole number never less than 1',
    ],
    ["up == 2", 'error up == 2 → "up == 2" never holds: up is 0 or 1'],
    ["0.5 == up", 'error 0.5 == up → "0.5 == up" never holds: up is 0 or 1'],
    [
      'max(up{job="node"}) > 1',
      'error max(up{job="node"}) > 1 → "max(up{job="node"}) > 1" never holds: max(up{job="node"}) is 0 or 1',
    ],
    [
      "probe_success >= 0",
      'error probe_success >= 0 → "probe_success >= 0" always holds: probe_success is 0 or 1',
    ],
    [
      "avg_over_time(up[10m]) > 90",
      'error avg_over_time(up[10m]) > 90 → "avg_over_time(up[10m]) > 90" never holds: avg_over_time(up[10m]) is between 0 and 1',
    ],
    [
      "count(up) < 0",
      'error count(up) < 0 → "count(up) < 0" never holds: count(up) is a whole number never less than 1',
    ],
    [
      "count(up == 0) == 0",
      'error count(up == 0) == 0 → "count(up == 0) == 0" never holds: count(up == 0) is a whole number never less than 1',
    ],
    [
      "rate(node_cpu_seconds_total[5m]) < 0",
      'error rate(node_cpu_seconds_total[5m]) < 0 → "rate(node_cpu_seconds_total[5m]) < 0" never holds: rate(node_cpu_seconds_total[5m]) is never less than 0',
    ],
    [
      "node_memory_MemAvailable_bytes < 0",
      'error node_memory_MemAvailable_bytes < 0 → "node_memory_MemAvailable_bytes < 0" never holds: node_memory_MemAvailable_bytes is never less than 0',
    ],
    [
      "1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes > 90",
      'error 1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes > 90 → "1 - node_memory_MemAvailable_bytes / nod…MemTotal_bytes > 90" never ' +
      "holds: 1 - node_memory_MemAvailable_bytes / nod…mory_MemTotal_bytes is a share, between 0 and 1",
    ],
    [
      'sum(rate(x{a="b"}[5m])) / sum(rate(x[5m])) > 5',
      'error sum(rate(x{a="b"}[5m])) / sum(rate(x[5m])) > 5 → "sum(rate(x{a="b"}[5m])) / sum(rate(x[5m])) > 5" never holds: ' +
      'sum(rate(x{a="b"}[5m])) / sum(rate(x[5m])) is a share, between 0 and 1',
    ],
    ["absent(up) == 0", 'error absent(up) == 0 → "absent(up) == 0" never holds: absent(up) is always 1'],
    ["absent(up) == 1", 'warning absent(up) == 1 → "absent(up) == 1" always holds: absent(up) is always 1'],
    ["up and vector(5) > 3", 'error vector(5) > 3 → "vector(5) > 3" always holds: vector(5) is always 5'],
    [
      "hour() > 23",
      'error hour() > 23 → "hour() > 23" never holds: hour() is a whole number between 0 and 23',
    ],
    ["(up == 0) == 1", 'error (up == 0) == 1 → "(up == 0) == 1" never holds: (up == 0) is always 0'],
    [
      "node_uname_info == 0",
      'error node_uname_info == 0 → "node_uname_info == 0" never holds: node_uname_info is always 1',
    ],
  ],
});
