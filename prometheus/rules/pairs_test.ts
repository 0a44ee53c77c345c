/** A critical alert mutes its own warning, and no other one: both have the labels that the inhibition compares, and it compares all that matter. */

import assert from "node:assert/strict";
import { type Expr, labelsOf, parsePromql } from "../../lib/promql/mod.ts";
import { SAME_THING } from "../alertmanager/inhibitions.ts";
import { labelSchemaOf } from "../checks/label_schema.ts";
import { CONTEXT } from "../testing/rule_cases.ts";
import { FAMILIES } from "./mod.ts";
import { isAlert } from "./rule.ts";

// What follows from the labels that are compared: a filesystem has one type, a probe one kind, a host one team.
const FOLLOWS = ["fstype", "device_error", "kind", "team"];

const RULES = FAMILIES.flatMap((family) => family.rules(CONTEXT));
const TARGET = { sure: new Set(["instance", "job", "team"]), maybe: new Set<string>(), open: false };
const JOBS = [...CONTEXT.jobs, "probe", "grafana", "cadvisor"].map((name) => ({
  name,
  intervalMs: 15_000,
  targets: 1,
  labels: name === "probe" ? { ...TARGET, sure: TARGET.sure.union(new Set(["kind", "target"])) } : TARGET,
}));
const SCHEMA = labelSchemaOf(
  JOBS,
  RULES.flatMap((rule) => isAlert(rule) ? [] : [{ name: rule.record, tree: treeOf(rule.expr), labels: [] }]),
);

function treeOf(text: string): Expr {
  const { expr } = parsePromql(text);
  assert.ok(expr, text);
  return expr;
}

const PAIRS = [...Map.groupBy(RULES.filter(isAlert), ({ alert }) => alert)]
  .filter(([, rules]) => rules.length > 1)
  .map(([alert, rules]) => ({
    alert,
    sides: rules.map(({ severity, expr }) => ({ severity, labels: labelsOf(treeOf(expr), SCHEMA) })),
  }));

Deno.test("FAMILIES give a warning and its critical the same of the labels that SAME_THING compares", () => {
  assert.ok(PAIRS.length >= 6, PAIRS.map(({ alert }) => alert).join());
  const compared = new Set(SAME_THING);
  for (const { alert, sides } of PAIRS) {
    const [first, ...others] = sides.map(({ labels: { sure, maybe } }) => ({
      sure: sure.intersection(compared),
      maybe: maybe.intersection(compared),
    }));
    assert.ok(first!.sure.has("instance"), `${alert} loses the instance`);
    for (const other of others) assert.deepEqual(other, first, alert);
  }
});

Deno.test("SAME_THING compares every label by which two critical alerts of one name may differ", () => {
  const known = new Set([...SAME_THING, ...FOLLOWS]);
  for (const { alert, sides } of PAIRS) {
    const critical = sides.find(({ severity }) => severity === "critical") ?? sides[0]!;
    const { sure, maybe, open } = critical.labels;
    assert.deepEqual([...sure.union(maybe).difference(known)], [], alert);
    assert.equal(open, false, alert);
  }
});
