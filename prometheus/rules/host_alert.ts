/** What the alerts about hosts have in common: the dashboard that shows them, the units of their lines. */

import type { AlertRule, RuleContext } from "./rule.ts";
import { type SettableAlert, settableAlert, type Unit, unitNamed } from "./settable_alert.ts";
import { decimal } from "./words.ts";

/** An alert about a host, before its line is known. */
export interface HostAlert extends Omit<SettableAlert, "dashboard" | "needs"> {
  /** Variables of the host dashboard that a label of the alert chooses, beside the instance. */
  readonly variables?: readonly string[];
}

/** The alert's value as a whole number: a piece of a Go template. */
export const COUNT = '{{ printf "%.0f" $value }}';

/** Seconds, shown as milliseconds: 0.05 gives `50 ms`. */
export const MILLISECONDS: Unit = unitNamed("s", (value) => {
  const { fr, en } = decimal(Number((1_000 * value).toPrecision(12)));
  return { fr: `${fr} ms`, en: `${en} ms` };
});
/** Degrees Celsius. */
export const CELSIUS: Unit = unitNamed(
  "celsius",
  (value) => ({ fr: `${decimal(value).fr} °C`, en: `${decimal(value).en} °C` }),
);

/** The alert that `spec` describes, with the line that config.ts gives it; it leads to the host dashboard. */
export function hostAlert(context: RuleContext, { variables = [], ...spec }: HostAlert): AlertRule {
  return settableAlert(context, {
    ...spec,
    dashboard: { uid: "vigie-host", variables: ["instance", ...variables] },
  });
}
