/** What the alerts about hosts have in common: a line that config.ts can move, the dashboard that shows them, the words for the line. */

import type { Text } from "../../lib/text.ts";
import { durationMs } from "../../lib/units.ts";
import type { AlertRule, AlertSeverity, Line, RuleContext } from "./rule.ts";
import { decimal, inWords, promqlNumber } from "./words.ts";

/** An alert about a host, before its line is known. */
export interface HostAlert {
  readonly alert: string;
  readonly severity: AlertSeverity;
  /** Its line when config.ts says nothing of it; without a threshold it compares with nothing settable. */
  readonly line: Partial<Line>;
  /** PromQL from the threshold, written as PromQL has it. */
  expr(threshold: string): string;
  readonly summary: Text;
  /** Its description from the words for the line. */
  description(line: LineWords): Text;
  /** The unit of the threshold: `PERCENT`; none by default. */
  readonly unit?: Unit;
  /** Variables of the host dashboard that a label of the alert chooses, beside the instance. */
  readonly variables?: readonly string[];
}

/** How a number and its unit are written. */
export type Unit = (value: number) => Text;

/** The line of an alert in words. */
export interface LineWords {
  /** `seuil : 90 % pendant 15 minutes`. */
  readonly limit: Text;
  /** `pendant 15 minutes`, `for 15 minutes`; empty for an alert that does not wait. */
  readonly during: Text;
}

/** Percent: `90 %`, `90%`. */
export const PERCENT: Unit = (value) => ({ fr: `${decimal(value).fr} %`, en: `${decimal(value).en}%` });
/** Seconds, shown as milliseconds: 0.05 gives `50 ms`. */
export const MILLISECONDS: Unit = (value) => {
  const { fr, en } = decimal(Number((1_000 * value).toPrecision(12)));
  return { fr: `${fr} ms`, en: `${en} ms` };
};
/** Degrees Celsius. */
export const CELSIUS: Unit = (value) => ({ fr: `${decimal(value).fr} °C`, en: `${decimal(value).en} °C` });

/** The alert that `spec` describes, with the line that config.ts gives it. */
export function hostAlert(context: RuleContext, spec: HostAlert): AlertRule {
  const { alert, severity, unit = decimal, variables = [] } = spec;
  const { threshold, for: wait, keepFiringFor } = context.line(alert, spec.line, severity);
  const during = wait === undefined || durationMs(wait) === 0
    ? { fr: "", en: "" }
    : { fr: `pendant ${inWords(wait).fr}`, en: `for ${inWords(wait).en}` };
  const value = unit(threshold);
  return {
    alert,
    expr: spec.expr(promqlNumber(threshold)),
    for: wait,
    keepFiringFor,
    severity,
    summary: spec.summary,
    description: spec.description({
      limit: {
        fr: `seuil : ${value.fr} ${during.fr}`.trim(),
        en: `limit: ${value.en} ${during.en}`.trim(),
      },
      during,
    }),
    threshold: spec.line.threshold === undefined ? undefined : threshold,
    dashboard: { uid: "vigie-host", variables: ["instance", ...variables] },
  };
}
