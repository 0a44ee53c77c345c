/** The lines of alerts, for graphs to draw. */

import type { Measure } from "../schema.ts";
import { contextOf } from "./configured.ts";
import { FAMILIES } from "./mod.ts";
import { isAlert } from "./rule.ts";
import { saidOf, withSetting } from "./settings.ts";

/** The numbers that an alert compares with, by the severity in which it comes. */
export type AlertLine = { readonly [severity in "critical" | "warning" | "info" | "none"]?: number };

/**
 * The lines of all alerts that compare with a number, by the alert's name, as config.ts draws them for all hosts that it says nothing else
 * of. An alert that is switched off has none.
 */
export function alertLines(measure: Measure): Record<string, AlertLine> {
  const context = contextOf(measure, [], "");
  const lines: Record<string, AlertLine> = {};
  for (const rule of FAMILIES.flatMap((family) => family.rules(context)).filter(isAlert)) {
    const set = withSetting(rule, saidOf(measure.rules, rule.alert, rule.severity).setting);
    if (set?.threshold === undefined) continue;
    lines[set.alert] = { ...lines[set.alert], [set.severity]: set.threshold };
  }
  return lines;
}
