/** `promql/many-to-many` and `promql/disjoint-labels`: the two sides of an operator find one another. */

import {
  type BinaryOperation,
  canHave,
  type LabelSchema,
  labelsOf,
  pinsOf,
  SET_OPERATORS,
  typeOf,
  walk,
} from "../../../lib/promql/mod.ts";
import { type Differing, differingOf } from "../multiplicity.ts";
import { type Finding, ruleCheck } from "../rule_check.ts";
import type { RuleModel } from "../rule_model.ts";

/**
 * Of the labels by which two sides of an operator are joined, each side has one series at most, or `group_left` or `group_right` says which side may have several. Otherwise
 * the rule fails at every evaluation. And the sides have these labels: where one has a label that the other lacks, or both are chosen by different values of it, nothing
 * ever matches and the result is empty. Which labels there are is known from the catalogue, the targets and the rules that record series.
 */
export const manyToManyCheck = ruleCheck({
  id: "promql/many-to-many",
  title: "The two sides of every operator find one another",
  severity: "error",
}, function* ({ tree }, model) {
  for (const binary of operations(tree, false)) {
    const apart = neverMatches(binary, model.schema);
    if (apart) {
      yield {
        at: binary.operator,
        message: `The two sides of "${binary.op}" never match: ${apart.why}`,
        cure: apart.cure,
      };
    } else yield* manyOf(binary, model);
  }
});

/**
 * What is on both sides of `and` and `unless` has the labels by which they are joined. Where it has not, `and` never gives anything and `unless` never takes anything away:
 * an aggregation on one side usually wants `on (…)`.
 */
export const disjointLabelsCheck = ruleCheck({
  id: "promql/disjoint-labels",
  title: "What `and` and `unless` join has labels in common",
  severity: "error",
}, function* ({ tree }, model) {
  for (const binary of operations(tree, true)) {
    if (binary.op === "or") continue;
    const apart = neverMatches(binary, model.schema);
    if (!apart) continue;
    const effect = binary.op === "and" ? '"and" never gives anything' : '"unless" never takes anything away';
    yield { at: binary.operator, message: `${effect}: ${apart.why}`, cure: apart.cure };
  }
});

function operations(tree: Parameters<typeof walk>[0], sets: boolean): BinaryOperation[] {
  const found: BinaryOperation[] = [];
  walk(tree, (node) => {
    if (node.kind !== "binary" || SET_OPERATORS.has(node.op) !== sets) return;
    if (typeOf(node.left) === "scalar" || typeOf(node.right) === "scalar") return;
    found.push(node);
  });
  return found;
}

function neverMatches(
  { matching, left, right }: BinaryOperation,
  schema: LabelSchema,
): { why: string; cure: string } | undefined {
  const [l, r] = [labelsOf(left, schema), labelsOf(right, schema)];
  const isKey = (label: string) =>
    matching === undefined || matching.labels.includes(label) === (matching.mode === "on");
  const common = [...l.sure.union(l.maybe)].filter((label) => canHave(r, label));
  for (const [has, lacks, one, other] of [[l, r, "left", "right"], [r, l, "right", "left"]] as const) {
    const label = [...has.sure].filter(isKey).find((label) => !canHave(lacks, label));
    if (label === undefined) continue;
    return {
      why: `the ${one} has the label "${label}", which the ${other} lacks`,
      cure: matching?.mode === "on"
        ? `Leave "${label}" out of \`on\`, or keep it on the ${other}`
        : `Say what they have in common: \`on (${
          common.filter(isKey).join(", ")
        })\`, or keep "${label}" on the ${other}`,
    };
  }
  const [lp, rp] = [pinsOf(left), pinsOf(right)];
  const label = [...lp.keys()].find((label) =>
    isKey(label) && rp.has(label) && rp.get(label) !== lp.get(label)
  );
  if (label === undefined) return undefined;
  return {
    why: `"${label}" is "${lp.get(label)}" on the left and "${rp.get(label)}" on the right`,
    cure: matching?.mode === "on"
      ? `Leave "${label}" out of \`on\``
      : `Join them without it: \`ignoring (${label})\`, or \`on (…)\` what they have in common`,
  };
}

function* manyOf(binary: BinaryOperation, model: RuleModel): Iterable<Finding> {
  const { op, operator, matching, left, right } = binary;
  if (matching === undefined) return;
  const key = new Set(matching.labels);
  const isMany = (labels: Differing) =>
    matching.mode === "on" ? labels.isDisjointFrom(key) : labels.isSubsetOf(key);
  const [l, r] = [left, right].map((side) => differingOf(side, model).find(isMany));
  const how = `${matching.mode} (${matching.labels.join(", ")})`;
  if (matching.group) {
    const one = matching.group.side === "left" ? r : l;
    if (!one) return;
    yield {
      at: matching,
      message: `group_${matching.group.side} wants one series on the ${
        matching.group.side === "left" ? "right" : "left"
      } for ${how}, but there are several, by ${listed(one)}`,
      cure: `Add ${listed(one)} to \`${matching.mode}\`, or aggregate that side`,
    };
  } else if (l && r) {
    yield {
      at: matching,
      message: `"${op}" is many-to-many: for ${how} both sides have several series, the left by ${
        listed(l)
      }, the right by ${listed(r)}`,
      cure: "Join by more labels, or aggregate one side",
    };
  } else if (l ?? r) {
    const [side, labels] = l ? ["left", l] : ["right", r!];
    yield {
      at: operator.from < matching.from ? matching : operator,
      message: `For ${how} the ${side} has several series, by ${
        listed(labels)
      }, and nothing says that it may`,
      cure: `Write \`group_${side}\` after \`${how}\`, or aggregate the ${side}`,
    };
  }
}

function listed(labels: Differing): string {
  return [...labels].map((label) => `"${label}"`).join(" or ");
}
