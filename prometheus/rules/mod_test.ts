import assert from "node:assert/strict";
import { durationMs } from "../../lib/units.ts";
import { CONTEXT } from "../testing/rule_cases.ts";
import { FAMILIES } from "./mod.ts";
import { isAlert } from "./rule.ts";

const METRIC_LABEL_NAME = /^[a-z_]+:[a-z0-9_]+:[a-z0-9_]+$/;

Deno.test("FAMILIES have alerts and records of one name each, across all files", () => {
  const names = FAMILIES.flatMap((family) =>
    family.rules(CONTEXT).map((rule) => isAlert(rule) ? `${rule.alert} ${rule.severity}` : rule.record)
  );
  assert.deepEqual(names.filter((name, i) => names.indexOf(name) !== i), []);
});

Deno.test("FAMILIES name their records level:metric:operations", () => {
  for (const rule of FAMILIES.flatMap((family) => family.rules(CONTEXT))) {
    if (!isAlert(rule)) assert.match(rule.record, METRIC_LABEL_NAME);
  }
});

Deno.test("FAMILIES look back over at least four scrapes, however rare these are", () => {
  for (const scrapeInterval of ["1s", "15s", "2m", "5m"]) {
    for (const rule of FAMILIES.flatMap((family) => family.rules({ ...CONTEXT, scrapeInterval }))) {
      for (const [, window] of rule.expr.matchAll(/\[([^\]]+)\]/g)) {
        assert.ok(durationMs(window!) >= 4 * durationMs(scrapeInterval), `${rule.expr} at ${scrapeInterval}`);
      }
    }
  }
});
