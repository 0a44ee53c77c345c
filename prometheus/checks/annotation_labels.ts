/** `annotations/labels`: a text names only labels that its alert has. */

import type { Check, Problem } from "../../lib/check.ts";
import { labelsOf } from "../../lib/promql/mod.ts";
import { nearest } from "../../lib/nearest.ts";
import { templateFindings } from "./annotation_faults.ts";
import { ruleModelOf } from "./rule_model.ts";

/**
 * Every label that a text names is one that the expression's result can have. A label that an aggregation dropped, that no exporter gives, or that the
 * rule itself adds (`severity`) is empty in the text: "disk full on ".
 */
export const annotationLabelsCheck: Check = {
  id: "annotations/labels",
  title: "The texts of every alert name only labels that it has",
  severity: "error",
  online: false,
  async run(context) {
    const { rules, schema } = await ruleModelOf(context);
    return rules.flatMap((rule): Problem[] => {
      if (rule.kind !== "alert" || !rule.tree) return [];
      const used = Object.entries(rule.annotations).flatMap(([name, text]) =>
        templateFindings(text).labels.map((label) => ({ ...label, path: `annotations.${name}` }))
      );
      if (used.length === 0) return [];
      const { sure, maybe, open } = labelsOf(rule.tree, schema);
      const known = new Set([...sure, ...maybe]);
      const missing = used.filter(({ name }) =>
        !known.has(name) && (!open || name in rule.labels || name === "alertname")
      );
      // A text that names it twice is told once.
      const once = missing.filter(({ name, path }, i) =>
        missing.findIndex((one) => one.name === name && one.path === path) === i
      );
      return once.map(({ name, path, from, to }) => ({
        check: this.id,
        severity: "error",
        file: rule.file,
        ...rule.at(path, from, to),
        subject: rule.name,
        message: `${path} of "${rule.name}" names the label "${name}", which ${
          name in rule.labels || name === "alertname"
            ? "the rule adds only afterwards"
            : "its expression does not have"
        }: it would be empty`,
        cure: cureOf(name, known, rule.labels),
      }));
    });
  },
};

function cureOf(name: string, known: ReadonlySet<string>, own: Readonly<Record<string, string>>): string {
  if (name in own) return `Write "${own[name]}" itself`;
  const near = nearest(name, [...known]);
  if (near) return `Did you mean "${near}"?`;
  return known.size === 0
    ? "Its expression has no labels: keep the label with `by`, or leave it out of the text"
    : `Keep it with \`by\`, or use one of ${[...known].slice(0, 8).map((one) => `"${one}"`).join(", ")}`;
}
