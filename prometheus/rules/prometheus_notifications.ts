/** Alerts about what Prometheus tells Alertmanager. */

import { type AlertRule, atLeast, type RuleContext, type RuleFamily } from "./rule.ts";
import { PERCENT, settableAlert } from "./settable_alert.ts";
import { VALUE } from "./words.ts";

const DASHBOARD = { uid: "vigie-stack", variables: [] };

/** Alerts that do not reach Alertmanager. */
export const prometheusNotificationRules: RuleFamily = {
  name: "prometheus-notifications",
  needs: "prometheus",
  rules: (context) => [notConnected(context), ...failing(context), queueFilling(context)],
};

function notConnected(context: RuleContext): AlertRule {
  return settableAlert(context, {
    alert: "PrometheusNotConnectedToAlertmanager",
    severity: "critical",
    line: { for: "5m" },
    expr: () => 'prometheus_notifications_alertmanagers_discovered{job="prometheus"} < 1',
    summary: {
      fr: "Prometheus ne connaît aucun Alertmanager",
      en: "Prometheus knows no Alertmanager",
    },
    description: () => ({
      fr: "Aucune alerte ne peut partir. Appliquez la configuration de nouveau : deno task up",
      en: "No alert can go out. Apply the configuration again: deno task up",
    }),
    dashboard: DASHBOARD,
  });
}

function failing(context: RuleContext): AlertRule[] {
  const window = atLeast("5m", context);
  const share =
    `100 * rate(prometheus_notifications_errors_total{job="prometheus"}[${window}]) / rate(prometheus_notifications_sent_total{job="prometheus"}[${window}])`;
  return [
    settableAlert(context, {
      alert: "PrometheusNotificationsFailing",
      severity: "warning",
      line: { threshold: 1, for: "15m" },
      unit: PERCENT,
      expr: (percent) => `${share} > ${percent}`,
      summary: {
        fr: "Prometheus n'arrive pas à transmettre toutes ses alertes",
        en: "Prometheus cannot hand over all its alerts",
      },
      description: ({ limit }) => ({
        fr:
          `${VALUE.fr} % des envois à {{ $labels.alertmanager }} échouent (${limit.fr}) : cet Alertmanager est surchargé, ou injoignable par moments.`,
        en:
          `${VALUE.en}% of what is sent to {{ $labels.alertmanager }} fails (${limit.en}): this Alertmanager is overloaded, or out of reach now and then.`,
      }),
      dashboard: DASHBOARD,
    }),
    settableAlert(context, {
      alert: "PrometheusNotificationsFailing",
      severity: "critical",
      line: { threshold: 3, for: "5m" },
      unit: PERCENT,
      expr: (percent) => `min without (alertmanager) (${share}) > ${percent}`,
      summary: {
        fr: "Prometheus n'arrive pas à transmettre ses alertes",
        en: "Prometheus cannot hand over its alerts",
      },
      description: ({ limit }) => ({
        fr:
          `Au moins ${VALUE.fr} % des envois à chaque Alertmanager échouent (${limit.fr}) : il est arrêté, surchargé ou injoignable.`,
        en:
          `At least ${VALUE.en}% of what is sent to each Alertmanager fails (${limit.en}): it is stopped, overloaded or out of reach.`,
      }),
      dashboard: DASHBOARD,
    }),
  ];
}

function queueFilling(context: RuleContext): AlertRule {
  return settableAlert(context, {
    alert: "PrometheusNotificationQueueFilling",
    severity: "warning",
    line: { threshold: 20, for: "15m" },
    unit: PERCENT,
    expr: (percent) =>
      `100 * prometheus_notifications_queue_length{job="prometheus"} / prometheus_notifications_queue_capacity{job="prometheus"} > ${percent}`,
    summary: {
      fr: "Les alertes s'accumulent dans Prometheus",
      en: "Alerts pile up in Prometheus",
    },
    description: ({ limit }) => ({
      fr:
        `Leur file est pleine à ${VALUE.fr} % (${limit.fr}) : Alertmanager les prend trop lentement. Pleine, elle perd les plus anciennes.`,
      en:
        `Their queue is ${VALUE.en}% full (${limit.en}): Alertmanager takes them too slowly. Once it is full the oldest are lost.`,
    }),
    dashboard: DASHBOARD,
  });
}
