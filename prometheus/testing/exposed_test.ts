import assert from "node:assert/strict";
import type { Rule } from "../rules/rule.ts";
import { madeUp, notExposed } from "./exposed.ts";

const TEXT = { fr: "a", en: "a" };

function of(expr: string): string[] {
  const rule: Rule = { alert: "A", expr, severity: "warning", summary: TEXT, description: TEXT };
  return notExposed([rule], new Set(["job:known:sum"]));
}

Deno.test("notExposed takes what exporters expose and what other rules record", () => {
  assert.deepEqual(of('rate(node_cpu_seconds_total{job="node",mode="idle"}[5m]) > job:known:sum'), []);
});

Deno.test("notExposed names metrics and labels that there are not", () => {
  assert.deepEqual(of('rate(node_cpu_second_total{job="node"}[5m])'), [
    'A: nothing exposes "node_cpu_second_total"',
  ]);
  assert.deepEqual(of("job:unknown:sum > 1"), ['A: nothing exposes "job:unknown:sum"']);
  assert.deepEqual(of('node_load1{job="prometheus"} > 1'), [
    'A: the job "prometheus" does not expose "node_load1"',
  ]);
  assert.deepEqual(of('node_load1{job="node",cpu="0"} > 1'), ['A: "node_load1" has no label "cpu"']);
  assert.deepEqual(of('{job="node"} > 1'), ["A: a selector without a metric"]);
});

Deno.test("madeUp names series of cases that there are not", () => {
  const of = (series: string) => madeUp([{ alert: "A", series: { [series]: "0x20" }, moments: [] }]);
  assert.deepEqual(of('up{instance="a",job="whatever",team="web"}'), []);
  assert.deepEqual(of('node_load1{instance="a",job="node",cpu="0"}'), ['A: "node_load1" has no label "cpu"']);
  assert.deepEqual(of("rate(up[5m])"), ['A: "rate(up[5m])" is no series']);
});
