import assert from "node:assert/strict";
import { alertOf, saidOf } from "../testing/rules.ts";
import { duplicateCheck, nearDuplicateCheck } from "./duplicates.ts";

const named = (alert: string, expr: string, severity = "warning") =>
  alertOf(expr, { alert, labels: { severity } });

Deno.test("promql/duplicate says nothing of rules that differ in more than their name", async () => {
  assert.deepEqual(
    await saidOf(duplicateCheck, [
      named("A", "up == 0"),
      named("B", "up == 0", "critical"),
      named("C", 'up{job="node"} == 0'),
      named("D", "up != 1"),
      { record: "job:up:sum", expr: "up == 0" },
      { record: "job:up:sum", expr: 'sum(up{job="a"})', labels: { job: "a" } },
      { record: "job:up:sum", expr: 'sum(up{job="a"})', labels: { job: "b" } },
    ]),
    [],
  );
});

Deno.test("promql/duplicate finds the same expression, however it is written", async () => {
  assert.deepEqual(
    await saidOf(duplicateCheck, [
      named("A", 'sum by (job) (up{a="1",b="2"}) > 3'),
      named("B", '3 < (sum(up{b="2", a="1"}) by (job))'),
      { record: "a:b:c", expr: "sum(up)" },
      { record: "a:b:d", expr: "sum ( up ) # the same" },
      { record: "a:b:c", expr: "sum(up)" },
    ]),
    [
      `error 3 < (sum(up{b="2", a="1"}) by (job)) → It fires whenever "A" does: the expression and the severity are the same`,
      `error 'sum ( up ) # the same' → It records the same as "a:b:c"`,
      "error sum(up) → It is there twice",
    ],
  );
});

Deno.test("promql/near-duplicate says nothing of two levels, and of what differs in more than a number", async () => {
  assert.deepEqual(
    await saidOf(nearDuplicateCheck, [
      named("A", "node_load1 > 5"),
      named("A", "node_load1 > 9", "critical"),
      named("B", "node_load1 < 1"),
      named("C", "rate(x[5m]) > 5"),
      named("D", "rate(x[10m]) > 6"),
      named("E", "node_load1 > 5"),
      named("F", "node_load1 == 3"),
    ]),
    [],
  );
});

Deno.test("promql/near-duplicate finds two thresholds of one severity", async () => {
  assert.deepEqual(
    await saidOf(nearDuplicateCheck, [named("A", "node_load1 > 5"), named("B", "9 < node_load1")]),
    [
      'warning 9 < node_load1 → It differs from "A" in its threshold alone (9, 5), and both are warning: they fire together',
    ],
  );
});
