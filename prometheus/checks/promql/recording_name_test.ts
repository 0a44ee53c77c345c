import { testExpressions } from "../testing/rules.ts";
import { recordingNameCheck } from "./recording_name.ts";

testExpressions(recordingNameCheck, {
  good: [
    {
      record: "instance:node_cpu_busy:ratio",
      expr: "avg without (cpu, mode) (rate(node_cpu_seconds_total[5m]))",
    },
    { record: "instance_device_mountpoint:node_filesystem_free:ratio", expr: "node_filesystem_avail_bytes" },
    { record: "job:up:count", expr: "sum(up)", labels: { job: "all" } },
    { record: "instance:unknown:sum", expr: "unknown" },
    "up == 0",
  ],
  bad: [
    [
      { record: "node_load", expr: "node_load1" },
      "warning node_load → What a rule records is called level:metric:operations",
    ],
    [
      { record: "job:node_load", expr: "node_load1" },
      "warning job:node_load → What a rule records is called level:metric:operations",
    ],
    [
      { record: "instance:node_load:sum", expr: "sum by (job) (node_load1)" },
      'warning instance:node_load:sum → By its name its series have the label "instance", but the expression drops it',
    ],
  ],
});
