/** Alerts about Alertmanager: its configuration, and what it tells. One that is down is a target that is down. */

import type { Text } from "../../lib/text.ts";
import { type AlertRule, atLeast, type RecordingRule, type RuleContext, type RuleFamily } from "./rule.ts";
import { type LineWords, PERCENT, settableAlert } from "./settable_alert.ts";
import { VALUE } from "./words.ts";

const DASHBOARD = { uid: "vigie-stack", variables: [] };

/** An Alertmanager that tells nobody. */
export const alertmanagerRules: RuleFamily = {
  name: "alertmanager",
  needs: "alertmanager",
  rules: (context) => [
    notificationsFailed(context),
    settableAlert(context, {
      alert: "AlertmanagerReloadFailed",
      severity: "critical",
      line: { for: "5m" },
      expr: () => 'alertmanager_config_last_reload_successful{job="alertmanager"} == 0',
      summary: { fr: "Alertmanager refuse sa configuration", en: "Alertmanager refuses its configuration" },
      description: () => ({
        fr:
          "Il tourne encore avec l'ancienne et ne démarrerait plus. La cause est dans son journal : deno task logs alertmanager",
        en:
          "It still runs with the old one and would not start again. Its log says why: deno task logs alertmanager",
      }),
      dashboard: DASHBOARD,
    }),
    ...notifications(context),
  ],
};

const FAILED = "integration:alertmanager_notifications_failed:ratio";

function notificationsFailed(context: RuleContext): RecordingRule {
  // Notifications are hours apart: a short window would hold none. What is not used gives no number.
  const window = atLeast("15m", context);
  return {
    record: FAILED,
    expr:
      `sum without (reason) (rate(alertmanager_notifications_failed_total{job="alertmanager"}[${window}])) / rate(alertmanager_notifications_total{job="alertmanager"}[${window}])`,
  };
}

function notifications(context: RuleContext): AlertRule[] {
  const summary = {
    fr: "Alertmanager n'arrive pas à prévenir par {{ $labels.integration }}",
    en: "Alertmanager cannot notify by {{ $labels.integration }}",
  };
  const description = (more: Text) => ({ limit }: LineWords): Text => ({
    fr:
      `${VALUE.fr} % des notifications par {{ $labels.integration }} échouent (${limit.fr})${more.fr}. La cause est dans son journal : deno task logs alertmanager`,
    en:
      `${VALUE.en}% of the notifications by {{ $labels.integration }} fail (${limit.en})${more.en}. Its log says why: deno task logs alertmanager`,
  });
  return [
    settableAlert(context, {
      alert: "AlertmanagerNotificationsFailing",
      severity: "warning",
      line: { threshold: 1, for: "5m" },
      unit: PERCENT,
      expr: (percent) => `100 * ${FAILED} > ${percent}`,
      summary,
      description: description({ fr: "", en: "" }),
      dashboard: DASHBOARD,
    }),
    settableAlert(context, {
      alert: "AlertmanagerNotificationsFailing",
      severity: "critical",
      line: { threshold: 1, for: "5m" },
      unit: PERCENT,
      expr: (percent) =>
        `100 * ${FAILED} > ${percent} and on (instance) 100 * min without (integration) (${FAILED}) > ${percent}`,
      summary,
      description: description({
        fr: ", et aucun autre moyen ne fonctionne mieux",
        en: ", and no other means works better",
      }),
      dashboard: DASHBOARD,
    }),
  ];
}
