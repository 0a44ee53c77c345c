/** An alert whose line config.ts can move, and the words for that line. */

import type { Text } from "../../lib/text.ts";
import { durationMs } from "../../lib/units.ts";
import type { AlertRule, Line, RuleContext } from "./rule.ts";
import { decimal, inWords, promqlNumber } from "./words.ts";

/** An alert before its line is known. */
export interface SettableAlert extends Pick<AlertRule, "alert" | "severity" | "summary" | "needs"> {
  /** Its line when config.ts says nothing of it; without a threshold it compares with nothing settable. */
  readonly line: Partial<Line>;
  /** PromQL from the threshold, written as PromQL has it. */
  expr(threshold: string): string;
  /** Its description from the words for the line. */
  description(line: LineWords): Text;
  /** How the threshold and its unit are written; as a bare number by default. */
  readonly unit?: Unit;
  readonly dashboard: NonNullable<AlertRule["dashboard"]>;
}

/** How a number and its unit are written. */
export type Unit = ((value: number) => Text) & {
  /** Grafana's name of the unit, for graphs. */
  readonly grafana?: string;
};

/** A unit, and Grafana's name of it. */
export function unitNamed(grafana: string, write: (value: number) => Text): Unit {
  return Object.assign(write, { grafana });
}

/** The line of an alert in words. */
export interface LineWords {
  /** `seuil : 90 % pendant 15 minutes`, `limit: 90% for 15 minutes`. */
  readonly limit: Text;
  /** After what has gone wrong, with the space before it: ` depuis 2 minutes`, ` for 2 minutes`; empty for an alert that does not wait. */
  readonly since: Text;
}

/** Percent: `90 %`, `90%`. */
export const PERCENT: Unit = unitNamed(
  "percent",
  (value) => ({ fr: `${decimal(value).fr} %`, en: `${decimal(value).en}%` }),
);

/** Seconds in words: 90 gives `1 minute 30 secondes`; parts of a second as a number: `0,5 s`. */
export const SECONDS: Unit = unitNamed("s", (value) => {
  if (Number.isInteger(value)) return inWords(`${value}s`);
  return { fr: `${decimal(value).fr} s`, en: `${decimal(value).en} s` };
});

/** Days: `3 jours`, `3 days`. */
export const DAYS: Unit = unitNamed(
  "d",
  (value) => ({ fr: `${decimal(value).fr} jours`, en: `${decimal(value).en} days` }),
);

/** The alert that `spec` describes, with the line that config.ts gives it. */
export function settableAlert(context: RuleContext, spec: SettableAlert): AlertRule {
  const { alert, severity, summary, needs, dashboard, unit = decimal } = spec;
  const { threshold, for: wait, keepFiringFor } = context.line(alert, spec.line, severity);
  const waits = wait !== undefined && durationMs(wait) > 0;
  const words = waits ? inWords(wait) : undefined;
  const value = unit(threshold);
  return {
    alert,
    expr: spec.expr(promqlNumber(threshold)),
    for: wait,
    keepFiringFor,
    severity,
    summary,
    description: spec.description({
      limit: {
        fr: `seuil : ${value.fr}${words ? ` pendant ${words.fr}` : ""}`,
        en: `limit: ${value.en}${words ? ` for ${words.en}` : ""}`,
      },
      since: { fr: words ? ` depuis ${words.fr}` : "", en: words ? ` for ${words.en}` : "" },
    }),
    needs,
    threshold: spec.line.threshold === undefined ? undefined : threshold,
    unit: spec.unit?.grafana,
    dashboard,
  };
}
