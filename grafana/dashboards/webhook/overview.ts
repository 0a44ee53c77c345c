/** Whether the webhook does its work: what is looked at first. */

import type { AlertLine, GrafanaLinks } from "../../links.ts";
import type { Limits } from "../../panel.ts";
import { perMinute } from "../../promql.ts";
import { LOADED } from "../../states.ts";
import type { Row } from "../dashboard.ts";
import { CHANNEL, JOURNAL, metric, NO_CHANNEL } from "./queries.ts";

/** The row that is always open. */
export function overview({ lines }: GrafanaLinks): Row {
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
