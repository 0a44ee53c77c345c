/** The lines of alerts, for graphs to draw. */

import { printMatcher } from "../../lib/matcher.ts";
import type { Measure } from "../schema.ts";
import { contextOf } from "./configured.ts";
import { FAMILIES } from "./mod.ts";
import { type AlertSeverity, isAlert } from "./rule.ts";
import { saidOf, withSetting } from "./settings.ts";

/** The numbers that an alert compares with, by the severity in which it comes. */
export type AlertLine = { readonly [severity in AlertSeverity]?: number } & {
  /** Where the line of some hosts is, in the order in which they are asked: a host follows the first that fits it. */
  readonly elsewhere?: readonly LineElsewhere[];
};

/** The line of an alert on some hosts. */
export interface LineElsewhere {
  readonly severity: AlertSeverity;
  /** PromQL's matchers of what it holds for, without braces: `role="database"`. */
  readonly matchers: string;
  /** Whether these are all about labels of scrape targets, so that `up` has them; otherwise about a part of one, such as a mount point. */
  readonly ofTargets: boolean;
  /** Left out where the alert is switched off. */
  readonly value?: number;
}

/**
 * The lines of all alerts that compare with a number, by the alert's name, as config.ts draws them. An alert that is switched off
 * everywhere has none.
 */
export function alertLines(measure: Measure): Record<string, AlertLine> {
  const context = contextOf(measure, [], "");
  const targetLabels = labelsOfTargets(measure);
  const lines: Record<string, AlertLine> = {};
  for (const rule of FAMILIES.flatMap((family) => family.rules(context)).filter(isAlert)) {
    const { alert, severity, threshold } = rule;
    if (threshold === undefined) continue;
    const { setting, overrides } = saidOf(measure.rules, alert, severity);
    const set = withSetting(rule, setting);
    const elsewhere = overrides.map(({ matchers, setting }): LineElsewhere => ({
      severity: setting.severity ?? severity,
      matchers: matchers.map(printMatcher).join(","),
      ofTargets: matchers.every(({ label }) => targetLabels.has(label)),
      ...(setting.enabled !== false && { value: setting.threshold ?? threshold }),
    }));
    if (set === undefined && elsewhere.every(({ value }) => value === undefined)) continue;
    const all = [...lines[alert]?.elsewhere ?? [], ...elsewhere];
    lines[alert] = {
      ...lines[alert],
      ...(set && { [set.severity]: threshold }),
      ...(all.length > 0 && { elsewhere: all }),
    };
  }
  return lines;
}

function labelsOfTargets({ hosts, jobs, probes }: Measure): ReadonlySet<string> {
  const given = [...hosts, ...jobs, ...probes].flatMap(({ labels }) => Object.keys(labels));
  return new Set(["instance", "job", "kind", "target", ...given]);
}
