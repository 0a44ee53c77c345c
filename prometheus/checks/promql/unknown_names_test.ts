import { deepEqual, equal } from "node:assert/strict";
import { type Check, type SeenSeries, Skipped } from "../../../lib/check.ts";
import { exampleFiles } from "../../testing/example.ts";
import { contextOf, withFiles } from "../../testing/programs.ts";
import { unknownLabelCheck, unknownMetricCheck } from "./unknown_names.ts";

const RULES = `groups:
  - name: own
    rules:
      - alert: Typo
        expr: |-
          node_load1{job="node"} > 1
            and node_laod5{job="node"} > 1
      - alert: Idle
        expr: sum by (instance) (rate(node_cpu_seconds_total{job="node",mode="idel"}[5m])) > 1
      - alert: Broken
        expr: node_load1{
      - record: own:load
        expr: node_load1
      - alert: Good
        expr: own:load > 1 and on (instance) up{job="node"} == 1
`;

async function withRules(
  check: Check,
  body: (problems: Awaited<ReturnType<Check["run"]>>) => void,
): Promise<void> {
  const files = new Map([...exampleFiles(), ["prometheus/rules/own.yml", RULES]]);
  await withFiles(files, async (directory) => body(await check.run(contextOf(directory, files))));
}

Deno.test("promql/unknown-metric names the metric, its place and what was probably meant", async () => {
  await withRules(unknownMetricCheck, (problems) =>
    deepEqual(problems, [{
      check: "promql/unknown-metric",
      severity: "error",
      file: "prometheus/rules/own.yml",
      line: 7,
      column: 17,
      length: 10,
      subject: "Typo",
      message: 'Nothing that is scraped is known to expose "node_laod5"',
      cure: 'Did you mean "node_load5"?',
    }]));
});

Deno.test("promql/unknown-label names the value that a label never takes", async () => {
  await withRules(unknownLabelCheck, (problems) =>
    deepEqual(problems, [{
      check: "promql/unknown-label",
      severity: "error",
      file: "prometheus/rules/own.yml",
      line: 9,
      column: 73,
      length: 11,
      subject: "Idle",
      message: '"mode" of "node_cpu_seconds_total" is never "idel"',
      cure: 'Did you mean "idle"?',
    }]));
});

Deno.test("promql/unknown-metric and promql/unknown-label have nothing against the shipped rules", async () => {
  const files = exampleFiles();
  await withFiles(files, async (directory) => {
    for (const check of [unknownMetricCheck, unknownLabelCheck]) {
      deepEqual(await check.run(contextOf(directory, files)), [], check.id);
    }
  });
});

Deno.test("promql/unknown-metric says that it cannot look without a prometheus.yml that can be read", async () => {
  for (const files of [new Map(), new Map([["prometheus/prometheus.yml", "a: ["]])]) {
    await withFiles(files, async (directory) => {
      const error = await unknownMetricCheck.run(contextOf(directory, files)).catch((thrown) => thrown);
      equal(error instanceof Skipped, true, String(error));
    });
  }
});

const ASKED = `groups:
  - name: own
    rules:
      - alert: Seen
        expr: api_requests_total{code="500"} > 1 and on (instance) smartmon_device_healthy == 0
      - alert: Unseen
        expr: api_reqests_total > 1
      - alert: Value
        expr: api_requests_total{code="50"} > 1
      - alert: Label
        expr: api_requests_total{cod="500"} > 1
`;

Deno.test("promql/unknown-metric and promql/unknown-label go by what the running Prometheus has had", async () => {
  const files = new Map([...exampleFiles(), ["prometheus/rules/own.yml", ASKED]]);
  const asked: (readonly string[])[] = [];
  const seen: SeenSeries = {
    names: new Set(["api_requests_total", "smartmon_device_healthy"]),
    series: (names) => {
      asked.push(names);
      return Promise.resolve([{ __name__: "api_requests_total", code: "500", instance: "a" }]);
    },
  };
  await withFiles(files, async (directory) => {
    const context = { ...contextOf(directory, files), seen };
    const told = async (check: Check) =>
      (await check.run(context)).map((
        { subject, severity, message, cure },
      ) => [subject, severity, message, cure]);
    deepEqual(await told(unknownMetricCheck), [[
      "Unseen",
      "error",
      'Prometheus has had no series "api_reqests_total" over the last day',
      'Did you mean "api_requests_total"?',
    ]]);
    deepEqual(await told(unknownLabelCheck), [
      [
        "Value",
        "error",
        'No series "api_requests_total" has fitted code="50" over the last day',
        'Did you mean "500"?',
      ],
      [
        "Label",
        "error",
        'No series "api_requests_total" has had a label "cod" over the last day',
        'Did you mean "code"?',
      ],
    ]);
    // One request, however many rules there are.
    deepEqual(asked, [["api_requests_total", "smartmon_device_healthy"]]);
  });
});
