/** Alerts about Grafana: whether it answers, and answers well. */

import { atLeast, type RuleFamily } from "./rule.ts";
import { PERCENT, settableAlert } from "./settable_alert.ts";
import { VALUE } from "./words.ts";

const DASHBOARD = { uid: "vigie-stack", variables: [] };

/** Dashboards that cannot be seen. */
export const grafanaRules: RuleFamily = {
  name: "grafana",
  needs: "grafana",
  rules: (context) => {
    const window = atLeast("5m", context);
    const answers = (matchers: string) =>
      `sum by (instance, job, handler) (rate(grafana_http_request_duration_seconds_count{job="grafana"${matchers}}[${window}]))`;
    return [
      settableAlert(context, {
        alert: "GrafanaDown",
        severity: "warning",
        line: { for: context.thresholds.targetDownFor },
        expr: () => 'up{job="grafana"} == 0',
        summary: { fr: "Grafana ne répond plus", en: "Grafana does not answer" },
        description: ({ since }) => ({
          fr:
            `Injoignable${since.fr} : les tableaux de bord ne s'affichent plus ; les alertes, elles, fonctionnent. Pourquoi : deno task doctor`,
          en:
            `Unreachable${since.en}: dashboards do not show; alerts still work. To find out why: deno task doctor`,
        }),
        dashboard: DASHBOARD,
      }),
      settableAlert(context, {
        alert: "GrafanaErrors",
        severity: "warning",
        line: { threshold: 50, for: "5m" },
        unit: PERCENT,
        // By handler: its readiness is asked all the time, and that alone goes well long after the dashboards have failed.
        expr: (percent) => `100 * ${answers(',status_code=~"5.."')} / ${answers("")} > ${percent}`,
        summary: {
          fr: "Grafana répond par des erreurs",
          en: "Grafana answers with errors",
        },
        description: ({ limit }) => ({
          fr:
            `${VALUE.fr} % des réponses à {{ $labels.handler }} sont des erreurs 5xx (${limit.fr}). La cause est dans son journal : deno task logs grafana`,
          en:
            `${VALUE.en}% of the answers to {{ $labels.handler }} are 5xx errors (${limit.en}). Its log says why: deno task logs grafana`,
        }),
        dashboard: DASHBOARD,
      }),
    ];
  },
};
