/** The rules that config.ts brings besides the stack's own. */

import type { OwnAlert, OwnRecording } from "../rule_schema.ts";
import type { Rule } from "./rule.ts";
import { textOf, waiting } from "./settings.ts";

/** Name of their group, and of the file without `.yml`. */
export const OWN_GROUP = "custom";

/** Rules as config.ts has them, their PromQL as it is written there: recordings first, as alerts use them. */
export function ownRules(alerts: readonly OwnAlert[], recordings: readonly OwnRecording[]): Rule[] {
  return [
    ...recordings,
    ...alerts.map((alert): Rule => ({
      ...alert,
      for: waiting(alert.for),
      keepFiringFor: waiting(alert.keepFiringFor),
      summary: textOf(alert.summary),
      description: textOf(alert.description),
      dashboard: typeof alert.dashboard === "string" ? { url: alert.dashboard } : alert.dashboard,
    })),
  ];
}
