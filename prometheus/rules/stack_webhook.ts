/** Alerts about the webhook, a part of those about the monitoring itself. */

import { type AlertRule, atLeast, type RuleContext } from "./rule.ts";
import { inWords, VALUE } from "./words.ts";

/** Whether it answers, accepts, and delivers. */
export function webhookRules(context: RuleContext): AlertRule[] {
  const { targetDownFor } = context.thresholds;
  return [
    {
      alert: "WebhookDown",
      expr: 'up{job="webhook"} == 0',
      for: targetDownFor,
      severity: "critical",
      summary: { fr: "Le webhook ne répond plus", en: "The webhook does not answer" },
      description: {
        fr: `Injoignable depuis ${
          inWords(targetDownFor).fr
        } : les alertes qui passent par lui n'arrivent plus. Pourquoi : deno task doctor`,
        en: `Unreachable for ${
          inWords(targetDownFor).en
        }: alerts that pass through it do not arrive. To find out why: deno task doctor`,
      },
    },
    {
      alert: "WebhookDeliveriesFailing",
      expr: `increase(vigie_webhook_deliveries_total{job="webhook",result="failed"}[${
        atLeast("10m", context)
      }]) > 0`,
      for: "1m",
      severity: "critical",
      summary: {
        fr: "Le webhook n'arrive pas à livrer par {{ $labels.channel }}",
        en: "The webhook cannot deliver by {{ $labels.channel }}",
      },
      description: {
        fr:
          "Au moins une notification n'est pas arrivée à destination et n'est plus essayée. Pourquoi, et comment la renvoyer : deno task dead-letters",
        en:
          "At least one notification did not reach its destination and is not tried any more. Why, and how to send it again: deno task dead-letters",
      },
    },
    ...keeping(context),
    {
      alert: "WebhookReloadFailed",
      expr: 'vigie_webhook_config_last_reload_successful{job="webhook"} == 0',
      for: "5m",
      severity: "warning",
      summary: {
        fr: "Le webhook refuse sa configuration",
        en: "The webhook refuses its configuration",
      },
      description: {
        fr:
          "Il tourne encore avec l'ancienne et ne démarrerait plus. La cause est dans son journal : deno task logs webhook",
        en:
          "It still runs with the old one and would not start again. Its log says why: deno task logs webhook",
      },
    },
  ];
}

/** What the webhook has accepted and not delivered, and whether it can accept. */
function keeping(context: RuleContext): AlertRule[] {
  return [
    {
      alert: "WebhookNotReady",
      expr: 'vigie_webhook_ready{job="webhook"} == 0',
      for: "1m",
      severity: "critical",
      summary: { fr: "Le webhook n'accepte plus d'alertes", en: "The webhook does not accept alerts" },
      description: {
        fr:
          "Il répond, mais ne peut pas garder ce qu'on lui envoie : Alertmanager réessaie. Le plus souvent le disque est plein. Pourquoi : curl URL_DU_WEBHOOK/ready",
        en:
          "It answers, but cannot keep what it is sent: Alertmanager tries again. Most often the disk is full. To find out why: curl WEBHOOK_URL/ready",
      },
    },
    {
      alert: "WebhookQueueStuck",
      // An old queue alone may be a group that is flapping, which is told only when it rests.
      expr:
        'vigie_webhook_queue_oldest_age_seconds{job="webhook"} > 900 and vigie_webhook_consecutive_failures{job="webhook"} > 0',
      for: "5m",
      severity: "critical",
      summary: {
        fr: "Des alertes attendent le canal {{ $labels.channel }}",
        en: "Alerts wait for the channel {{ $labels.channel }}",
      },
      description: {
        fr:
          "La plus ancienne attend depuis {{ humanizeDuration $value }} : la destination ne répond pas ou refuse. Rien n'est perdu, tout sera livré à son retour. La cause est dans son journal : deno task logs webhook",
        en:
          "The oldest has waited for {{ humanizeDuration $value }}: the destination does not answer or refuses. Nothing is lost, all is delivered when it is back. Its log says why: deno task logs webhook",
      },
    },
    {
      alert: "WebhookDeadLetters",
      expr: 'vigie_webhook_dead_letters{job="webhook"} > 0',
      for: "10m",
      severity: "info",
      summary: {
        fr: "Messages non remis au canal {{ $labels.channel }}",
        en: "Undelivered messages for the channel {{ $labels.channel }}",
      },
      description: {
        fr:
          '{{ printf "%.0f" $value }} à lire et à renvoyer, ou à laisser disparaître avec le temps : deno task dead-letters',
        en:
          '{{ printf "%.0f" $value }} to be read and replayed, or left to go with time: deno task dead-letters',
      },
    },
    {
      alert: "WebhookJournalNearlyFull",
      // From nine tenths on old history goes by itself: above, what is there is not allowed to go.
      expr:
        '100 * vigie_webhook_journal_size_bytes{job="webhook"} / vigie_webhook_journal_limit_bytes{job="webhook"} > 95',
      for: "10m",
      severity: "critical",
      summary: { fr: "Le journal du webhook est presque plein", en: "The webhook's journal is nearly full" },
      description: {
        fr:
          `${VALUE.fr} % de sa limite, et rien d'ancien ne peut partir : ce qui attend est gardé. Plein, le webhook n'accepte plus d'alertes.`,
        en:
          `${VALUE.en}% of its limit, and nothing old can go: what waits is kept. Once it is full the webhook accepts no alerts.`,
      },
    },
    {
      alert: "WebhookBodiesQuarantined",
      expr: `increase(vigie_webhook_quarantined_total{job="webhook"}[${atLeast("15m", context)}]) > 0`,
      severity: "warning",
      summary: {
        fr: "Le webhook reçoit ce qu'il ne comprend pas",
        en: "The webhook is sent what it does not understand",
      },
      description: {
        fr:
          "Motif : {{ $labels.reason }}. Si c'était une alerte, personne n'est prévenu. Ce qui est arrivé est gardé : /api/v1/quarantine",
        en:
          "Reason: {{ $labels.reason }}. If it was an alert, nobody is told. What came is kept: /api/v1/quarantine",
      },
    },
    {
      alert: "WebhookWatchdogMissing",
      expr: 'vigie_webhook_watchdog_missing{job="webhook"} == 1',
      for: "1m",
      severity: "critical",
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
    },
  ];
}
