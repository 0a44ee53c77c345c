import { testExpressions } from "../testing/rules.ts";
import { disjointLabelsCheck, manyToManyCheck } from "./joins.ts";

testExpressions(manyToManyCheck, {
  good: [
    "node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.1",
    "node_load1 / on (instance) count by (instance) (node_cpu_seconds_total) > 2",
    'node_load1 / count without (cpu, mode) (node_cpu_seconds_total{mode="idle"}) > 2',
    "rate(node_cpu_seconds_total[5m]) / on (instance) group_left () node_load1 > 1",
    "rate(node_cpu_seconds_total[5m]) / ignoring (cpu, mode) group_left () node_load1 > 1",
    "node_load1 * on (instance) group_left (nodename) node_uname_info > 1",
    "a / b > 1",
    "a / on (x) b > 1",
    "sum(node_load1) / count(node_load1) > 1",
    'up{job="prometheus"} / on () node_load1{instance="web-1"} > 1',
    'up{job="prometheus"} - ignoring (job, instance) up{instance="web-1",job="node"} > 1',
    "node_load1 > 5 and on () up",
    { record: "instance:load:avg", expr: "avg by (instance) (node_load1)" },
    "node_load1 / on (instance) instance:load:avg > 1",
  ],
  bad: [
    [
      "rate(node_cpu_seconds_total[5m]) / on (instance) node_load1 > 1",
      'error on (instance) → For on (instance) the left has several series, by "mode", and nothing says that it may',
    ],
    [
      "node_load1 * on (instance) node_cpu_seconds_total > 1",
      'error on (instance) → For on (instance) the right has several series, by "mode", and nothing says that it may',
    ],
    [
      "node_cpu_seconds_total * on (instance) node_filesystem_size_bytes > 1",
      'error on (instance) → "*" is many-to-many: for on (instance) both sides have several series, the left by "mode", the right by "device" or "device_error" or "fstype" ' +
      'or "mountpoint"',
    ],
    [
      "node_load1 / ignoring (instance) group_left () node_load5 > 1",
      'error ignoring (instance) group_left () → group_left wants one series on the right for ignoring (instance), but there are several, by "instance"',
    ],
    [
      "node_load1 / sum by (instance) (node_load5) > 1",
      'error / → The two sides of "/" never match: the left has the label "job", which the right lacks',
    ],
    [
      "node_load1 / sum(node_load5) > 1",
      'error / → The two sides of "/" never match: the left has the label "instance", which the right lacks',
    ],
    [
      "sum(node_load1) / on (instance) node_load5 > 1",
      'error / → The two sides of "/" never match: the right has the label "instance", which the left lacks',
    ],
    [
      'up{job="node"} - up{job="prometheus"} > 0',
      'error - → The two sides of "-" never match: "job" is "node" on the left and "prometheus" on the right',
    ],
    [
      'a{x="1"} > on (x, y) b{x="2"}',
      'error > → The two sides of ">" never match: "x" is "1" on the left and "2" on the right',
    ],
  ],
});

testExpressions(disjointLabelsCheck, {
  good: [
    "node_load1 > 8 and on (instance) up == 1",
    "node_load1 > 8 and node_load5 > 8",
    "node_load1 > 8 unless on (instance) sum by (instance) (node_load5) > 8",
    "sum by (job) (up) == 0 or vector(1)",
    "a and b",
    'absent(up{job="node"}) and on () up{job="prometheus"}',
  ],
  bad: [
    [
      "node_load1 > 8 and sum(node_load5) > 8",
      'error and → "and" never gives anything: the left has the label "instance", which the right lacks',
    ],
    [
      "node_load1 > 8 unless sum by (instance) (node_load5) > 8",
      'error unless → "unless" never takes anything away: the left has the label "job", which the right lacks',
    ],
    [
      'absent(up{job="node"}) and on (instance) up{job="prometheus"}',
      'error and → "and" never gives anything: the right has the label "instance", which the left lacks',
    ],
    [
      'node_load1{instance="web-1"} > 8 and node_load5{instance="db-1"} > 8',
      'error and → "and" never gives anything: "instance" is "web-1" on the left and "db-1" on the right',
    ],
  ],
});
