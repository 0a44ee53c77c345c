import { strictEqual } from "node:assert/strict";
import { mutes } from "./alertmanager.ts";

const ALERT = { alertname: "DiskFull", severity: "critical", instance: "web-1" };
const matcher = (name: string, value: string, isRegex = false, isEqual = true) => ({
  name,
  value,
  isRegex,
  isEqual,
});

for (
  const [what, matchers, wanted] of [
    ["an equal label", [matcher("alertname", "DiskFull")], true],
    ["another value", [matcher("alertname", "Other")], false],
    ["a regular expression on the whole value only", [matcher("alertname", "Disk", true)], false],
    ["a regular expression that takes anything", [matcher("alertname", ".+", true)], true],
    ["a missing label, which counts as empty", [matcher("team", "")], true],
    ["a negated matcher", [matcher("severity", "info", false, false)], true],
    ["a negated regular expression", [matcher("severity", "crit.*", true, false)], false],
    ["every matcher at once", [matcher("alertname", ".+", true), matcher("instance", "web-2")], false],
    ["flags as RE2 writes them", [matcher("alertname", "(?i)diskfull", true)], true],
    ["a pattern that only RE2 reads", [matcher("alertname", "\\pN(?P<x>", true)], false],
  ] as const
) {
  Deno.test(`mutes understands ${what}`, () => strictEqual(mutes(matchers, ALERT), wanted));
}
