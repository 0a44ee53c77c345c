/** The rules of a family as config.ts wants them: set, switched off, or others on some hosts. */

import type { Measure } from "../schema.ts";
import { onlyFor, without } from "./overrides.ts";
import { type AlertRule, isAlert, type Rule, type RuleContext, type RuleFamily, rulesOf } from "./rule.ts";
import { lineOf, saidOf, withSetting } from "./settings.ts";

/** What rules follow from. */
export type RuleSource = Pick<Measure, "thresholds" | "scrape" | "rules">;

/** The rules of one family. */
export interface ConfiguredFamily {
  readonly rules: readonly Rule[];
  /**
   * What alerts are on some hosts: lists in which no alert comes twice. They have a file each, because promtool takes two rules of
   * one name and the same labels in one file for a mistake.
   */
  readonly overrides: readonly (readonly AlertRule[])[];
}

/** What the families are told: `source`, and the scrape jobs and the name of the stack. */
export function contextOf(source: RuleSource, jobs: readonly string[], stack: string): RuleContext {
  const { thresholds, scrape, rules } = source;
  return { thresholds, scrapeInterval: scrape.interval, jobs, stack, line: lineOf(rules) };
}

/** The rules of `family` for which something is scraped, as `source` sets them. */
export function configuredRules(
  family: RuleFamily,
  source: RuleSource,
  context: RuleContext,
): ConfiguredFamily {
  const overrides: AlertRule[][] = [];
  const rules = rulesOf(family, context).flatMap((rule): Rule[] => {
    if (!isAlert(rule)) return [rule];
    const { base, there } = variants(rule, family, source, context);
    for (const [i, alert] of there.entries()) (overrides[i] ??= []).push(alert);
    return base === undefined ? [] : [base];
  });
  return { rules, overrides };
}

/** `rule` as it is everywhere else, and as it is on some hosts. */
function variants(rule: AlertRule, family: RuleFamily, source: RuleSource, context: RuleContext) {
  const { alert, severity } = rule;
  const { setting, overrides } = saidOf(source.rules, alert, severity);
  const others = overrides.map(({ matchers }) => matchers);
  const base = withSetting(rule, setting);
  const there = overrides.flatMap(({ setting, matchers }, i) => {
    const line = lineOf(source.rules, { alert, severity, setting });
    const drawn = family.rules({ ...context, line }).find((each): each is AlertRule =>
      isAlert(each) && each.alert === alert && each.severity === severity
    );
    const set = drawn && withSetting(drawn, setting);
    return set === undefined ? [] : [onlyFor(set, matchers, others.slice(0, i))];
  });
  return { base: base && others.reduce(without, base), there };
}
