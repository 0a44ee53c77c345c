/** What Prometheus would refuse of its rules. */

import { join } from "node:path";
import type { Check, Problem } from "../../lib/check.ts";
import type { Complaint } from "../../lib/checker_output.ts";
import { matchingFiles } from "../../lib/glob.ts";
import { CHANGE, promtool } from "./promtool.ts";

/**
 * `prometheus/rules`: Prometheus takes every rule file.
 *
 * Runs `promtool check rules --lint=all`. Finds expressions and templates that cannot be parsed and unknown fields, each with its
 * place, and two things that promtool itself ends with 0 on: rules that are there twice, and a file without any rule.
 */
export const rulesCheck: Check = {
  id: "prometheus/rules",
  title: "Prometheus takes its rules",
  severity: "error",
  online: false,
  async run(context) {
    const files = await matchingFiles(join(context.buildDir, "prometheus"), "rules/*.yml");
    if (files.length === 0) return []; // prometheus/rule-files says so.
    // Each by itself: what promtool says of several files at once does not always name the file.
    const found = await Promise.all(files.map(async (path) => {
      const file = path.slice(context.buildDir.length + 1);
      const output = await promtool(context, [
        "check",
        "rules",
        "--lint=all",
        file.slice("prometheus/".length),
      ]);
      const text = await Deno.readTextFile(path);
      const isEmpty = /SUCCESS: 0 rules found/.test(output.stdout);
      const said: readonly Complaint[] = isEmpty
        ? [{ file: "", message: "It holds no rule" }]
        : output.complaints;
      return said.map(({ line, column, message }): Problem => ({
        check: this.id,
        severity: "error",
        file,
        line: line ?? lineOfRule(text, message),
        column,
        message,
        cure: CHANGE,
      }));
    }));
    return found.flat();
  },
};

/** The line of the rule that promtool counts, as in `rule 2, "HostDown"`: it gives no line for what is wrong in a template. */
function lineOfRule(text: string, message: string): number | undefined {
  const number = Number(/\brule (\d+), /.exec(message)?.[1]);
  const starts = text.split("\n").flatMap((line, i) => /^\s*- (?:alert|record):/.test(line) ? [i + 1] : []);
  return starts[number - 1];
}
