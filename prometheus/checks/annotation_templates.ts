/** `annotations/template`: the texts of every alert can be rendered. */

import type { Check, Problem } from "../../lib/check.ts";
import { templateFindings } from "./annotation_faults.ts";
import { ruleModelOf } from "./rule_model.ts";

/**
 * Every annotation and every label of an alert is a template that Prometheus can render: its actions are closed, its fields, variables and
 * functions exist, its functions are given what they take, and it is not empty. Prometheus itself fires an alert whose template fails, with an error as its text.
 */
export const templateCheck: Check = {
  id: "annotations/template",
  title: "The texts of every alert can be rendered",
  severity: "error",
  online: false,
  async run(context) {
    const { rules } = await ruleModelOf(context);
    const seen = new Map<string, ReturnType<typeof templateFindings>>();
    const findingsOf = (text: string) => {
      const known = seen.get(text) ?? templateFindings(text);
      seen.set(text, known);
      return known;
    };
    return rules.filter(({ kind }) => kind === "alert").flatMap((rule) =>
      [...textsOf(rule.annotations, "annotations"), ...textsOf(rule.labels, "labels")].flatMap((
        [path, text],
      ) =>
        findingsOf(text).faults.map(({ from, to, message, cure }): Problem => ({
          check: this.id,
          severity: "error",
          file: rule.file,
          ...rule.at(path, from, to),
          subject: rule.name,
          message: `${path} of "${rule.name}": ${message}`,
          cure,
        }))
      )
    );
  },
};

function textsOf(texts: Readonly<Record<string, string>>, key: string): [path: string, text: string][] {
  return Object.entries(texts).map(([name, text]) => [`${key}.${name}`, text]);
}
