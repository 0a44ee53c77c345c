/** The stack itself: what it scrapes, stores, evaluates and sends, and what that costs. */

import type { Panel, ValueName } from "../panels.ts";
import type { Dashboard, Row } from "./dashboard.ts";
import { alerts, webhook } from "./stack_alerts.ts";
import { containers, grafana, services } from "./stack_services.ts";

/** The stack's own dashboard. */
export const stack: Dashboard = {
  uid: "vigie-stack",
  title: { fr: "La supervision elle-même", en: "The stack itself" },
  description: {
    fr: "Ce que la supervision mesure, conserve, évalue et envoie, et ce que cela coûte.",
    en: "What the stack measures, keeps, evaluates and sends, and what that costs.",
  },
  variables: [],
  alerts: "",
  rows: (links, locale) => [
    overview(),
    targets(),
    prometheus(),
    alerts(),
    webhook(locale),
    services(links),
    ...(links.services.has("grafana") ? [grafana()] : []),
    ...(links.services.has("cadvisor") ? [containers()] : []),
  ],
};

const UP: readonly ValueName[] = [
  { value: 1, text: { fr: "joignable", en: "up" }, color: "good" },
  { value: 0, text: { fr: "injoignable", en: "down" }, color: "critical" },
];
const LOADED: readonly ValueName[] = [
  { value: 1, text: { fr: "à jour", en: "loaded" }, color: "good" },
  { value: 0, text: { fr: "refusée", en: "refused" }, color: "critical" },
];
const SERIES = `prometheus_tsdb_head_series{job="prometheus"}`;
const SAMPLES = `sum(rate(prometheus_tsdb_head_samples_appended_total{job="prometheus"}[$__rate_interval]))`;
const TSDB_BYTES = ["storage_blocks_bytes", "wal_storage_size_bytes", "head_chunks_storage_size_bytes"]
  .map((name) => `prometheus_tsdb_${name}{job="prometheus"}`).join(" + ");

function overview(): Row {
  const panels: Panel[] = [
    {
      kind: "stat",
      title: { fr: "Cibles joignables", en: "Targets up" },
      description: {
        fr: "Cibles dont la dernière mesure a réussi.",
        en: "Targets whose last scrape succeeded.",
      },
      unit: "count",
      queries: [{ expr: "sum(up)", legend: { fr: "joignables", en: "up" } }],
    },
    {
      kind: "stat",
      title: { fr: "Cibles injoignables", en: "Targets down" },
      description: {
        fr: "Cibles dont la dernière mesure a échoué : le tableau ci-dessous les nomme.",
        en: "Targets whose last scrape failed: the table below names them.",
      },
      unit: "count",
      limits: { critical: 1 },
      queries: [{ expr: "count(up) - sum(up)", legend: { fr: "injoignables", en: "down" } }],
    },
    {
      kind: "stat",
      title: { fr: "Alertes en cours", en: "Alerts firing" },
      description: {
        fr: "Alertes en cours, sans celle qui l'est en permanence pour prouver que la chaîne fonctionne.",
        en: "Alerts that fire, without the one that always does to prove that the chain works.",
      },
      unit: "count",
      limits: { warning: 1 },
      queries: [{
        expr: `count(ALERTS{alertstate="firing",severity!="none"}) or vector(0)`,
        legend: { fr: "en cours", en: "firing" },
      }],
    },
    {
      kind: "stat",
      title: { fr: "Configuration", en: "Configuration" },
      description: {
        fr: "Si Prometheus, Alertmanager et le webhook ont tous accepté leur dernière configuration.",
        en: "Whether Prometheus, Alertmanager and the webhook have all accepted their last configuration.",
      },
      unit: "count",
      values: LOADED,
      queries: [{
        expr: `min({__name__=~"prometheus_config_last_reload_successful|` +
          `alertmanager_config_last_reload_successful|vigie_webhook_config_last_reload_successful"})`,
        legend: { fr: "configuration", en: "configuration" },
      }],
    },
    {
      kind: "stat",
      title: { fr: "Échantillons par seconde", en: "Samples per second" },
      description: { fr: "Valeurs que Prometheus enregistre.", en: "Values that Prometheus stores." },
      unit: "perSecond",
      queries: [{ expr: SAMPLES, legend: { fr: "échantillons", en: "samples" } }],
    },
    {
      kind: "stat",
      title: { fr: "Taille de la base", en: "Database size" },
      description: {
        fr: "Disque que les mesures de Prometheus occupent.",
        en: "Disk that Prometheus's measurements take.",
      },
      unit: "bytes",
      queries: [{ expr: TSDB_BYTES, legend: { fr: "taille", en: "size" } }],
    },
  ];
  return { panels };
}

function targets(): Row {
  return {
    title: { fr: "Cibles", en: "Targets" },
    panels: [
      {
        kind: "table",
        width: 12,
        title: { fr: "État des cibles", en: "State of the targets" },
        description: {
          fr:
            "Chaque cible, si elle est joignable, la durée de sa dernière mesure et combien de valeurs elle a données.",
          en: "Each target, whether it is up, how long its last scrape took and how many values it gave.",
        },
        unit: "count",
        labels: { job: { fr: "Tâche", en: "Job" }, instance: { fr: "Instance", en: "Instance" } },
        columns: [
          // Targets that are down come first.
          { expr: "up", title: { fr: "État", en: "State" }, unit: "count", values: UP, sorted: true },
          {
            expr: "scrape_duration_seconds",
            title: { fr: "Durée", en: "Duration" },
            unit: "seconds",
          },
          {
            expr: "scrape_samples_scraped",
            title: { fr: "Échantillons", en: "Samples" },
            unit: "count",
          },
        ],
      },
      {
        kind: "graph",
        title: { fr: "Durée des mesures", en: "Scrape duration" },
        description: {
          fr: "La mesure la plus longue de chaque tâche.",
          en: "The longest scrape of each job.",
        },
        unit: "seconds",
        queries: [{ expr: "max by (job) (scrape_duration_seconds)", legend: "{{job}}" }],
      },
    ],
  };
}

function prometheus(): Row {
  return {
    title: { fr: "Prometheus", en: "Prometheus" },
    panels: [
      {
        kind: "graph",
        width: 6,
        title: { fr: "Échantillons enregistrés", en: "Samples stored" },
        description: {
          fr: "Valeurs enregistrées par seconde : elles fixent la taille de la base.",
          en: "Values stored per second: they set the database's size.",
        },
        unit: "perSecond",
        queries: [{ expr: SAMPLES, legend: { fr: "échantillons", en: "samples" } }],
      },
      {
        kind: "graph",
        width: 6,
        title: { fr: "Séries actives", en: "Active series" },
        description: {
          fr: "Séries en mémoire : elles fixent la mémoire de Prometheus.",
          en: "Series in memory: they set Prometheus's memory.",
        },
        unit: "count",
        queries: [{ expr: SERIES, legend: { fr: "séries", en: "series" } }],
      },
      {
        kind: "graph",
        width: 6,
        title: { fr: "Taille de la base", en: "Database size" },
        description: {
          fr:
            "Disque occupé, et la limite à partir de laquelle les mesures les plus anciennes sont effacées.",
          en: "Disk taken, and the limit from which on the oldest measurements are deleted.",
        },
        unit: "bytes",
        queries: [
          { expr: TSDB_BYTES, legend: { fr: "occupé", en: "taken" } },
          {
            expr: `prometheus_tsdb_retention_limit_bytes{job="prometheus"}`,
            legend: { fr: "limite", en: "limit" },
            color: "muted",
          },
        ],
      },
      {
        kind: "graph",
        width: 6,
        title: { fr: "Évaluation des règles", en: "Rule evaluation" },
        description: {
          fr: "Durée de la dernière évaluation de chaque groupe de règles.",
          en: "Time the last evaluation of each rule group took.",
        },
        unit: "seconds",
        queries: [{
          expr: `label_replace(prometheus_rule_group_last_duration_seconds{job="prometheus"}, ` +
            `"group", "$1", "rule_group", ".*;(.*)")`,
          legend: "{{group}}",
        }],
      },
    ],
  };
}
