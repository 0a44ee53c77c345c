/** A check that looks at one rule after the other. */

import type { Check, Problem, Severity } from "../../lib/check.ts";
import type { Expr, Span } from "../../lib/promql/mod.ts";
import { type ModelRule, type RuleModel, ruleModelOf } from "./rule_model.ts";

/** What is wrong with a rule. */
export interface Finding {
  /** The part of the expression that is meant, or another part of the rule by its path; the whole expression when left out. */
  readonly at?: Span | string;
  /** The check's own by default. */
  readonly severity?: Severity;
  /** One sentence without the rule's name, which is put before it; no full stop. */
  readonly message: string;
  readonly cure: string;
}

/** A rule whose expression Prometheus takes. */
export type ReadRule = ModelRule & { readonly tree: Expr };

/** A check of every rule whose expression can be read; what is wrong with the others, `promql/syntax` says. */
export function ruleCheck(
  { id, title, severity }: { readonly id: string; readonly title: string; readonly severity: Severity },
  find: (rule: ReadRule, model: RuleModel) => Iterable<Finding>,
): Check {
  return {
    id,
    title,
    severity,
    online: false,
    async run(context) {
      const model = await ruleModelOf(context);
      const problems: Problem[] = [];
      for (const rule of model.rules) {
        if (!isRead(rule)) continue;
        for (const finding of find(rule, model)) problems.push(problemOf(rule, { severity, ...finding }, id));
      }
      return problems;
    },
  };
}

/** Whether Prometheus takes the expression of a rule. */
export function isRead(rule: ModelRule): rule is ReadRule {
  return rule.tree !== undefined;
}

/** The problem that a finding is. */
export function problemOf(
  rule: ModelRule,
  { at, severity, message, cure }: Finding & { readonly severity: Severity },
  check: string,
): Problem {
  const place = typeof at === "string" ? rule.at(at) : at ? rule.at("expr", at.from, at.to) : rule.at("expr");
  return {
    check,
    severity,
    file: rule.file,
    ...place,
    subject: rule.name,
    message: `${rule.name}: ${message}`,
    cure,
  };
}

/** The text of a part of a rule's expression. */
export function textOf(rule: ModelRule, { from, to }: Span): string {
  return rule.expr.slice(from, to);
}
