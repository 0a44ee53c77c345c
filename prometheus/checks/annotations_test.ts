import assert from "node:assert/strict";
import type { Check } from "../../lib/check.ts";
import { toYaml } from "../../lib/yaml.ts";
import { contextOf, withFiles } from "../testing/programs.ts";
import { annotationLabelsCheck } from "./annotation_labels.ts";
import { templateCheck } from "./annotation_templates.ts";
import { textsCheck } from "./annotation_texts.ts";

interface Alert {
  readonly expr?: string;
  readonly labels?: Record<string, string>;
  readonly annotations: Record<string, string>;
}

const PROMETHEUS = `global:
  scrape_interval: 15s
scrape_configs:
  - job_name: node
    static_configs:
      - targets: ["10.0.0.7:9100"]
        labels: { instance: web-1 }
`;
const EXPR = 'node_load1{job="node"} > 1';

interface Found {
  readonly message: string;
  readonly subject?: string;
  /** What the place points at. */
  readonly at: string;
}

async function problems(check: Check, alerts: readonly Alert[]): Promise<Found[]> {
  const rules = alerts.map(({ expr = EXPR, ...rest }, i) => ({ alert: `A${i}`, expr, ...rest }));
  const text = toYaml({ groups: [{ name: "test", rules }] });
  const files = new Map([["prometheus/prometheus.yml", PROMETHEUS], ["prometheus/rules/test.yml", text]]);
  const found: Found[] = [];
  await withFiles(files, async (directory) => {
    for (
      const { message, subject, line, column = 1, length = 0 } of await check.run(contextOf(directory, files))
    ) {
      found.push({
        message,
        subject,
        at: text.split("\n")[line! - 1]!.slice(column - 1, column - 1 + length),
      });
    }
  });
  return found;
}

const GOOD: readonly Alert[] = [
  { annotations: { summary: "{{ $labels.instance }} of {{ $labels.job }}: {{ $value | humanize }}" } },
  {
    expr: "sum by (job) (up) > 1",
    annotations: { summary: '{{ $labels.job }} à {{ printf "%.1f" $value }} %' },
  },
];

for (const check of [templateCheck, annotationLabelsCheck, textsCheck]) {
  Deno.test(`${check.id} finds nothing wrong in texts that are right`, async () => {
    assert.deepEqual(await problems(check, GOOD), []);
  });
}

Deno.test("annotations/template points at what is wrong in a text or a label", async () => {
  const found = await problems(templateCheck, [
    { annotations: { summary: "x {{ $label.instance }}", description: "{{ $value }}" } },
    { labels: { team: "{{ $value" }, annotations: { summary: "a" } },
  ]);
  assert.deepEqual(found, [
    { message: 'annotations.summary of "A0": There is no variable "$label"', subject: "A0", at: "$label" },
    { message: 'labels.team of "A1": This action is not closed: there is no }}', subject: "A1", at: "{{" },
  ]);
});

Deno.test("annotations/labels finds labels that the expression lost, or the rule adds only afterwards", async () => {
  const found = await problems(annotationLabelsCheck, [
    {
      expr: "sum by (job) (up) > 1",
      annotations: { summary: "{{ $labels.instance }}{{ $labels.instance }}" },
    },
    {
      labels: { severity: "warning" },
      annotations: { summary: "{{ $labels.severity }} {{ $labels.alertname }}" },
    },
    { expr: 'sum(node_load1{job="node"}) > 1', annotations: { summary: '{{ index $labels "job" }}' } },
  ]);
  assert.deepEqual(found.map(({ message, at }) => [message, at]), [
    [
      'annotations.summary of "A0" names the label "instance", which its expression does not have: it would be empty',
      ".instance",
    ],
    [
      'annotations.summary of "A1" names the label "severity", which the rule adds only afterwards: it would be empty',
      ".severity",
    ],
    [
      'annotations.summary of "A1" names the label "alertname", which the rule adds only afterwards: it would be empty',
      ".alertname",
    ],
    [
      'annotations.summary of "A2" names the label "job", which its expression does not have: it would be empty',
      '"job"',
    ],
  ]);
});

Deno.test("annotations/text finds what only rendering shows", async () => {
  const found = await problems(textsCheck, [
    { annotations: { summary: "{{ if eq $value 1.0 }}one{{ end }}", description: "fine" } },
    { annotations: { summary: '{{ query "up" | first | value }}' } },
    { annotations: { summary: 'é "{{ $labels.instance | title }}"' } },
  ]);
  assert.deepEqual(found.map(({ message }) => message), [
    'annotations.summary of "A0" is rendered to nothing',
    'annotations.summary of "A1" cannot be rendered: first() called on vector with no elements',
  ]);
});
