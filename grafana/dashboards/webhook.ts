/** The webhook: what it is told, what it delivers, what waits, and its journal. */

import type { AlertLine, GrafanaLinks } from "../links.ts";
import type { Text } from "../../lib/text.ts";
import { PERCENTILES, perMinute, quantile } from "../promql.ts";
import { LOADED } from "../states.ts";
import type { Limits, Query } from "../panel.ts";
import type { Dashboard, Row } from "./dashboard.ts";

const WEBHOOK = `job="webhook"`;
const CHANNEL = `${WEBHOOK},channel=~"$channel"`;
const NO_CHANNEL: Text = {
  fr: "aucun canal : les destinataires sont ceux d'Alertmanager",
  en: "no channel: the receivers are Alertmanager's own",
};
const NO_DELIVERY: Text = { fr: "aucune livraison sur cette période", en: "no delivery in this range" };
const metric = (name: string, matchers = WEBHOOK) => `vigie_webhook_${name}{${matchers}}`;
const JOURNAL = `100 * ${metric("journal_size_bytes")} / ${metric("journal_limit_bytes")}`;

/** The webhook's dashboard. */
export const webhook: Dashboard = {
  uid: "vigie-webhook",
  title: { fr: "Webhook", en: "Webhook" },
  description: {
    fr: "Ce que le webhook reçoit, livre et garde : des alertes attendent-elles, un canal échoue-t-il.",
    en: "What the webhook receives, delivers and keeps: do alerts wait, does a channel fail.",
  },
  variables: [{
    name: "channel",
    label: { fr: "Canal", en: "Channel" },
    selector: metric("queue_depth"),
    of: "channel",
    all: true,
  }],
  alerts: WEBHOOK,
  shown: ({ services }) => services.has("webhook"),
  rows: (links) => [overview(links), received(), channels(links), times(), journal(links)],
};

function overview({ lines }: GrafanaLinks): Row {
  return {
    panels: [
      {
        kind: "stat",
        title: { fr: "Accepte les alertes", en: "Accepts alerts" },
        description: {
          fr: "Si le webhook prend ce qu'on lui envoie ; sinon Alertmanager le renvoie plus tard.",
          en: "Whether the webhook takes what it is sent; if not, Alertmanager sends it again later.",
        },
        unit: "count",
        values: [
          { value: 1, text: { fr: "oui", en: "yes" }, color: "good" },
          { value: 0, text: { fr: "non", en: "no" }, color: "critical" },
        ],
        queries: [{ expr: metric("ready"), legend: { fr: "prêt", en: "ready" } }],
      },
      {
        kind: "stat",
        title: { fr: "Configuration", en: "Configuration" },
        description: {
          fr: "Si la dernière configuration a été acceptée.",
          en: "Whether the last configuration was accepted.",
        },
        unit: "count",
        values: LOADED,
        queries: [{
          expr: metric("config_last_reload_successful"),
          legend: { fr: "configuration", en: "configuration" },
        }],
      },
      {
        kind: "stat",
        title: { fr: "Livraisons en attente", en: "Deliveries that wait" },
        description: {
          fr: "Livraisons qui ne sont pas encore parties, tous canaux ensemble.",
          en: "Deliveries that have not gone out yet, all channels together.",
        },
        unit: "count",
        absent: NO_CHANNEL,
        queries: [{
          expr: `sum(${metric("queue_depth", CHANNEL)})`,
          legend: { fr: "en attente", en: "waiting" },
        }],
      },
      {
        kind: "stat",
        title: { fr: "Attente la plus longue", en: "Longest wait" },
        description: {
          fr: "Depuis quand la plus ancienne livraison attend ; 0 quand rien n'attend.",
          en: "How long the oldest delivery has waited; 0 when none waits.",
        },
        unit: "seconds",
        limits: lines.WebhookQueueStuck,
        absent: NO_CHANNEL,
        queries: [{
          expr: `max(${metric("queue_oldest_age_seconds", CHANNEL)})`,
          legend: { fr: "attente", en: "wait" },
        }],
      },
      {
        kind: "stat",
        title: { fr: "Messages non remis", en: "Dead letters" },
        description: {
          fr: "Messages abandonnés que l'on peut renvoyer : deno task dead-letters.",
          en: "Messages that were given up and can be sent again: deno task dead-letters.",
        },
        unit: "count",
        limits: moreThan(lines.WebhookDeadLetters),
        absent: NO_CHANNEL,
        queries: [{
          expr: `sum(${metric("dead_letters", CHANNEL)})`,
          legend: { fr: "non remis", en: "dead" },
        }],
      },
      {
        kind: "stat",
        title: { fr: "Journal", en: "Journal" },
        description: {
          fr: "Part de sa limite que le journal occupe ; l'ancien part de lui-même à 90 %.",
          en: "Share of its limit that the journal takes; what is old goes by itself at 90 %.",
        },
        unit: "percent",
        decimals: 1,
        limits: lines.WebhookJournalNearlyFull,
        queries: [{ expr: JOURNAL, legend: { fr: "occupé", en: "taken" } }],
      },
      {
        kind: "graph",
        title: { fr: "Livraisons", en: "Deliveries" },
        description: {
          fr:
            "Livraisons de chaque canal, par minute : réussies (« delivered »), abandonnées (« failed »), regroupées (« coalesced »).",
          en:
            "Deliveries of each channel, per minute: delivered, given up (failed), told together with a newer one (coalesced).",
        },
        unit: "count",
        absent: NO_CHANNEL,
        queries: [{
          expr: `sum by (channel, result) (${perMinute(metric("deliveries_total", CHANNEL))})`,
          legend: "{{channel}} {{result}}",
        }],
      },
      {
        kind: "graph",
        title: { fr: "En attente", en: "Waiting" },
        description: {
          fr:
            "Livraisons gardées pour chaque canal ; la ligne est le seuil de l'alerte sur une file qui s'allonge.",
          en:
            "Deliveries kept for each channel; the line is the threshold of the alert about a growing queue.",
        },
        unit: "count",
        limits: lines.WebhookQueueGrowing,
        absent: NO_CHANNEL,
        queries: [{
          expr: `sum by (channel) (${metric("queue_depth", CHANNEL)})`,
          legend: "{{channel}}",
        }],
      },
    ],
  };
}

/** Limits of a count: "more than 0" begins at 1. */
function moreThan({ info, warning, critical, runbook }: AlertLine = {}): Limits {
  const next = (count: number | undefined) => count === undefined ? undefined : count + 1;
  return { info: next(info), warning: next(warning), critical: next(critical), runbook };
}

function received(): Row {
  const of = (status: string) =>
    `sum(${perMinute(metric("notifications_received_total", `${WEBHOOK},status="${status}"`))})`;
  return {
    title: { fr: "Reçu", en: "Received" },
    panels: [
      {
        kind: "graph",
        width: 8,
        title: { fr: "Notifications reçues", en: "Notifications received" },
        description: {
          fr: "Notifications qu'Alertmanager a données au webhook, par minute.",
          en: "Notifications that Alertmanager gave the webhook, per minute.",
        },
        unit: "count",
        queries: [
          { expr: of("firing"), legend: { fr: "en cours", en: "firing" }, color: "warning" },
          { expr: of("resolved"), legend: { fr: "résolues", en: "resolved" }, color: "good" },
        ],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Refusé et mis de côté", en: "Refused and set aside" },
        description: {
          fr: "Requêtes refusées selon le motif, et corps non compris qui sont gardés, par minute.",
          en: "Requests refused by reason, and bodies that were not understood and are kept, per minute.",
        },
        unit: "count",
        queries: [
          { expr: `sum by (reason) (${perMinute(metric("rejected_total"))})`, legend: "{{reason}}" },
          {
            expr: `sum(${perMinute(metric("quarantined_total"))})`,
            legend: { fr: "mis de côté", en: "set aside" },
            color: "warning",
          },
        ],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Déjà reçues", en: "Received before" },
        description: {
          fr: "Notifications que le webhook avait déjà, par minute : il ne les livre pas deux fois.",
          en: "Notifications that the webhook had already, per minute: it does not deliver them twice.",
        },
        unit: "count",
        queries: [{
          expr: `sum(${perMinute(metric("notifications_duplicate_total"))})`,
          legend: { fr: "déjà reçues", en: "received before" },
        }],
      },
    ],
  };
}

function channels({ lines }: GrafanaLinks): Row {
  const byChannel = (name: string, legend: Query["legend"] = "{{channel}}"): Query[] => [
    { expr: `max by (channel) (${metric(name, CHANNEL)})`, legend },
  ];
  return {
    title: { fr: "Canaux", en: "Channels" },
    panels: [
      {
        kind: "graph",
        width: 8,
        title: { fr: "Attente la plus longue", en: "Longest wait" },
        description: {
          fr:
            "Depuis quand la plus ancienne livraison de chaque canal attend ; la ligne est le seuil de l'alerte.",
          en: "How long the oldest delivery of each channel has waited; the line is the alert's threshold.",
        },
        unit: "seconds",
        limits: lines.WebhookQueueStuck,
        absent: NO_CHANNEL,
        queries: byChannel("queue_oldest_age_seconds"),
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Messages non remis", en: "Dead letters" },
        description: {
          fr: "Messages abandonnés de chaque canal, que l'on peut renvoyer.",
          en: "Messages of each channel that were given up and can be sent again.",
        },
        unit: "count",
        limits: lines.WebhookDeadLetters,
        absent: NO_CHANNEL,
        queries: byChannel("dead_letters"),
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Échecs et nouveaux essais", en: "Failures and retries" },
        description: {
          fr: "Essais échoués depuis le dernier réussi, et nouveaux essais par minute.",
          en: "Tries that failed since the last one that did not, and retries per minute.",
        },
        unit: "count",
        absent: NO_CHANNEL,
        queries: [
          ...byChannel("consecutive_failures", { fr: "{{channel}} échecs", en: "{{channel}} failures" }),
          {
            expr: `sum by (channel) (${perMinute(metric("retries_total", CHANNEL))})`,
            legend: { fr: "{{channel}} nouveaux essais", en: "{{channel}} retries" },
          },
        ],
      },
      {
        kind: "timeline",
        height: 6,
        title: { fr: "Canaux mis en pause", en: "Channels that are paused" },
        description: {
          fr: "Un canal qui échoue sans cesse est laissé en paix un moment, puis réessayé.",
          en: "A channel that keeps failing is left alone for a while, then tried again.",
        },
        unit: "count",
        absent: NO_CHANNEL,
        values: [
          { value: 0, text: { fr: "actif", en: "active" }, color: "good" },
          { value: 1, text: { fr: "en pause", en: "paused" }, color: "critical" },
        ],
        queries: byChannel("circuit_open"),
      },
    ],
  };
}

function times(): Row {
  const of = (name: string): Query[] =>
    PERCENTILES.map(([share, text]) => ({
      expr: quantile(share, metric(`${name}_duration_seconds_bucket`, CHANNEL), "channel"),
      legend: `{{channel}} ${text}`,
    }));
  return {
    title: { fr: "Durées", en: "Times" },
    panels: [
      {
        kind: "graph",
        title: { fr: "Durée des essais", en: "Time of tries" },
        description: {
          fr: "Temps en dessous duquel restent la moitié et 95 % des essais de livraison.",
          en: "Time below which half and 95 % of the tries to deliver stay.",
        },
        unit: "seconds",
        absent: NO_DELIVERY,
        queries: of("delivery"),
      },
      {
        kind: "graph",
        title: { fr: "De la réception à la livraison", en: "From acceptance to delivery" },
        description: {
          fr:
            "Temps entre l'acceptation d'une notification et sa livraison : attente, pauses et nouveaux essais compris.",
          en:
            "Time from the acceptance of a notification to its delivery: waiting, pauses and retries included.",
        },
        unit: "seconds",
        absent: NO_DELIVERY,
        queries: of("end_to_end"),
      },
    ],
  };
}

function journal({ lines }: GrafanaLinks): Row {
  return {
    title: { fr: "Journal et processus", en: "Journal and process" },
    collapsed: true,
    panels: [
      {
        kind: "graph",
        width: 8,
        title: { fr: "Journal, part de la limite", en: "Journal, share of the limit" },
        description: {
          fr: "Ce que le webhook garde sur le disque ; la ligne est le seuil de l'alerte.",
          en: "What the webhook keeps on disk; the line is the alert's threshold.",
        },
        unit: "percent",
        max: 100,
        limits: lines.WebhookJournalNearlyFull,
        queries: [{ expr: JOURNAL, legend: { fr: "occupé", en: "taken" } }],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Durée d'écriture", en: "Time of writes" },
        description: {
          fr:
            "Temps en dessous duquel restent la moitié et 95 % des écritures du journal : un disque lent se voit ici.",
          en: "Time below which half and 95 % of the journal's writes stay: a slow disk shows here.",
        },
        unit: "seconds",
        absent: { fr: "aucune écriture sur cette période", en: "no write in this range" },
        queries: PERCENTILES.map(([share, legend]) => ({
          expr: quantile(share, metric("journal_commit_duration_seconds_bucket")),
          legend,
        })),
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Écritures", en: "Writes" },
        description: {
          fr: "Ce qui est écrit dans le journal, par minute.",
          en: "What is written to the journal, per minute.",
        },
        unit: "count",
        queries: [{
          expr: `sum(${perMinute(metric("journal_writes_total"))})`,
          legend: { fr: "écritures", en: "writes" },
        }],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Connexions et recherche", en: "Connections and search" },
        description: {
          fr: "Connexions de clients ouvertes, et notifications que l'index de recherche n'a pas encore.",
          en:
            "Connections of clients that are open, and notifications that the search index does not hold yet.",
        },
        unit: "count",
        queries: [
          { expr: metric("connections"), legend: { fr: "connexions", en: "connections" } },
          { expr: metric("search_pending"), legend: { fr: "à indexer", en: "to be indexed" } },
        ],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Mémoire du webhook", en: "Memory of the webhook" },
        description: { fr: "Mémoire résidente.", en: "Resident memory." },
        unit: "bytes",
        queries: [{
          expr: `process_resident_memory_bytes{${WEBHOOK}}`,
          legend: { fr: "mémoire", en: "memory" },
        }],
      },
      {
        kind: "stat",
        width: 8,
        title: { fr: "Dernière alerte Watchdog", en: "Last Watchdog alert" },
        description: {
          fr: "Quand l'alerte qui doit toujours venir est venue pour la dernière fois.",
          en: "When the alert that must keep coming came last.",
        },
        unit: "ago",
        absent: { fr: "pas encore venue, ou non attendue", en: "not come yet, or not waited for" },
        queries: [{
          expr: `1000 * ${metric("watchdog_last_seen_timestamp_seconds")}`,
          legend: "Watchdog",
        }],
      },
    ],
  };
}
