import { stackRules } from "./stack.ts";
import { type AlertCase, testRules } from "../testing/rule_cases.ts";

const CASES: readonly AlertCase[] = [
  {
    alert: "Watchdog",
    series: { 'process_start_time_seconds{instance="prometheus",job="prometheus"}': "1x4 _x20" },
    moments: [{
      at: "0s",
      firing: [{
        severity: "none",
        labels: {},
        summary: { fr: "Les mesures arrivent", en: "Measurements arrive" },
        description: {
          fr:
            "Toujours active tant que Prometheus lit et range des mesures. C'est son absence qui est une panne : un service extérieur peut l'attendre.",
          en:
            "Always active as long as Prometheus reads and stores measurements. Its absence is the fault: an outside service can wait for it.",
        },
      }],
    }, { at: "2m", firing: [] }],
  },
  {
    alert: "PrometheusReloadFailed",
    series: { 'prometheus_config_last_reload_successful{instance="prometheus",job="prometheus"}': "0x40" },
    moments: [{
      at: "5m",
      firing: [{
        severity: "critical",
        labels: { instance: "prometheus", job: "prometheus" },
        summary: { fr: "Prometheus refuse sa configuration", en: "Prometheus refuses its configuration" },
        description: {
          fr:
            "Il tourne encore avec l'ancienne et ne démarrerait plus. La cause est dans son journal : deno task logs prometheus",
          en:
            "It still runs with the old one and would not start again. Its log says why: deno task logs prometheus",
        },
      }],
    }],
    quiet: [{ 'prometheus_config_last_reload_successful{instance="prometheus",job="prometheus"}': "1x40" }],
  },
  {
    alert: "PrometheusRuleFailures",
    series: {
      'prometheus_rule_evaluation_failures_total{instance="prometheus",job="prometheus",rule_group="/etc/prometheus/rules/host.yml;host"}':
        "0+1x80",
    },
    moments: [{
      at: "10m15s",
      firing: [{
        severity: "critical",
        labels: {
          instance: "prometheus",
          job: "prometheus",
          rule_group: "/etc/prometheus/rules/host.yml;host",
        },
        summary: { fr: "Des règles de Prometheus échouent", en: "Rules of Prometheus fail" },
        description: {
          fr:
            "Les règles du groupe /etc/prometheus/rules/host.yml;host ne s'évaluent plus : leurs alertes ne partiront pas. La cause est dans le journal : deno task logs prometheus",
          en:
            "Rules of the group /etc/prometheus/rules/host.yml;host cannot be evaluated: their alerts will not go out. The log says why: deno task logs prometheus",
        },
      }],
    }],
    quiet: [{
      'prometheus_rule_evaluation_failures_total{instance="prometheus",job="prometheus",rule_group="/etc/prometheus/rules/host.yml;host"}':
        "5x80",
    }],
  },
  {
    alert: "PrometheusNotConnectedToAlertmanager",
    series: {
      'prometheus_notifications_alertmanagers_discovered{instance="prometheus",job="prometheus"}': "0x40",
    },
    moments: [{
      at: "5m",
      firing: [{
        severity: "critical",
        labels: { instance: "prometheus", job: "prometheus" },
        summary: { fr: "Prometheus ne connaît aucun Alertmanager", en: "Prometheus knows no Alertmanager" },
        description: {
          fr: "Aucune alerte ne peut partir. Appliquez la configuration de nouveau : deno task up",
          en: "No alert can go out. Apply the configuration again: deno task up",
        },
      }],
    }],
    quiet: [{
      'prometheus_notifications_alertmanagers_discovered{instance="prometheus",job="prometheus"}': "1x40",
    }],
  },
  {
    alert: "PrometheusNotificationsFailing",
    series: {
      'prometheus_notifications_errors_total{alertmanager="http://127.0.0.1:9093/api/v2/alerts",instance="prometheus",job="prometheus"}':
        "0+2x60",
      'prometheus_notifications_sent_total{alertmanager="http://127.0.0.1:9093/api/v2/alerts",instance="prometheus",job="prometheus"}':
        "0+100x60",
    },
    moments: [{
      at: "5m15s",
      firing: [{
        severity: "critical",
        labels: {
          alertmanager: "http://127.0.0.1:9093/api/v2/alerts",
          instance: "prometheus",
          job: "prometheus",
        },
        summary: {
          fr: "Prometheus n'arrive pas à transmettre ses alertes",
          en: "Prometheus cannot hand over its alerts",
        },
        description: {
          fr:
            "2,0 % des envois à http://127.0.0.1:9093/api/v2/alerts échouent : Alertmanager est arrêté, surchargé ou injoignable.",
          en:
            "2.0% of what is sent to http://127.0.0.1:9093/api/v2/alerts fails: Alertmanager is stopped, overloaded or out of reach.",
        },
      }],
    }],
    quiet: [{
      'prometheus_notifications_errors_total{alertmanager="http://127.0.0.1:9093/api/v2/alerts",instance="prometheus",job="prometheus"}':
        "0+9x60",
      'prometheus_notifications_sent_total{alertmanager="http://127.0.0.1:9093/api/v2/alerts",instance="prometheus",job="prometheus"}':
        "0+1000x60",
    }, {
      'prometheus_notifications_errors_total{alertmanager="http://127.0.0.1:9093/api/v2/alerts",instance="prometheus",job="prometheus"}':
        "0x60",
      'prometheus_notifications_sent_total{alertmanager="http://127.0.0.1:9093/api/v2/alerts",instance="prometheus",job="prometheus"}':
        "0x60",
    }],
  },
  {
    alert: "AlertmanagerReloadFailed",
    series: {
      'alertmanager_config_last_reload_successful{instance="alertmanager",job="alertmanager"}': "0x40",
    },
    moments: [{
      at: "5m",
      firing: [{
        severity: "critical",
        labels: { instance: "alertmanager", job: "alertmanager" },
        summary: { fr: "Alertmanager refuse sa configuration", en: "Alertmanager refuses its configuration" },
        description: {
          fr:
            "Il tourne encore avec l'ancienne et ne démarrerait plus. La cause est dans son journal : deno task logs alertmanager",
          en:
            "It still runs with the old one and would not start again. Its log says why: deno task logs alertmanager",
        },
      }],
    }],
    quiet: [{
      'alertmanager_config_last_reload_successful{instance="alertmanager",job="alertmanager"}': "1x40",
    }],
  },
  {
    alert: "AlertmanagerNotificationsFailing",
    series: {
      'alertmanager_notifications_failed_total{instance="alertmanager",job="alertmanager",integration="email",reason="other"}':
        "0+1x60",
      'alertmanager_notifications_failed_total{instance="alertmanager",job="alertmanager",integration="email",reason="clientError"}':
        "0+1x60",
      'alertmanager_notifications_total{instance="alertmanager",job="alertmanager",integration="email"}':
        "0+100x60",
    },
    moments: [{
      at: "5m15s",
      firing: [{
        severity: "critical",
        labels: { instance: "alertmanager", integration: "email", job: "alertmanager" },
        summary: {
          fr: "Alertmanager n'arrive pas à prévenir par email",
          en: "Alertmanager cannot notify by email",
        },
        description: {
          fr:
            "2,0 % des notifications par email échouent. La cause est dans son journal : deno task logs alertmanager",
          en: "2.0% of the notifications by email fail. Its log says why: deno task logs alertmanager",
        },
      }],
    }],
    quiet: [{
      'alertmanager_notifications_failed_total{instance="alertmanager",job="alertmanager",integration="email",reason="other"}':
        "0+4x60",
      'alertmanager_notifications_failed_total{instance="alertmanager",job="alertmanager",integration="email",reason="clientError"}':
        "0+4x60",
      'alertmanager_notifications_total{instance="alertmanager",job="alertmanager",integration="email"}':
        "0+1000x60",
    }, {
      'alertmanager_notifications_failed_total{instance="alertmanager",job="alertmanager",integration="email",reason="other"}':
        "0x60",
      'alertmanager_notifications_failed_total{instance="alertmanager",job="alertmanager",integration="email",reason="clientError"}':
        "0x60",
      'alertmanager_notifications_total{instance="alertmanager",job="alertmanager",integration="email"}':
        "0x60",
    }],
  },
  {
    alert: "WebhookDown",
    series: { 'up{instance="webhook",job="webhook"}': "0x20" },
    moments: [{
      at: "2m",
      firing: [{
        severity: "critical",
        labels: { instance: "webhook", job: "webhook" },
        summary: { fr: "Le webhook ne répond plus", en: "The webhook does not answer" },
        description: {
          fr:
            "Injoignable depuis 2 minutes : les alertes qui passent par lui n'arrivent plus. Pourquoi : deno task doctor",
          en:
            "Unreachable for 2 minutes: alerts that pass through it do not arrive. To find out why: deno task doctor",
        },
      }],
    }],
    quiet: [{ 'up{instance="webhook",job="webhook"}': "1x20" }],
  },
  {
    alert: "WebhookDeliveriesFailing",
    series: {
      'vigie_webhook_deliveries_total{channel="oncall",instance="webhook",job="webhook",result="failed"}':
        "0x3 1x20",
    },
    moments: [{
      at: "2m",
      firing: [{
        severity: "critical",
        labels: { channel: "oncall", instance: "webhook", job: "webhook", result: "failed" },
        summary: {
          fr: "Le webhook n'arrive pas à livrer par oncall",
          en: "The webhook cannot deliver by oncall",
        },
        description: {
          fr:
            "Au moins une notification n'est pas arrivée à destination et n'est plus essayée. Pourquoi, et comment la renvoyer : deno task dead-letters",
          en:
            "At least one notification did not reach its destination and is not tried any more. Why, and how to send it again: deno task dead-letters",
        },
      }],
    }],
    quiet: [{
      'vigie_webhook_deliveries_total{channel="oncall",instance="webhook",job="webhook",result="failed"}':
        "1x20",
    }, {
      'vigie_webhook_deliveries_total{channel="oncall",instance="webhook",job="webhook",result="delivered"}':
        "0+1x20",
    }],
  },
  {
    alert: "WebhookNotReady",
    series: { 'vigie_webhook_ready{instance="webhook",job="webhook"}': "0x20" },
    moments: [{
      at: "1m",
      firing: [{
        severity: "critical",
        labels: { instance: "webhook", job: "webhook" },
        summary: { fr: "Le webhook n'accepte plus d'alertes", en: "The webhook does not accept alerts" },
        description: {
          fr:
            "Il répond, mais ne peut pas garder ce qu'on lui envoie : Alertmanager réessaie. Le plus souvent le disque est plein. Pourquoi : curl URL_DU_WEBHOOK/ready",
          en:
            "It answers, but cannot keep what it is sent: Alertmanager tries again. Most often the disk is full. To find out why: curl WEBHOOK_URL/ready",
        },
      }],
    }],
    quiet: [{ 'vigie_webhook_ready{instance="webhook",job="webhook"}': "1x20" }],
  },
  {
    alert: "WebhookQueueStuck",
    series: {
      'vigie_webhook_queue_oldest_age_seconds{channel="oncall",instance="webhook",job="webhook"}': "0+15x120",
      'vigie_webhook_consecutive_failures{channel="oncall",instance="webhook",job="webhook"}': "0 1x120",
      'vigie_webhook_queue_oldest_age_seconds{channel="other",instance="webhook",job="webhook"}': "0x120",
      'vigie_webhook_consecutive_failures{channel="other",instance="webhook",job="webhook"}': "0x120",
    },
    moments: [{
      at: "20m15s",
      firing: [{
        severity: "critical",
        labels: { channel: "oncall", instance: "webhook", job: "webhook" },
        summary: {
          fr: "Des alertes attendent le canal oncall",
          en: "Alerts wait for the channel oncall",
        },
        description: {
          fr:
            "La plus ancienne attend depuis 20m 15s : la destination ne répond pas ou refuse. Rien n'est perdu, tout sera livré à son retour. La cause est dans son journal : deno task logs webhook",
          en:
            "The oldest has waited for 20m 15s: the destination does not answer or refuses. Nothing is lost, all is delivered when it is back. Its log says why: deno task logs webhook",
        },
      }],
    }],
    quiet: [{
      // A group that is flapping waits for its rest.
      'vigie_webhook_queue_oldest_age_seconds{channel="oncall",instance="webhook",job="webhook"}': "0+15x120",
      'vigie_webhook_consecutive_failures{channel="oncall",instance="webhook",job="webhook"}': "0x120",
    }, {
      'vigie_webhook_queue_oldest_age_seconds{channel="oncall",instance="webhook",job="webhook"}': "900x120",
      'vigie_webhook_consecutive_failures{channel="oncall",instance="webhook",job="webhook"}': "9x120",
    }],
  },
  {
    alert: "WebhookDeadLetters",
    series: { 'vigie_webhook_dead_letters{channel="oncall",instance="webhook",job="webhook"}': "3x60" },
    moments: [{
      at: "10m",
      firing: [{
        severity: "info",
        labels: { channel: "oncall", instance: "webhook", job: "webhook" },
        summary: {
          fr: "Messages non remis au canal oncall",
          en: "Undelivered messages for the channel oncall",
        },
        description: {
          fr: "3 à lire et à renvoyer, ou à laisser disparaître avec le temps : deno task dead-letters",
          en: "3 to be read and replayed, or left to go with time: deno task dead-letters",
        },
      }],
    }],
    quiet: [{ 'vigie_webhook_dead_letters{channel="oncall",instance="webhook",job="webhook"}': "0x60" }],
  },
  {
    alert: "WebhookJournalNearlyFull",
    series: {
      'vigie_webhook_journal_size_bytes{instance="webhook",job="webhook"}': "960x60",
      'vigie_webhook_journal_limit_bytes{instance="webhook",job="webhook"}': "1000x60",
    },
    moments: [{
      at: "10m",
      firing: [{
        severity: "critical",
        labels: { instance: "webhook", job: "webhook" },
        summary: {
          fr: "Le journal du webhook est presque plein",
          en: "The webhook's journal is nearly full",
        },
        description: {
          fr:
            "96,0 % de sa limite, et rien d'ancien ne peut partir : ce qui attend est gardé. Plein, le webhook n'accepte plus d'alertes.",
          en:
            "96.0% of its limit, and nothing old can go: what waits is kept. Once it is full the webhook accepts no alerts.",
        },
      }],
    }],
    quiet: [{
      'vigie_webhook_journal_size_bytes{instance="webhook",job="webhook"}': "950x60",
      'vigie_webhook_journal_limit_bytes{instance="webhook",job="webhook"}': "1000x60",
    }],
  },
  {
    alert: "WebhookBodiesQuarantined",
    series: {
      'vigie_webhook_quarantined_total{instance="webhook",job="webhook",reason="not_json"}': "0x3 1x100",
    },
    moments: [{
      at: "1m",
      firing: [{
        severity: "warning",
        labels: { instance: "webhook", job: "webhook", reason: "not_json" },
        summary: {
          fr: "Le webhook reçoit ce qu'il ne comprend pas",
          en: "The webhook is sent what it does not understand",
        },
        description: {
          fr:
            "Motif : not_json. Si c'était une alerte, personne n'est prévenu. Ce qui est arrivé est gardé : /api/v1/quarantine",
          en: "Reason: not_json. If it was an alert, nobody is told. What came is kept: /api/v1/quarantine",
        },
      }],
    }, { at: "15m45s", firing: [] }],
    quiet: [{
      'vigie_webhook_quarantined_total{instance="webhook",job="webhook",reason="not_json"}': "1x100",
    }],
  },
  {
    alert: "WebhookWatchdogMissing",
    series: { 'vigie_webhook_watchdog_missing{instance="webhook",job="webhook"}': "1x20" },
    moments: [{
      at: "1m",
      firing: [{
        severity: "critical",
        labels: { instance: "webhook", job: "webhook" },
        summary: {
          fr: "Les alertes n'arrivent plus au webhook",
          en: "Alerts do not arrive at the webhook any more",
        },
        description: {
          fr:
            "L'alerte Watchdog, toujours active, n'est pas venue à temps : le chemin de Prometheus par Alertmanager est coupé. Pourquoi : deno task doctor",
          en:
            "The alert Watchdog, which always fires, did not come in time: the way from Prometheus through Alertmanager is cut. To find out why: deno task doctor",
        },
      }],
    }],
    quiet: [{ 'vigie_webhook_watchdog_missing{instance="webhook",job="webhook"}': "0x20" }],
  },
  {
    alert: "WebhookReloadFailed",
    series: { 'vigie_webhook_config_last_reload_successful{instance="webhook",job="webhook"}': "0x40" },
    moments: [{
      at: "5m",
      firing: [{
        severity: "warning",
        labels: { instance: "webhook", job: "webhook" },
        summary: { fr: "Le webhook refuse sa configuration", en: "The webhook refuses its configuration" },
        description: {
          fr:
            "Il tourne encore avec l'ancienne et ne démarrerait plus. La cause est dans son journal : deno task logs webhook",
          en:
            "It still runs with the old one and would not start again. Its log says why: deno task logs webhook",
        },
      }],
    }],
    quiet: [{ 'vigie_webhook_config_last_reload_successful{instance="webhook",job="webhook"}': "1x40" }],
  },
  {
    alert: "GrafanaDown",
    series: { 'up{instance="grafana",job="grafana"}': "0x20" },
    moments: [{
      at: "2m",
      firing: [{
        severity: "warning",
        labels: { instance: "grafana", job: "grafana" },
        summary: { fr: "Grafana ne répond plus", en: "Grafana does not answer" },
        description: {
          fr:
            "Injoignable depuis 2 minutes : les tableaux de bord ne s'affichent plus ; les alertes, elles, fonctionnent. Pourquoi : deno task doctor",
          en:
            "Unreachable for 2 minutes: dashboards do not show; alerts still work. To find out why: deno task doctor",
        },
      }],
    }],
    quiet: [{ 'up{instance="grafana",job="grafana"}': "1x20" }],
  },
];

testRules(stackRules, CASES);
