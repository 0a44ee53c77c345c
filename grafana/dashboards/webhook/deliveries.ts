/** What the webhook is told, what it delivers to each channel, and how long that takes. */

import type { GrafanaLinks } from "../../links.ts";
import type { Query } from "../../panel.ts";
import { PERCENTILES, perMinute, quantile } from "../../promql.ts";
import type { Text } from "../../../lib/text.ts";
import type { Row } from "../dashboard.ts";
import { CHANNEL, metric, NO_CHANNEL, WEBHOOK } from "./queries.ts";

const NO_DELIVERY: Text = { fr: "aucune livraison sur cette période", en: "no delivery in this range" };

/** What Alertmanager gave it. */
export function received(): Row {
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

/** How each channel fares. */
export function channels({ lines }: GrafanaLinks): Row {
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

/** How long tries and deliveries take. */
export function times(): Row {
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
