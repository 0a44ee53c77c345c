/** Alerts about the webhook: whether it answers, accepts, keeps and delivers. */

import { type AlertRule, atLeast, type RuleContext, type RuleFamily } from "./rule.ts";
import { PERCENT, SECONDS, settableAlert } from "./settable_alert.ts";
import { COUNT, DURATION, VALUE } from "./words.ts";

const DASHBOARD = { uid: "vigie-webhook", variables: [] };
const OF_A_CHANNEL = { uid: "vigie-webhook", variables: ["channel"] };

/** Alerts that are not told, or soon will not be. */
export const webhookRules: RuleFamily = {
  name: "webhook",
  needs: "webhook",
  rules: (context) => [
    ...accepting(context),
    ...delivering(context),
    ...keeping(context),
    ...arriving(context),
  ],
};

function accepting(context: RuleContext): AlertRule[] {
  return [
    settableAlert(context, {
      alert: "WebhookDown",
      severity: "critical",
      line: { for: context.thresholds.targetDownFor },
      expr: () => 'up{job="webhook"} == 0',
      summary: { fr: "Le webhook ne répond plus", en: "The webhook does not answer" },
      description: ({ since }) => ({
        fr:
          `Injoignable${since.fr} : les alertes qui passent par lui n'arrivent plus. Pourquoi : deno task doctor`,
        en:
          `Unreachable${since.en}: alerts that pass through it do not arrive. To find out why: deno task doctor`,
      }),
      dashboard: DASHBOARD,
    }),
    settableAlert(context, {
      alert: "WebhookNotReady",
      severity: "critical",
      line: { for: "1m" },
      expr: () => 'vigie_webhook_ready{job="webhook"} == 0',
      summary: { fr: "Le webhook n'accepte plus d'alertes", en: "The webhook does not accept alerts" },
      description: () => ({
        fr:
          "Il répond, mais ne peut pas garder ce qu'on lui envoie : Alertmanager réessaie. Le plus souvent le disque est plein. Pourquoi : curl URL_DU_WEBHOOK/ready",
        en:
          "It answers, but cannot keep what it is sent: Alertmanager tries again. Most often the disk is full. To find out why: curl WEBHOOK_URL/ready",
      }),
      dashboard: DASHBOARD,
    }),
    settableAlert(context, {
      alert: "WebhookReloadFailed",
      severity: "warning",
      line: { for: "5m" },
      expr: () => 'vigie_webhook_config_last_reload_successful{job="webhook"} == 0',
      summary: { fr: "Le webhook refuse sa configuration", en: "The webhook refuses its configuration" },
      description: () => ({
        fr:
          "Il tourne encore avec l'ancienne et ne démarrerait plus. La cause est dans son journal : deno task logs webhook",
        en:
          "It still runs with the old one and would not start again. Its log says why: deno task logs webhook",
      }),
      dashboard: DASHBOARD,
    }),
    settableAlert(context, {
      alert: "WebhookBodiesQuarantined",
      severity: "warning",
      line: {},
      expr: () => `increase(vigie_webhook_quarantined_total{job="webhook"}[${atLeast("15m", context)}]) > 0`,
      summary: {
        fr: "Le webhook reçoit ce qu'il ne comprend pas",
        en: "The webhook is sent what it does not understand",
      },
      description: () => ({
        fr:
          "Motif : {{ $labels.reason }}. Si c'était une alerte, personne n'est prévenu. Ce qui est arrivé est gardé : /api/v1/quarantine",
        en:
          "Reason: {{ $labels.reason }}. If it was an alert, nobody is told. What came is kept: /api/v1/quarantine",
      }),
      dashboard: DASHBOARD,
    }),
  ];
}

function delivering(context: RuleContext): AlertRule[] {
  const window = atLeast("10m", context);
  return [
    settableAlert(context, {
      alert: "WebhookDeliveriesFailing",
      severity: "critical",
      line: { for: "1m" },
      expr: () => `increase(vigie_webhook_deliveries_total{job="webhook",result="failed"}[${window}]) > 0`,
      summary: {
        fr: "Le webhook n'arrive pas à livrer par {{ $labels.channel }}",
        en: "The webhook cannot deliver by {{ $labels.channel }}",
      },
      description: () => ({
        fr:
          "Au moins une notification n'est pas arrivée à destination et n'est plus essayée. Pourquoi, et comment la renvoyer : deno task dead-letters",
        en:
          "At least one notification did not reach its destination and is not tried any more. Why, and how to send it again: deno task dead-letters",
      }),
      dashboard: OF_A_CHANNEL,
    }),
    settableAlert(context, {
      alert: "WebhookChannelPaused",
      severity: "warning",
      line: { for: "5m" },
      expr: () => 'vigie_webhook_circuit_open{job="webhook"} == 1',
      summary: {
        fr: "Le canal {{ $labels.channel }} est mis en pause",
        en: "The channel {{ $labels.channel }} is paused",
      },
      description: ({ since }) => ({
        fr:
          `La destination échoue sans cesse${since.fr} : elle n'est plus essayée que de temps en temps. Ce qui attend est gardé. La cause : deno task logs webhook`,
        en:
          `Its destination has kept failing${since.en}: it is only tried now and then. What waits is kept. To find out why: deno task logs webhook`,
      }),
      dashboard: OF_A_CHANNEL,
    }),
    settableAlert(context, {
      alert: "WebhookQueueGrowing",
      severity: "warning",
      line: { threshold: 100, for: "10m" },
      expr: (count) =>
        `vigie_webhook_queue_depth{job="webhook"} > ${count} and deriv(vigie_webhook_queue_depth{job="webhook"}[${window}]) > 0`,
      summary: {
        fr: "La file du canal {{ $labels.channel }} s'allonge",
        en: "The queue of the channel {{ $labels.channel }} grows",
      },
      description: ({ limit }) => ({
        fr:
          `${COUNT} notifications attendent (${limit.fr}), et il en vient plus qu'il n'en part : la destination est lente, ou une alerte en produit trop.`,
        en:
          `${COUNT} notifications wait (${limit.en}), and more come than go: the destination is slow, or an alert makes too many.`,
      }),
      dashboard: OF_A_CHANNEL,
    }),
    settableAlert(context, {
      alert: "WebhookQueueStuck",
      severity: "critical",
      line: { threshold: 900, for: "5m" },
      unit: SECONDS,
      // An old queue alone may be a group that is flapping, which is told only when it rests.
      expr: (seconds) =>
        `vigie_webhook_queue_oldest_age_seconds{job="webhook"} > ${seconds} and vigie_webhook_consecutive_failures{job="webhook"} > 0`,
      summary: {
        fr: "Des alertes attendent le canal {{ $labels.channel }}",
        en: "Alerts wait for the channel {{ $labels.channel }}",
      },
      description: ({ limit }) => ({
        fr:
          `La plus ancienne attend depuis ${DURATION.fr} (${limit.fr}) : la destination ne répond pas ou refuse. Rien n'est perdu, tout sera livré à son retour. La cause est dans son journal : deno task logs webhook`,
        en:
          `The oldest has waited for ${DURATION.en} (${limit.en}): the destination does not answer or refuses. Nothing is lost, all is delivered when it is back. Its log says why: deno task logs webhook`,
      }),
      dashboard: OF_A_CHANNEL,
    }),
    settableAlert(context, {
      alert: "WebhookDeadLetters",
      severity: "info",
      line: { threshold: 0, for: "10m" },
      expr: (count) => `vigie_webhook_dead_letters{job="webhook"} > ${count}`,
      summary: {
        fr: "Messages non remis au canal {{ $labels.channel }}",
        en: "Undelivered messages for the channel {{ $labels.channel }}",
      },
      description: () => ({
        fr: `${COUNT} à lire et à renvoyer, ou à laisser disparaître avec le temps : deno task dead-letters`,
        en: `${COUNT} to be read and replayed, or left to go with time: deno task dead-letters`,
      }),
      dashboard: OF_A_CHANNEL,
    }),
  ];
}

function keeping(context: RuleContext): AlertRule[] {
  return [
    settableAlert(context, {
      alert: "WebhookJournalNearlyFull",
      severity: "critical",
      line: { threshold: 95, for: "10m" },
      unit: PERCENT,
      // From nine tenths on old history goes by itself: above, what is there is not allowed to go.
      expr: (percent) =>
        `100 * vigie_webhook_journal_size_bytes{job="webhook"} / vigie_webhook_journal_limit_bytes{job="webhook"} > ${percent}`,
      summary: { fr: "Le journal du webhook est presque plein", en: "The webhook's journal is nearly full" },
      description: ({ limit }) => ({
        fr:
          `Plein à ${VALUE.fr} % (${limit.fr}), et rien d'ancien ne peut partir : ce qui attend est gardé. Une fois plein, le webhook n'accepte plus d'alertes.`,
        en:
          `${VALUE.en}% full (${limit.en}), and nothing old can go: what waits is kept. Once it is full the webhook accepts no alerts.`,
      }),
      dashboard: DASHBOARD,
    }),
    settableAlert(context, {
      alert: "WebhookJournalSalvaged",
      severity: "warning",
      line: { threshold: 21_600 },
      unit: SECONDS,
      // It happens in a moment: the line says how long afterwards it is still told.
      expr: (seconds) =>
        `vigie_webhook_journal_salvaged_timestamp_seconds{job="webhook"} > time() - ${seconds}`,
      summary: { fr: "Le journal du webhook était abîmé", en: "The webhook's journal was damaged" },
      description: () => ({
        fr:
          `Le {{ (toTime $value).Format "02/01/2006 à 15:04" }} UTC, il a été mis de côté et ce qui en était lisible repris : une alerte a pu se perdre. Vérifiez le disque : dmesg, smartctl`,
        en:
          `On {{ (toTime $value).Format "2006-01-02 at 15:04" }} UTC it was set aside and what could be read of it taken over: an alert may have been lost. Check the disk: dmesg, smartctl`,
      }),
      dashboard: DASHBOARD,
    }),
  ];
}

function arriving(context: RuleContext): AlertRule[] {
  return [
    settableAlert(context, {
      alert: "WebhookWatchdogMissing",
      severity: "critical",
      line: { for: "1m" },
      expr: () => 'vigie_webhook_watchdog_missing{job="webhook"} == 1',
      summary: {
        fr: "Les alertes n'arrivent plus au webhook",
        en: "Alerts do not arrive at the webhook any more",
      },
      description: () => ({
        fr:
          "L'alerte Watchdog, toujours active, n'est pas venue à temps : le chemin de Prometheus par Alertmanager est coupé. Pourquoi : deno task doctor",
        en:
          "The alert Watchdog, which always fires, did not come in time: the way from Prometheus through Alertmanager is cut. To find out why: deno task doctor",
      }),
      dashboard: DASHBOARD,
    }),
  ];
}
