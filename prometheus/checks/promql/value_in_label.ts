/** `promql/value-in-label`: the labels of an alert do not change from one evaluation to the next. */

import { walk } from "../../../lib/promql/mod.ts";
import { ruleCheck } from "../rule_check.ts";

const VALUE = /\{\{[^}]*(?:\$value\b|\.Value\b)[^}]*\}\}/;

/**
 * What the labels say is what an alert is. With the measured value in one of them, every evaluation makes a new alert: `for` never elapses, or a notification
 * goes out each time. The value belongs in an annotation.
 */
export const valueInLabelCheck = ruleCheck({
  id: "promql/value-in-label",
  title: "No label of an alert holds the measured value",
  severity: "error",
}, function* ({ tree, kind, labels }) {
  if (kind !== "alert") return;
  for (const [name, text] of Object.entries(labels)) {
    if (!VALUE.test(text)) continue;
    yield {
      at: `labels.${name}`,
      message: `The label "${name}" holds the value: every evaluation would make another alert`,
      cure: "Say the value in an annotation, and leave it out of the label",
    };
  }
  const counts: { from: number; to: number }[] = [];
  walk(tree, (node, parents) => {
    if (
      node.kind !== "aggregation" || node.op !== "count_values" ||
      parents.some(({ kind }) => kind === "aggregation")
    ) {
      return;
    }
    counts.push({ from: node.from, to: node.from + node.op.length });
  });
  for (const at of counts) {
    yield {
      at,
      message: "count_values() makes the value a label: every other value would make another alert",
      cure: "Compare the values themselves, or count what differs: `count(count_values(…)) > 1`",
    };
  }
});
