/** Alerts about the monitoring itself: who watches the watchers. */

import { durationMs } from "../../lib/units.ts";
import { type AlertRule, atLeast, type RuleContext, type RuleFamily } from "./rule.ts";
import { webhookRules } from "./stack_webhook.ts";
import { inWords, VALUE } from "./words.ts";

/** Prometheus, Alertmanager, the webhook and Grafana. */
export const stackRules: RuleFamily = {
  name: "stack",
  rules: (context) => [
    watchdog(context),
    ...prometheus(context),
    ...alertmanager(context),
    ...webhookRules(context),
    grafanaDown(context),
  ],
};

function watchdog({ scrapeInterval }: RuleContext): AlertRule {
  const staleSeconds = Math.max(60, 4 * durationMs(scrapeInterval) / 1_000);
  return {
    alert: "Watchdog",
    // vector(1) would go on firing while nothing is scraped or stored any more.
    expr: `time() - max(timestamp(process_start_time_seconds{job="prometheus"})) < ${staleSeconds}`,
    severity: "none",
    summary: { fr: "Les mesures arrivent", en: "Measurements arrive" },
    description: {
      fr:
        "Toujours active tant que Prometheus lit et range des mesures. C'est son absence qui est une panne : un service extérieur peut l'attendre.",
      en:
        "Always active as long as Prometheus reads and stores measurements. Its absence is the fault: an outside service can wait for it.",
    },
  };
}

function prometheus(context: RuleContext): AlertRule[] {
  const window = atLeast("5m", context);
  return [
    {
      alert: "PrometheusReloadFailed",
      expr: 'prometheus_config_last_reload_successful{job="prometheus"} == 0',
      for: "5m",
      severity: "critical",
      summary: {
        fr: "Prometheus refuse sa configuration",
        en: "Prometheus refuses its configuration",
      },
      description: {
        fr:
          "Il tourne encore avec l'ancienne et ne démarrerait plus. La cause est dans son journal : deno task logs prometheus",
        en:
          "It still runs with the old one and would not start again. Its log says why: deno task logs prometheus",
      },
    },
    {
      alert: "PrometheusRuleFailures",
      expr: `increase(prometheus_rule_evaluation_failures_total{job="prometheus"}[${window}]) > 0`,
      for: "10m",
      severity: "critical",
      summary: {
        fr: "Des règles de Prometheus échouent",
        en: "Rules of Prometheus fail",
      },
      description: {
        fr:
          "Les règles du groupe {{ $labels.rule_group }} ne s'évaluent plus : leurs alertes ne partiront pas. La cause est dans le journal : deno task logs prometheus",
        en:
          "Rules of the group {{ $labels.rule_group }} cannot be evaluated: their alerts will not go out. The log says why: deno task logs prometheus",
      },
    },
    {
      alert: "PrometheusNotConnectedToAlertmanager",
      expr: 'prometheus_notifications_alertmanagers_discovered{job="prometheus"} < 1',
      for: "5m",
      severity: "critical",
      summary: {
        fr: "Prometheus ne connaît aucun Alertmanager",
        en: "Prometheus knows no Alertmanager",
      },
      description: {
        fr: "Aucune alerte ne peut partir. Appliquez la configuration de nouveau : deno task up",
        en: "No alert can go out. Apply the configuration again: deno task up",
      },
    },
    {
      alert: "PrometheusNotificationsFailing",
      expr:
        `100 * rate(prometheus_notifications_errors_total{job="prometheus"}[${window}]) / rate(prometheus_notifications_sent_total{job="prometheus"}[${window}]) > 1`,
      for: "5m",
      severity: "critical",
      summary: {
        fr: "Prometheus n'arrive pas à transmettre ses alertes",
        en: "Prometheus cannot hand over its alerts",
      },
      description: {
        fr:
          `${VALUE.fr} % des envois à {{ $labels.alertmanager }} échouent : Alertmanager est arrêté, surchargé ou injoignable.`,
        en:
          `${VALUE.en}% of what is sent to {{ $labels.alertmanager }} fails: Alertmanager is stopped, overloaded or out of reach.`,
      },
    },
  ];
}

function alertmanager(context: RuleContext): AlertRule[] {
  const window = atLeast("15m", context);
  return [
    {
      alert: "AlertmanagerReloadFailed",
      expr: 'alertmanager_config_last_reload_successful{job="alertmanager"} == 0',
      for: "5m",
      severity: "critical",
      summary: {
        fr: "Alertmanager refuse sa configuration",
        en: "Alertmanager refuses its configuration",
      },
      description: {
        fr:
          "Il tourne encore avec l'ancienne et ne démarrerait plus. La cause est dans son journal : deno task logs alertmanager",
        en:
          "It still runs with the old one and would not start again. Its log says why: deno task logs alertmanager",
      },
    },
    {
      alert: "AlertmanagerNotificationsFailing",
      // Notifications are hours apart: a short window would hold none.
      expr:
        `100 * sum without (reason) (rate(alertmanager_notifications_failed_total{job="alertmanager"}[${window}])) / rate(alertmanager_notifications_total{job="alertmanager"}[${window}]) > 1`,
      for: "5m",
      severity: "critical",
      summary: {
        fr: "Alertmanager n'arrive pas à prévenir par {{ $labels.integration }}",
        en: "Alertmanager cannot notify by {{ $labels.integration }}",
      },
      description: {
        fr:
          `${VALUE.fr} % des notifications par {{ $labels.integration }} échouent. La cause est dans son journal : deno task logs alertmanager`,
        en:
          `${VALUE.en}% of the notifications by {{ $labels.integration }} fail. Its log says why: deno task logs alertmanager`,
      },
    },
  ];
}

function grafanaDown({ thresholds }: RuleContext): AlertRule {
  return {
    alert: "GrafanaDown",
    needs: "grafana",
    expr: 'up{job="grafana"} == 0',
    for: thresholds.targetDownFor,
    severity: "warning",
    summary: { fr: "Grafana ne répond plus", en: "Grafana does not answer" },
    description: {
      fr: `Injoignable depuis ${
        inWords(thresholds.targetDownFor).fr
      } : les tableaux de bord ne s'affichent plus ; les alertes, elles, fonctionnent. Pourquoi : deno task doctor`,
      en: `Unreachable for ${
        inWords(thresholds.targetDownFor).en
      }: dashboards do not show; alerts still work. To find out why: deno task doctor`,
    },
  };
}
