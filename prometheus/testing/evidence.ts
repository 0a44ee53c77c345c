/** Whether the cases of a family prove what must be proved of every alert. */

import { durationMs } from "../../lib/units.ts";
import type { AlertRule, AlertSeverity } from "../rules/rule.ts";
import type { AlertCase } from "./rule_cases.ts";

/**
 * What no case shows of an alert, a sentence each. Of each alert, in each severity that it comes in, there must be a case in which
 *
 * - it fires;
 * - it ends: a later moment at which it does not fire any more;
 * - it stays quiet throughout, just below its line: `quiet` series of the alert, or a case in which it comes in another severity only.
 *
 * That it does not fire before its time needs no case of its own: promtool looks one evaluation before each moment.
 */
export function lacking(alerts: readonly AlertRule[], cases: readonly AlertCase[]): string[] {
  const known = new Set(alerts.map(({ alert }) => alert));
  return [
    ...alerts.flatMap((rule) => lackingOf(rule, cases.filter(({ alert }) => alert === rule.alert))),
    ...cases.filter(({ alert }) => !known.has(alert)).map(({ alert }) =>
      `${alert}: there is no such alert, but a case of it`
    ),
  ];
}

function lackingOf(rule: AlertRule, cases: readonly AlertCase[]): string[] {
  const { alert, severity } = rule;
  const shown = cases.map(({ moments }) => moments.map(({ firing }) => fires(firing, severity)));
  const isQuiet = cases.some((each, i) =>
    (each.quiet?.length ?? 0) > 0 || (!shown[i]!.includes(true) && isLongEnough(each, rule))
  );
  const wanted: readonly [what: string, isThere: boolean][] = [
    ["fires", shown.some((moments) => moments.includes(true))],
    ["ends: a later moment at which it does not fire", shown.some(ends)],
    ["stays quiet just below its line: `quiet` series", isQuiet],
  ];
  return wanted.filter(([, isThere]) => !isThere).map(([what]) =>
    `${alert} ${severity}: no case in which it ${what}`
  );
}

function fires(firing: readonly { readonly severity: AlertSeverity }[], severity: AlertSeverity): boolean {
  return firing.some((each) => each.severity === severity);
}

function ends(moments: readonly boolean[]): boolean {
  return moments.some((firing, i) => !firing && moments.slice(0, i).includes(true));
}

/** Whether a case looks at a moment at which the rule would have fired, had it counted from the start. */
function isLongEnough({ moments }: AlertCase, rule: AlertRule): boolean {
  return moments.some(({ at }) => durationMs(at) >= durationMs(rule.for ?? "0"));
}
