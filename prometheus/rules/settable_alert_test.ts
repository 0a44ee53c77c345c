import assert from "node:assert/strict";
import { CONTEXT } from "../testing/rule_cases.ts";
import type { Line } from "./rule.ts";
import { PERCENT, SECONDS, type SettableAlert, settableAlert } from "./settable_alert.ts";

const SPEC: SettableAlert = {
  alert: "Full",
  severity: "warning",
  line: { threshold: 90, for: "15m" },
  unit: PERCENT,
  expr: (percent) => `full > ${percent}`,
  summary: { fr: "Plein", en: "Full" },
  description: ({ limit, since }) => ({ fr: `(${limit.fr})${since.fr}`, en: `(${limit.en})${since.en}` }),
  dashboard: { uid: "vigie-stack", variables: [] },
};

/** What becomes of `SPEC` when config.ts sets its line. */
function drawn(said: Partial<Line>, spec: Partial<SettableAlert> = {}) {
  const line = (_alert: string, defaults: Partial<Line>) => ({ threshold: 0, ...defaults, ...said });
  return settableAlert({ ...CONTEXT, line: line as typeof CONTEXT.line }, { ...SPEC, ...spec });
}

Deno.test("settableAlert draws its line and says so", () => {
  const alert = drawn({});
  assert.deepEqual([alert.expr, alert.for, alert.threshold], ["full > 90", "15m", 90]);
  assert.deepEqual(alert.description, {
    fr: "(seuil : 90 % pendant 15 minutes) depuis 15 minutes",
    en: "(limit: 90% for 15 minutes) for 15 minutes",
  });
});

Deno.test("settableAlert draws the line that config.ts wants and says that one", () => {
  const alert = drawn({ threshold: 92.5, for: "1h30m", keepFiringFor: "5m" });
  assert.deepEqual([alert.expr, alert.for, alert.keepFiringFor, alert.threshold], [
    "full > 92.5",
    "1h30m",
    "5m",
    92.5,
  ]);
  assert.deepEqual(alert.description, {
    fr: "(seuil : 92,5 % pendant 1 heure 30 minutes) depuis 1 heure 30 minutes",
    en: "(limit: 92.5% for 1 hour 30 minutes) for 1 hour 30 minutes",
  });
});

Deno.test("settableAlert says nothing of a time that it does not wait for", () => {
  for (const alert of [drawn({ for: "0s" }), drawn({}, { line: { threshold: 90 } })]) {
    assert.deepEqual(alert.description, { fr: "(seuil : 90 %)", en: "(limit: 90%)" });
  }
});

Deno.test("settableAlert has no threshold to draw when it compares with nothing settable", () => {
  assert.equal(drawn({}, { line: { for: "1m" } }).threshold, undefined);
  assert.equal(drawn({}, { line: { threshold: 0 } }).threshold, 0);
});

Deno.test("SECONDS are in words, parts of a second are not lost", () => {
  assert.deepEqual([2, 90, 900, 0.5, 1.5].map((seconds) => SECONDS(seconds).fr), [
    "2 secondes",
    "1 minute 30 secondes",
    "15 minutes",
    "0,5 s",
    "1,5 s",
  ]);
  assert.equal(SECONDS(0.5).en, "0.5 s");
});
