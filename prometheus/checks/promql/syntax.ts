/** `promql/syntax`: Prometheus can read every expression. */

import { type Check, type CheckContext, type Problem, Skipped } from "../../../lib/check.ts";
import { judgedRules, refusedRule } from "../judged_rules.ts";
import { CHANGE } from "../promtool.ts";
import { problemOf } from "../rule_check.ts";
import { type ModelRule, ruleModelOf } from "../rule_model.ts";

/**
 * Every expression of a rule is one of PromQL: its syntax, the types of what its functions and operators work with, its regular expressions and durations.
 * Tells the place within the expression and the cause. What the real promtool takes is never refused.
 */
export const syntaxCheck: Check = {
  id: "promql/syntax",
  title: "Prometheus can read every expression",
  severity: "error",
  online: false,
  async run(context) {
    const { rules } = await ruleModelOf(context);
    const doubtful = rules.filter(({ errors }) => errors.length > 0);
    if (doubtful.length === 0) return [];
    const isTaken = await takenByPromtool(context);
    return doubtful.filter((rule) => !isTaken(rule)).flatMap((rule) =>
      rule.errors.map(({ message, from, to }): Problem => {
        // The caret cannot stand behind the end of the text.
        const at = { from: Math.max(0, Math.min(from, rule.expr.length - 1)), to };
        return problemOf(rule, { severity: "error", at, message, cure: CHANGE }, this.id);
      })
    );
  },
};

/** Whether promtool takes the expression of a rule; without promtool, and in a file that it cannot read at all, nothing is known to be taken. */
async function takenByPromtool(context: CheckContext): Promise<(rule: ModelRule) => boolean> {
  let files;
  try {
    files = await judgedRules(context);
  } catch (error) {
    if (error instanceof Skipped) return () => false;
    throw error;
  }
  const judged = new Map(files.map(({ file, complaints }) => {
    const couldRead = complaints.every(({ message }) => /^(?:Group "|Duplicate rules)/.test(message));
    return [file, { couldRead, refused: new Set(complaints.map(refusedRule)) }];
  }));
  return ({ file, group, name }) => {
    const judgement = judged.get(file);
    return judgement === undefined || (judgement.couldRead && !judgement.refused.has(`${group} ${name}`));
  };
}
