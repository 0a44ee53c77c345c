import assert from "node:assert/strict";
import type { AlertRule, AlertSeverity } from "../rules/rule.ts";
import { lacking } from "./evidence.ts";
import type { AlertCase, Firing } from "./rule_cases.ts";

const TEXT = { fr: "a", en: "a" };

function alert(severity: AlertSeverity): AlertRule {
  return { alert: "A", expr: "up", for: "5m", severity, summary: TEXT, description: TEXT };
}

function firing(...severities: AlertSeverity[]): Firing[] {
  return severities.map((severity) => ({ severity, labels: {}, summary: TEXT, description: TEXT }));
}

const WHOLE: AlertCase = {
  alert: "A",
  series: { up: "0x20" },
  moments: [{ at: "5m", firing: firing("warning") }, { at: "6m", firing: [] }],
  quiet: [{ up: "1x20" }],
};

Deno.test("lacking finds nothing where an alert fires, ends and stays quiet", () => {
  assert.deepEqual(lacking([alert("warning")], [WHOLE]), []);
});

Deno.test("lacking names what no case shows", () => {
  assert.deepEqual(lacking([alert("warning")], []), [
    "A warning: no case in which it fires",
    "A warning: no case in which it ends: a later moment at which it does not fire",
    "A warning: no case in which it stays quiet just below its line: `quiet` series",
  ]);
  const { quiet: _, ...loud } = WHOLE;
  assert.deepEqual(lacking([alert("warning")], [loud]), [
    "A warning: no case in which it stays quiet just below its line: `quiet` series",
  ]);
  assert.deepEqual(lacking([alert("warning")], [{ ...WHOLE, moments: WHOLE.moments.slice(0, 1) }]), [
    "A warning: no case in which it ends: a later moment at which it does not fire",
  ]);
});

Deno.test("lacking wants each severity of a name shown by itself", () => {
  assert.deepEqual(lacking([alert("warning"), alert("critical")], [WHOLE]), [
    "A critical: no case in which it fires",
    "A critical: no case in which it ends: a later moment at which it does not fire",
  ]);
});

Deno.test("lacking takes a case for quiet in which only the other severity fires, once it has lasted long enough", () => {
  const { quiet: _, ...warning } = WHOLE;
  const critical: AlertCase = {
    ...warning,
    moments: [{ at: "5m", firing: firing("warning", "critical") }, { at: "6m", firing: [] }],
    quiet: [],
  };
  const alerts = [alert("critical")];
  assert.deepEqual(lacking(alerts, [critical, warning]), []);
  const short = { ...warning, moments: [{ at: "1m", firing: firing("warning") }] };
  assert.deepEqual(lacking(alerts, [critical, short]), [
    "A critical: no case in which it stays quiet just below its line: `quiet` series",
  ]);
});

Deno.test("lacking names a case of an alert that there is not", () => {
  assert.deepEqual(lacking([], [WHOLE]), ["A: there is no such alert, but a case of it"]);
});
