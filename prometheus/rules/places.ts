/** Where the reader of an alert goes on from it: its dashboard and its runbook. */

import type { Measure } from "../schema.ts";
import { contextOf } from "./configured.ts";
import { FAMILIES } from "./mod.ts";
import { ownRules } from "./own.ts";
import { type AlertRule, isAlert } from "./rule.ts";
import { saidOf, withSetting } from "./settings.ts";

/** The places of an alert; what it does not have is left out. */
export interface AlertPlaces {
  /** The dashboard of the stack's that shows it, and which of its labels choose the dashboard's variables of the same name. */
  readonly dashboard?: { readonly uid: string; readonly variables: readonly string[] };
  /** URL of what to do about it. */
  readonly runbookUrl?: string;
}

/**
 * The places of every alert, by its name: those of the stack's own that are not switched off, and those that config.ts brings.
 *
 * @param runbookUrl URL of the runbooks, no trailing slash: the page of an alert of the stack's own lies below it, under its name.
 */
export function alertPlaces(measure: Measure, runbookUrl: string): Record<string, AlertPlaces> {
  const context = contextOf(measure, [], "");
  const shipped = FAMILIES.flatMap((family) => family.rules(context)).filter(isAlert).flatMap((rule) =>
    withSetting(rule, saidOf(measure.rules, rule.alert, rule.severity).setting) ?? []
  );
  const own = ownRules(measure.alerts, []).filter(isAlert);
  return Object.fromEntries([
    ...shipped.map((rule) => [rule.alert, placesOf(rule, `${runbookUrl}/${rule.alert}`)]),
    ...own.map((rule) => [rule.alert, placesOf(rule, undefined)]),
  ]);
}

function placesOf(
  { dashboard, runbook }: Pick<AlertRule, "dashboard" | "runbook">,
  runbookUrl: string | undefined,
): AlertPlaces {
  return {
    ...(dashboard && "uid" in dashboard && { dashboard }),
    ...(runbook ?? runbookUrl) === undefined ? {} : { runbookUrl: runbook ?? runbookUrl },
  };
}
