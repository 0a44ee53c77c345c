/** What the services of the stack cost, and how Grafana answers. */

import type { GrafanaLinks } from "../../links.ts";
import type { Query } from "../../panel.ts";
import { quantile } from "../../promql.ts";
import type { Row } from "../dashboard.ts";

/** Memory, processor time and restarts of each service. */
export function services({ services, lines }: GrafanaLinks): Row {
  // node exporters run on every host, so their job has many instances and a panel has room for one line.
  const jobs = [...services.values()].filter((job) => job !== undefined && job !== "node").join("|");
  const both = (expr: (matchers: string) => string): Query[] => [
    { expr: `max by (job) (${expr(`job=~"${jobs}"`)})`, legend: "{{job}}" },
    ...(services.has("node-exporter")
      ? [{ expr: `max(${expr(`job="node"`)})`, legend: "node-exporter" }]
      : []),
  ];
  return {
    title: { fr: "Services", en: "Services" },
    panels: [
      {
        kind: "graph",
        width: 8,
        title: { fr: "Mémoire de chaque service", en: "Memory of each service" },
        description: {
          fr: "Mémoire résidente ; pour node-exporter, celle de l'hôte où il en prend le plus.",
          en: "Resident memory; for node-exporter, on the host where it takes most.",
        },
        unit: "bytes",
        stacked: true,
        queries: both((matchers) => `process_resident_memory_bytes{${matchers}}`),
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Processeur de chaque service", en: "Processor time of each service" },
        description: { fr: "100 % est un processeur entier.", en: "100 % is one whole processor." },
        unit: "percent",
        stacked: true,
        queries: both((matchers) => `100 * rate(process_cpu_seconds_total{${matchers}}[$__rate_interval])`),
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Redémarrages", en: "Restarts" },
        description: {
          fr: "Redémarrages de chaque service en 10 minutes ; la ligne est le seuil de l'alerte.",
          en: "Restarts of each service within 10 minutes; the line is the alert's threshold.",
        },
        unit: "count",
        limits: lines.ServiceCrashLooping,
        queries: [{
          expr: `max by (job) (changes(process_start_time_seconds{job=~"${jobs}"}[10m]))`,
          legend: "{{job}}",
        }],
      },
    ],
  };
}

/** What Grafana answers. */
export function grafana({ lines }: GrafanaLinks): Row {
  const answers = (matchers = "") =>
    `sum by (handler) (rate(grafana_http_request_duration_seconds_count{job="grafana"${matchers}}[$__rate_interval]))`;
  const absent = { fr: "aucune requête sur cette période", en: "no request in this range" };
  return {
    title: { fr: "Grafana", en: "Grafana" },
    panels: [
      {
        kind: "graph",
        width: 8,
        title: { fr: "Requêtes à Grafana", en: "Requests to Grafana" },
        description: {
          fr: "Requêtes par seconde selon le code de réponse ; à partir de 500, Grafana est en faute.",
          en: "Requests per second by status code; from 500 on Grafana is at fault.",
        },
        unit: "perSecond",
        absent,
        queries: [{
          expr:
            `sum by (status_code) (rate(grafana_http_request_duration_seconds_count{job="grafana"}[$__rate_interval]))`,
          legend: "{{status_code}}",
        }],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Temps de réponse de Grafana", en: "Grafana's response time" },
        description: {
          fr: "Temps en dessous duquel restent 95 % des réponses.",
          en: "Time below which 95 % of the answers stay.",
        },
        unit: "seconds",
        absent,
        queries: [{
          expr: quantile(0.95, `grafana_http_request_duration_seconds_bucket{job="grafana"}`),
          legend: "95 %",
        }],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Erreurs de Grafana", en: "Errors of Grafana" },
        description: {
          fr:
            "Part des réponses de chaque page qui sont des erreurs de Grafana ; la ligne est le seuil de l'alerte.",
          en: "Share of each page's answers that are errors of Grafana; the line is the alert's threshold.",
        },
        unit: "percent",
        limits: lines.GrafanaErrors,
        absent: { fr: "aucune erreur sur cette période", en: "no error in this range" },
        queries: [{
          expr: `100 * ${answers(',status_code=~"5.."')} / ${answers()}`,
          legend: "{{handler}}",
        }],
      },
    ],
  };
}
