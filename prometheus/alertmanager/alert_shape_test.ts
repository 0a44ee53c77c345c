import assert from "node:assert/strict";
import { ruleModelOfFiles } from "../checks/rule_model.ts";
import { alertShapes } from "./alert_shape.ts";

const PROMETHEUS = `scrape_configs:
  - job_name: node
    static_configs:
      - targets: [ "127.0.0.1:9100" ]
        labels: { instance: here, team: web }
`;
const RULES = `groups:
  - name: a
    rules:
      - record: instance:free:ratio
        expr: sum by (instance) (node_filesystem_free_bytes{job="node"})
      - alert: Down
        expr: up{job="node"} == 0
        labels: { severity: critical, host: "{{ $labels.instance }}", shard: 3 }
      - alert: Low
        expr: instance:free:ratio < 3
      - alert: OfSomebody
        expr: somebodys_metric > 1
      - alert: Broken
        expr: up{
      - alert: 5
      - nothing
  - rules: none
`;

Deno.test("alertShapes knows the labels of alerts, and which of their values", () => {
  const files = new Map([["prometheus/prometheus.yml", PROMETHEUS], ["prometheus/rules/a.yml", RULES]]);
  const shapes = alertShapes(ruleModelOfFiles(files)).map(({ name, labels, sure, maybe, open }) => ({
    name,
    labels,
    sure: [...sure].sort(),
    maybe: [...maybe],
    open,
  }));
  assert.deepEqual(shapes, [
    {
      name: "Down",
      labels: { severity: "critical", shard: "3", alertname: "Down", job: "node" },
      sure: ["instance", "job", "team"],
      maybe: ["host"],
      open: false,
    },
    { name: "Low", labels: { alertname: "Low" }, sure: ["instance"], maybe: [], open: false },
    { name: "OfSomebody", labels: { alertname: "OfSomebody" }, sure: [], maybe: [], open: true },
    { name: "Broken", labels: { alertname: "Broken" }, sure: [], maybe: [], open: true },
  ]);
});

Deno.test("alertShapes finds none in files that cannot be read", () => {
  for (const text of ["groups: 7", "a: b: c", ""]) {
    assert.deepEqual(alertShapes(ruleModelOfFiles(new Map([["prometheus/rules/a.yml", text]]))), []);
  }
});
