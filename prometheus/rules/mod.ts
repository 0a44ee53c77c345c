/** Every family of rules. To add one: write its file beside this one and name it in `FAMILIES`. */

import type { Files } from "../../lib/files.ts";
import type { Locale } from "../../lib/text.ts";
import type { AnnotationLinks } from "./annotations.ts";
import { diskRules } from "./disk.ts";
import { drillRules } from "./drill.ts";
import { hostRules } from "./host.ts";
import { memoryRules } from "./memory.ts";
import { probeRules } from "./probe.ts";
import { type RuleContext, type RuleFamily, ruleFile, rulesOf } from "./rule.ts";
import { stackRules } from "./stack.ts";
import { targetRules } from "./target.ts";

/** Every family of rules, in the order in which dashboards and people read them. */
export const FAMILIES: readonly RuleFamily[] = [
  hostRules,
  memoryRules,
  diskRules,
  targetRules,
  probeRules,
  stackRules,
  drillRules,
];

/**
 * `prometheus/rules/<family>.yml` for each family that has a rule to offer.
 *
 * @param jobs Scrape jobs that exist: rules about others are left out.
 */
export function renderRules(
  context: RuleContext,
  locale: Locale,
  jobs: ReadonlySet<string>,
  links: AnnotationLinks,
): Files {
  const files = new Map<string, string>();
  for (const family of FAMILIES) {
    const rules = rulesOf(family, context, jobs);
    if (rules.length === 0) continue;
    files.set(`prometheus/rules/${family.name}.yml`, ruleFile(family.name, rules, locale, links));
  }
  return files;
}
