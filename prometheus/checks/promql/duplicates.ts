/** `promql/duplicate` and `promql/near-duplicate`: nobody is told the same thing twice. */

import type { Check, Problem, Severity } from "../../../lib/check.ts";
import { COMPARISONS, type Expr, printNumber, printPromql, typeOf, unwrap } from "../../../lib/promql/mod.ts";
import { isRead, problemOf, type ReadRule } from "../rule_check.ts";
import { ruleModelOf } from "../rule_model.ts";

/**
 * No two rules compute the same: two alerts of one severity that fire together, whatever their names and however their expressions are written, or two rules that store
 * the same. One of them is forgotten when the other is changed.
 */
export const duplicateCheck: Check = pairCheck(
  { id: "promql/duplicate", title: "No two rules are the same", severity: "error" },
  (rule) => `${identity(rule)} ${printPromql(normal(rule.tree))}`,
  (rule, first) =>
    first.name === rule.name
      ? "It is there twice"
      : rule.kind === "alert"
      ? `It fires whenever "${first.name}" does: the expression and the severity are the same`
      : `It records the same as "${first.name}"`,
  "Remove one of them",
);

/**
 * No two alerts of one severity differ in their threshold alone: one of them always fires with the other. Of two levels, one is a warning and the other critical, so that the
 * warning is muted under its own critical.
 */
export const nearDuplicateCheck: Check = pairCheck(
  {
    id: "promql/near-duplicate",
    title: "Two alerts that differ in their threshold differ in severity",
    severity: "warning",
  },
  (rule) => {
    const line = rule.kind === "alert" ? thresholdOf(rule.tree) : undefined;
    return line && `${identity(rule)} ${line.shape}`;
  },
  (rule, first) => {
    const [own, other] = [thresholdOf(rule.tree)!.value, thresholdOf(first.tree)!.value];
    // What is the same in everything is told by promql/duplicate.
    return own === other
      ? undefined
      : `It differs from "${first.name}" in its threshold alone (${printNumber(own)}, ${
        printNumber(other)
      }), and both are ${rule.severity ?? "without severity"}: they fire together`;
  },
  "Give one of them another severity, or remove it",
);

/** A check of rules that have a key in common: it is told of each but the first. */
function pairCheck(
  { id, title, severity }: { readonly id: string; readonly title: string; readonly severity: Severity },
  keyOf: (rule: ReadRule) => string | undefined,
  messageOf: (rule: ReadRule, first: ReadRule) => string | undefined,
  cure: string,
): Check {
  return {
    id,
    title,
    severity,
    online: false,
    async run(context) {
      const { rules } = await ruleModelOf(context);
      const firsts = new Map<string, ReadRule>();
      const problems: Problem[] = [];
      for (const rule of rules.filter(isRead)) {
        const key = keyOf(rule);
        if (key === undefined) continue;
        const first = firsts.get(key);
        firsts.set(key, first ?? rule);
        const message = first && messageOf(rule, first);
        if (message) problems.push(problemOf(rule, { severity, message, cure }, id));
      }
      return problems;
    },
  };
}

/** What makes two rules of the same expression different all the same: their kind, and their labels. */
function identity({ kind, labels }: ReadRule): string {
  return `${kind} ${JSON.stringify(Object.entries(labels).sort())}`;
}

/** An expression without parentheses that change nothing, and with the number of a comparison on the right. */
function normal(expr: Expr): Expr {
  const inner = unwrap(expr);
  if (inner.kind !== "binary" || !COMPARISONS.has(inner.op) || typeOf(inner.left) !== "scalar") return inner;
  return { ...inner, op: FLIPPED[inner.op]!, left: normal(inner.right), right: unwrap(inner.left) };
}

const FLIPPED: Readonly<Record<string, string>> = {
  "<": ">",
  ">": "<",
  "<=": ">=",
  ">=": "<=",
  "==": "==",
  "!=": "!=",
};

/** The number that an alert compares with, and what is left of its expression without it; undefined when it is none of that kind. */
function thresholdOf(tree: Expr): { value: number; shape: string } | undefined {
  const expr = normal(tree);
  if (expr.kind !== "binary" || expr.bool || !/^[<>]=?$/.test(expr.op)) return undefined;
  const line = unwrap(expr.right);
  if (line.kind !== "number") return undefined;
  return { value: line.value, shape: `${printPromql(unwrap(expr.left))} ${expr.op}` };
}
