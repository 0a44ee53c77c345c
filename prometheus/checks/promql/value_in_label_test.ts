import { alertOf, testExpressions } from "../testing/rules.ts";
import { valueInLabelCheck } from "./value_in_label.ts";

testExpressions(valueInLabelCheck, {
  good: [
    alertOf("up == 0", { labels: { team: "{{ $labels.team }}", note: "{{ $labels.value }}" } }),
    alertOf("up == 0", { annotations: { summary: "{{ $value }}" } }),
    'count(count_values("version", prometheus_build_info)) > 1',
    { record: "a:b:c", expr: 'count_values("version", prometheus_build_info)' },
  ],
  bad: [
    [
      alertOf("up == 0", { labels: { value: "{{ $value }}" } }),
      `error '{{ $value }}' → The label "value" holds the value: every evaluation would make another alert`,
    ],
    [
      alertOf("up == 0", { labels: { severity: "{{ if gt .Value 5.0 }}critical{{ end }}" } }),
      `error '{{ if gt .Value 5.0 }}critical{{ end }}' → The label "severity" holds the value: every evaluation would make another alert`,
    ],
    [
      'count_values("load", node_load1) > 1',
      "error count_values → count_values() makes the value a label: every other value would make another alert",
    ],
  ],
});
