/** Rows of the stack's dashboard: the way of an alert, from Prometheus to the webhook's channels. */

import type { Locale, Text } from "../../lib/text.ts";
import { orZero } from "../promql.ts";
import type { Row } from "./dashboard.ts";

// Notifications are so rare that a rate per second reads 0.003.
const perMinute = (counter: string) => `60 * rate(${counter}[$__rate_interval])`;

/** Alerts by severity, and their way through Prometheus and Alertmanager. */
export function alerts(): Row {
  const firing = (severity: string) =>
    `count(ALERTS{alertstate="firing",severity="${severity}"}) or vector(0)`;
  return {
    title: { fr: "Alertes", en: "Alerts" },
    panels: [
      {
        kind: "graph",
        width: 8,
        title: { fr: "Alertes par gravité", en: "Alerts by severity" },
        description: { fr: "Alertes en cours.", en: "Alerts that fire." },
        unit: "count",
        stacked: true,
        queries: [
          { expr: firing("critical"), legend: { fr: "critique", en: "critical" }, color: "critical" },
          { expr: firing("warning"), legend: { fr: "avertissement", en: "warning" }, color: "warning" },
          { expr: firing("info"), legend: "info", color: "info" },
        ],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "De Prometheus à Alertmanager", en: "From Prometheus to Alertmanager" },
        description: {
          fr: "Alertes envoyées, refusées et abandonnées par minute.",
          en: "Alerts sent, refused and dropped per minute.",
        },
        unit: "count",
        queries: [
          {
            expr: `sum(${perMinute(`prometheus_notifications_sent_total{job="prometheus"}`)})`,
            legend: { fr: "envoyées", en: "sent" },
            color: "good",
          },
          {
            expr: `sum(${perMinute(`prometheus_notifications_errors_total{job="prometheus"}`)})`,
            legend: { fr: "refusées", en: "refused" },
            color: "critical",
          },
          {
            expr: `sum(${perMinute(`prometheus_notifications_dropped_total{job="prometheus"}`)})`,
            legend: { fr: "abandonnées", en: "dropped" },
            color: "warning",
          },
        ],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "D'Alertmanager aux destinataires", en: "From Alertmanager to receivers" },
        description: {
          fr: "Notifications tentées et échouées par minute ; Alertmanager retente celles qui échouent.",
          en: "Notifications tried and failed per minute; Alertmanager tries failed ones again.",
        },
        unit: "count",
        queries: [
          {
            expr: `sum(${perMinute(`alertmanager_notifications_total{job="alertmanager"}`)})`,
            legend: { fr: "tentées", en: "tried" },
            color: "good",
          },
          {
            expr: `sum(${perMinute(`alertmanager_notifications_failed_total{job="alertmanager"}`)})`,
            legend: { fr: "échouées", en: "failed" },
            color: "critical",
          },
        ],
      },
    ],
  };
}

/** What the webhook receives and delivers. */
export function webhook(locale: Locale): Row {
  const none: Text = { fr: "aucune livraison encore", en: "no delivery yet" };
  const received = (status: string) =>
    `sum(${perMinute(`vigie_webhook_notifications_received_total{job="webhook",status="${status}"}`)})`;
  // A stack whose receivers are all Alertmanager's own has no channels.
  const perChannel = (expr: string) =>
    orZero(expr, { present: `up{job="webhook"}`, label: ["channel", none[locale]] });
  const quantile = (share: number) =>
    perChannel(
      `histogram_quantile(${share}, sum by (channel, le) ` +
        // Without a delivery the quantile is not a number, which would draw nothing.
        `(rate(vigie_webhook_delivery_duration_seconds_bucket{job="webhook"}[$__rate_interval]))) >= 0`,
    );
  return {
    title: { fr: "Webhook", en: "Webhook" },
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
          { expr: received("firing"), legend: { fr: "en cours", en: "firing" }, color: "warning" },
          { expr: received("resolved"), legend: { fr: "résolues", en: "resolved" }, color: "good" },
        ],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Livraisons", en: "Deliveries" },
        description: {
          fr:
            "Livraisons de chaque canal, par minute : réussies (« delivered »), abandonnées (« failed »), regroupées (« coalesced »).",
          en:
            "Deliveries of each channel, per minute: delivered, given up (failed), told together with a newer one (coalesced).",
        },
        unit: "count",
        queries: [{
          expr: perChannel(
            `sum by (channel, result) (${perMinute(`vigie_webhook_deliveries_total{job="webhook"}`)})`,
          ),
          legend: "{{channel}} {{result}}",
        }],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Durée des livraisons", en: "Delivery time" },
        description: {
          fr: "Temps en dessous duquel restent la moitié et 95 % des livraisons ; 0 quand il n'y en a pas.",
          en: "Time below which half and 95 % of the deliveries stay; 0 when there are none.",
        },
        unit: "seconds",
        queries: [
          { expr: quantile(0.5), legend: "{{channel}} 50 %" },
          { expr: quantile(0.95), legend: "{{channel}} 95 %" },
        ],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "En attente", en: "Waiting" },
        description: {
          fr:
            "Livraisons gardées pour chaque canal, et messages non remis (« dead ») que l'on peut renvoyer.",
          en: "Deliveries kept for each channel, and dead letters, which can be sent again.",
        },
        unit: "count",
        queries: [
          {
            expr: perChannel('sum by (channel) (vigie_webhook_queue_depth{job="webhook"})'),
            legend: "{{channel}}",
          },
          {
            expr: perChannel('sum by (channel) (vigie_webhook_dead_letters{job="webhook"})'),
            legend: "{{channel}} dead",
          },
        ],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Attente la plus longue", en: "Longest wait" },
        description: {
          fr: "Depuis quand la plus ancienne livraison de chaque canal attend ; 0 quand rien n'attend.",
          en: "How long the oldest delivery of each channel has waited; 0 when none waits.",
        },
        unit: "seconds",
        queries: [{
          expr: perChannel('max by (channel) (vigie_webhook_queue_oldest_age_seconds{job="webhook"})'),
          legend: "{{channel}}",
        }],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Journal", en: "Journal" },
        description: {
          fr: "Taille sur le disque de ce que le webhook garde, et sa limite.",
          en: "Size on disk of what the webhook keeps, and its limit.",
        },
        unit: "bytes",
        queries: [
          { expr: 'vigie_webhook_journal_size_bytes{job="webhook"}', legend: { fr: "taille", en: "size" } },
          { expr: 'vigie_webhook_journal_limit_bytes{job="webhook"}', legend: { fr: "limite", en: "limit" } },
        ],
      },
    ],
  };
}
