/** What Prometheus would refuse of its rules. */

import type { Check, Problem } from "../../lib/check.ts";
import { judgedRules, refusedRule } from "./judged_rules.ts";
import { CHANGE } from "./promtool.ts";
import { ruleModelOf } from "./rule_model.ts";

/**
 * `prometheus/rules`: Prometheus takes every rule file.
 *
 * Runs `promtool check rules --lint=all`. Finds templates that cannot be parsed and unknown fields, each with its place, and two things that promtool itself
 * ends with 0 on: rules that are there twice, and a file without any rule. An expression that cannot be parsed is told by `promql/syntax`.
 */
export const rulesCheck: Check = {
  id: "prometheus/rules",
  title: "Prometheus takes its rules",
  severity: "error",
  online: false,
  async run(context) {
    const files = await judgedRules(context);
    const { rules } = await ruleModelOf(context);
    const told = new Set(
      rules.filter(({ errors }) => errors.length > 0).map(({ file, group, name }) =>
        `${file} ${group} ${name}`
      ),
    );
    return files.flatMap(({ file, text, complaints, isEmpty }) =>
      (isEmpty ? [{ file: "", message: "It holds no rule" }] : complaints)
        .filter((complaint) => !told.has(`${file} ${refusedRule(complaint)}`))
        .map(({ line, column, message }): Problem => ({
          check: this.id,
          severity: "error",
          file,
          line: line ?? lineOfRule(text, message),
          column,
          message,
          cure: CHANGE,
        }))
    );
  },
};

/** The line of the rule that promtool counts, as in `rule 2, "HostDown"`: it gives no line for what is wrong in a template. */
function lineOfRule(text: string, message: string): number | undefined {
  const number = Number(/\brule (\d+), /.exec(message)?.[1]);
  const starts = text.split("\n").flatMap((line, i) => /^\s*- (?:alert|record):/.test(line) ? [i + 1] : []);
  return starts[number - 1];
}
