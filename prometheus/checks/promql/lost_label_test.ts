import { alertOf, testExpressions } from "../testing/rules.ts";
import { lostLabelCheck } from "./lost_label.ts";

const more = { annotations: { summary: "{{ $labels.instance }} ({{ $labels.mode }})" } };
const bare = { annotations: { summary: "Something is wrong" } };
const recorded = {
  record: "instance:node_cpu:rate5m",
  expr: "sum by (instance) (rate(node_cpu_seconds_total[5m]))",
};
testExpressions(lostLabelCheck, {
  more,
  good: [
    "rate(node_cpu_seconds_total[5m]) > 1",
    "avg by (instance, mode, team) (rate(node_cpu_seconds_total[5m])) > 1",
    "avg without (cpu) (rate(node_cpu_seconds_total[5m])) > 1",
    // Nobody knows what this has.
    "sum by (instance, mode, team) (unknown) > 1",
    alertOf("sum by (instance) (unknown) > 1", bare),
    alertOf("avg by (job) (node_load1) > 1", bare),
    alertOf("avg by (instance) (node_load1) > 1", { ...bare, labels: { team: "web" } }),
    recorded,
  ],
  bad: [
    [
      "avg by (mode) (rate(node_cpu_seconds_total[5m])) > 1",
      'error avg by (mode) (rate(node_cpu_seconds_total[5m])) → The label "instance" is lost here, and the summary names it',
    ],
    [
      "1 < max without (mode, cpu) (rate(node_cpu_seconds_total[5m]))",
      'error max without (mode, cpu) (rate(node_cpu_seconds_total[5m])) → The label "mode" is lost here, and the summary names it',
    ],
    [
      "sum(up) > 0",
      'error sum(up) → The label "instance" is lost here, and the summary names it',
    ],
    [
      alertOf("node_load1 / on (instance) node_load5 > 1", {
        annotations: { description: "{{ $labels.job }}" },
      }),
      'error node_load1 / on (instance) node_load5 → The label "job" is lost here, and the description names it',
      'error node_load1 / on (instance) node_load5 → The label "team" is lost here, and Alertmanager needs it for routing (matchers)',
    ],
    [
      alertOf("max by (instance) (node_load1) > 8", bare),
      'error max by (instance) (node_load1) → The label "team" is lost here, and Alertmanager needs it for routing (matchers)',
    ],
  ],
});
