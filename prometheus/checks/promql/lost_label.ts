/** `promql/lost-label`: what an alert says and how it is routed is not aggregated away. */

import type { Expr, LabelSchema } from "../../../lib/promql/mod.ts";
import { canHave, childrenOf, labelsOf } from "../../../lib/promql/mod.ts";
import { templateFindings } from "../annotation_faults.ts";
import { ruleCheck } from "../rule_check.ts";

/**
 * A label that the texts of an alert name, or that Alertmanager routes by, and that its series have, is still there in the result: no `sum by`, `without` or `on` has dropped
 * it. Otherwise the text has a hole, and the alert goes another way than the team's. An alert about a whole job, which has dropped `instance` too, is not expected to keep
 * the labels of hosts.
 */
export const lostLabelCheck = ruleCheck({
  id: "promql/lost-label",
  title: "No alert loses a label that it needs",
  severity: "error",
}, function* ({ tree, kind, annotations, labels }, { schema, routing, jobs }) {
  if (kind !== "alert") return;
  const result = labelsOf(tree, schema);
  const told = new Set<string>();
  for (const [name, text] of Object.entries(annotations)) {
    for (const { name: label } of templateFindings(text).labels) {
      if (told.has(label) || canHave(result, label) || label in labels) continue;
      const lost = lostAt(tree, label, schema);
      if (lost === undefined) continue;
      told.add(label);
      yield {
        at: lost,
        message: `The label "${label}" is lost here, and the ${name} names it`,
        cure: keeping(lost, label),
      };
    }
  }
  if (!canHave(result, "instance")) return;
  const ofTargets = new Set(jobs.flatMap(({ labels: { sure, maybe } }) => [...sure, ...maybe]));
  for (const [label, use] of routing) {
    if (told.has(label) || !ofTargets.has(label) || canHave(result, label) || label in labels) continue;
    const lost = lostAt(tree, label, schema);
    if (lost) {
      yield {
        at: lost,
        message: `The label "${label}" is lost here, and Alertmanager needs it for ${use}`,
        cure: keeping(lost, label),
      };
    }
  }
});

/** The part of `expr` that drops a label which what it is made of has; undefined when nothing does. */
export function lostAt(expr: Expr, label: string, schema: LabelSchema): Expr | undefined {
  if (canHave(labelsOf(expr, schema), label)) return undefined;
  for (const child of childrenOf(expr)) {
    const inner = lostAt(child, label, schema);
    if (inner) return inner;
  }
  const isDropped = childrenOf(expr).some((child) => {
    const { sure, maybe } = labelsOf(child, schema);
    return sure.has(label) || maybe.has(label);
  });
  return isDropped ? expr : undefined;
}

function keeping(lost: Expr, label: string): string {
  if (lost.kind === "aggregation") {
    return lost.grouping?.mode === "without"
      ? `Leave "${label}" out of \`without\``
      : `Keep it: \`${lost.op} by (${[...lost.grouping?.labels ?? [], label].join(", ")})\``;
  }
  if (lost.kind === "call" && lost.name.startsWith("absent")) {
    return `${lost.name}() has only labels that its selector gives with "=": leave "${label}" out of the texts`;
  }
  return lost.kind === "binary" && lost.matching?.mode === "on"
    ? `Add "${label}" to \`on\`, or bring it along with \`group_left\``
    : `Keep "${label}", or leave it out of the texts`;
}
