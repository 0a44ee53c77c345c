/** The permanent rule that `deno task smoke` triggers through the webhook, to see an alert make its whole way. */

import type { RuleFamily } from "./rule.ts";
import { settableAlert } from "./settable_alert.ts";

/** Fires as long as a drill is active; it has no `for`, so that it travels as fast as the intervals allow. */
export const drillRules: RuleFamily = {
  name: "drill",
  needs: "webhook",
  rules: (context) => [
    settableAlert(context, {
      alert: "VigieDrill",
      severity: "info",
      line: {},
      expr: () => "vigie_drill_active == 1",
      summary: {
        fr: "Exercice {{ $labels.drill }} : tout va bien",
        en: "Drill {{ $labels.drill }}: all is well",
      },
      description: () => ({
        fr: "Alerte d'essai lancée pour vérifier que les alertes arrivent. Il n'y a rien à faire.",
        en: "Test alert, sent to prove that alerts arrive. There is nothing to do.",
      }),
      dashboard: { uid: "vigie-alerts", variables: [] },
    }),
  ],
};
