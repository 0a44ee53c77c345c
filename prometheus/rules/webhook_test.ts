import { webhookRules } from "./webhook.ts";
import { type AlertCase, testRules } from "../testing/rule_cases.ts";

const LABELS = { instance: "webhook", job: "webhook" };
const OF_ONCALL = { channel: "oncall", ...LABELS };
const own = (name: string) => `vigie_webhook_${name}{instance="webhook",job="webhook"}`;
const of = (name: string, channel = "oncall") =>
  `vigie_webhook_${name}{channel="${channel}",instance="webhook",job="webhook"}`;
const deliveries = (result: string) =>
  `vigie_webhook_deliveries_total{channel="oncall",instance="webhook",job="webhook",result="${result}"}`;

const CASES: readonly AlertCase[] = [
  {
    alert: "WebhookDown",
    series: { 'up{instance="webhook",job="webhook"}': "0x20 1x20" },
    moments: [{
      at: "2m",
      firing: [{
        severity: "critical",
        labels: LABELS,
        summary: { fr: "Le webhook ne répond plus", en: "The webhook does not answer" },
        description: {
          fr:
            "Injoignable depuis 2 minutes : les alertes qui passent par lui n'arrivent plus. Pourquoi : deno task doctor",
          en:
            "Unreachable for 2 minutes: alerts that pass through it do not arrive. To find out why: deno task doctor",
        },
      }],
    }, { at: "5m15s", firing: [] }],
    quiet: [{ 'up{instance="webhook",job="webhook"}': "1x20" }],
  },
  {
    alert: "WebhookNotReady",
    series: { [own("ready")]: "0x20 1x20" },
    moments: [{
      at: "1m",
      firing: [{
        severity: "critical",
        labels: LABELS,
        summary: { fr: "Le webhook n'accepte plus d'alertes", en: "The webhook does not accept alerts" },
        description: {
          fr:
            "Il répond, mais ne peut pas garder ce qu'on lui envoie : Alertmanager réessaie. Le plus souvent le disque est plein. Pourquoi : curl URL_DU_WEBHOOK/ready",
          en:
            "It answers, but cannot keep what it is sent: Alertmanager tries again. Most often the disk is full. To find out why: curl WEBHOOK_URL/ready",
        },
      }],
    }, { at: "5m15s", firing: [] }],
    quiet: [{ [own("ready")]: "1x20" }],
  },
  {
    alert: "WebhookReloadFailed",
    series: { [own("config_last_reload_successful")]: "0x40 1x20" },
    moments: [{
      at: "5m",
      firing: [{
        severity: "warning",
        labels: LABELS,
        summary: { fr: "Le webhook refuse sa configuration", en: "The webhook refuses its configuration" },
        description: {
          fr:
            "Il tourne encore avec l'ancienne et ne démarrerait plus. La cause est dans son journal : deno task logs webhook",
          en:
            "It still runs with the old one and would not start again. Its log says why: deno task logs webhook",
        },
      }],
    }, { at: "10m15s", firing: [] }],
    quiet: [{ [own("config_last_reload_successful")]: "1x60" }],
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
        labels: { ...LABELS, reason: "not_json" },
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
    alert: "WebhookDeliveriesFailing",
    series: { [deliveries("failed")]: "0x3 1x80" },
    moments: [{
      at: "2m",
      firing: [{
        severity: "critical",
        labels: { ...OF_ONCALL, result: "failed" },
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
    }, { at: "10m45s", firing: [] }],
    quiet: [{ [deliveries("failed")]: "1x80" }, { [deliveries("delivered")]: "0+1x80" }],
  },
  {
    alert: "WebhookChannelPaused",
    series: { [of("circuit_open")]: "1x40 0x20", [of("circuit_open", "other")]: "0x60" },
    moments: [{
      at: "5m",
      firing: [{
        severity: "warning",
        labels: OF_ONCALL,
        summary: { fr: "Le canal oncall est mis en pause", en: "The channel oncall is paused" },
        description: {
          fr:
            "La destination échoue sans cesse depuis 5 minutes : elle n'est plus essayée que de temps en temps. Ce qui attend est gardé. La cause : deno task logs webhook",
          en:
            "Its destination has kept failing for 5 minutes: it is only tried now and then. What waits is kept. To find out why: deno task logs webhook",
        },
      }],
    }, { at: "10m15s", firing: [] }],
    // A destination that is back at once.
    quiet: [{ [of("circuit_open")]: "1x18 0 1x18 0 1x18" }],
  },
  {
    alert: "WebhookQueueGrowing",
    series: { [of("queue_depth")]: "101+2x40 181x60", [of("queue_depth", "other")]: "0x100" },
    moments: [{
      at: "10m15s",
      firing: [{
        severity: "warning",
        labels: OF_ONCALL,
        summary: { fr: "La file du canal oncall s'allonge", en: "The queue of the channel oncall grows" },
        description: {
          fr:
            "181 notifications attendent (seuil : 100 pendant 10 minutes), et il en vient plus qu'il n'en part : la destination est lente, ou une alerte en produit trop.",
          en:
            "181 notifications wait (limit: 100 for 10 minutes), and more come than go: the destination is slow, or an alert makes too many.",
        },
      }],
    }, { at: "19m45s", firing: [] }],
    quiet: [
      { [of("queue_depth")]: "0+2x50 100x50" },
      { [of("queue_depth")]: "91+0.2x44 99.8x60" },
      // A long queue that gets shorter.
      { [of("queue_depth")]: "900-2x100" },
    ],
  },
  {
    alert: "WebhookQueueStuck",
    series: {
      [of("queue_oldest_age_seconds")]: "0+15x81 0x20",
      [of("consecutive_failures")]: "0 1x80 0x20",
      [of("queue_oldest_age_seconds", "other")]: "0x120",
      [of("consecutive_failures", "other")]: "0x120",
    },
    moments: [{
      at: "20m15s",
      firing: [{
        severity: "critical",
        labels: OF_ONCALL,
        summary: { fr: "Des alertes attendent le canal oncall", en: "Alerts wait for the channel oncall" },
        description: {
          fr:
            "La plus ancienne attend depuis 20m 15s (seuil : 15 minutes pendant 5 minutes) : la destination ne répond pas ou refuse. Rien n'est perdu, tout sera livré à son retour. La cause est dans son journal : deno task logs webhook",
          en:
            "The oldest has waited for 20m 15s (limit: 15 minutes for 5 minutes): the destination does not answer or refuses. Nothing is lost, all is delivered when it is back. Its log says why: deno task logs webhook",
        },
      }],
    }, { at: "20m30s", firing: [] }],
    quiet: [{
      // A group that is flapping waits for its rest.
      [of("queue_oldest_age_seconds")]: "0+15x120",
      [of("consecutive_failures")]: "0x120",
    }, {
      [of("queue_oldest_age_seconds")]: "900x120",
      [of("consecutive_failures")]: "9x120",
    }],
  },
  {
    alert: "WebhookDeadLetters",
    series: { [of("dead_letters")]: "1x60 0x20" },
    moments: [{
      at: "10m",
      firing: [{
        severity: "info",
        labels: OF_ONCALL,
        summary: {
          fr: "Messages non remis au canal oncall",
          en: "Undelivered messages for the channel oncall",
        },
        description: {
          fr: "1 à lire et à renvoyer, ou à laisser disparaître avec le temps : deno task dead-letters",
          en: "1 to be read and replayed, or left to go with time: deno task dead-letters",
        },
      }],
    }, { at: "15m15s", firing: [] }],
    quiet: [{ [of("dead_letters")]: "0x60" }],
  },
  {
    alert: "WebhookJournalNearlyFull",
    series: { [own("journal_size_bytes")]: "960x60 950x20", [own("journal_limit_bytes")]: "1000x80" },
    moments: [{
      at: "10m",
      firing: [{
        severity: "critical",
        labels: LABELS,
        summary: {
          fr: "Le journal du webhook est presque plein",
          en: "The webhook's journal is nearly full",
        },
        description: {
          fr:
            "Plein à 96,0 % (seuil : 95 % pendant 10 minutes), et rien d'ancien ne peut partir : ce qui attend est gardé. Une fois plein, le webhook n'accepte plus d'alertes.",
          en:
            "96.0% full (limit: 95% for 10 minutes), and nothing old can go: what waits is kept. Once it is full the webhook accepts no alerts.",
        },
      }],
    }, { at: "15m15s", firing: [] }],
    quiet: [{ [own("journal_size_bytes")]: "950x60", [own("journal_limit_bytes")]: "1000x60" }],
  },
  {
    alert: "WebhookJournalSalvaged",
    series: { [own("journal_salvaged_timestamp_seconds")]: "_x4 60x1500" },
    moments: [{
      at: "1m",
      firing: [{
        severity: "warning",
        labels: LABELS,
        summary: { fr: "Le journal du webhook était abîmé", en: "The webhook's journal was damaged" },
        description: {
          fr:
            "Le 01/01/1970 à 00:01 UTC, il a été mis de côté et ce qui en était lisible repris : une alerte a pu se perdre. Vérifiez le disque : dmesg, smartctl",
          en:
            "On 1970-01-01 at 00:01 UTC it was set aside and what could be read of it taken over: an alert may have been lost. Check the disk: dmesg, smartctl",
        },
      }],
    }, { at: "6h1m", firing: [] }],
    quiet: [{ [own("ready")]: "1x20" }, { [own("journal_salvaged_timestamp_seconds")]: "-21600x1500" }],
  },
  {
    alert: "WebhookWatchdogMissing",
    series: { [own("watchdog_missing")]: "1x20 0x20" },
    moments: [{
      at: "1m",
      firing: [{
        severity: "critical",
        labels: LABELS,
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
    }, { at: "5m15s", firing: [] }],
    quiet: [{ [own("watchdog_missing")]: "0x20" }],
  },
];

testRules(webhookRules, CASES);
