/** Rows of the stack's dashboard: what its services cost. */

import type { GrafanaLinks } from "../links.ts";
import type { Query } from "../panels.ts";
import { orZero } from "../promql.ts";
import type { Row } from "./dashboard.ts";

/** Memory and processor time of each service. */
export function services({ services }: GrafanaLinks): Row {
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
        title: { fr: "Processeur de chaque service", en: "Processor time of each service" },
        description: {
          fr: "100 % est un processeur entier.",
          en: "100 % is one whole processor.",
        },
        unit: "percent",
        stacked: true,
        queries: both((matchers) => `100 * rate(process_cpu_seconds_total{${matchers}}[$__rate_interval])`),
      },
    ],
  };
}

/** What Grafana answers. */
export function grafana(): Row {
  const present = `up{job="grafana"}`;
  const buckets = `grafana_http_request_duration_seconds_bucket{job="grafana"}`;
  return {
    title: { fr: "Grafana", en: "Grafana" },
    panels: [
      {
        kind: "graph",
        title: { fr: "Requêtes à Grafana", en: "Requests to Grafana" },
        description: {
          fr: "Requêtes par seconde selon le code de réponse ; à partir de 500, Grafana est en faute.",
          en: "Requests per second by status code; from 500 on Grafana is at fault.",
        },
        unit: "perSecond",
        queries: [{
          expr: orZero(
            `sum by (status_code) (rate(grafana_http_request_duration_seconds_count{job="grafana"}[$__rate_interval]))`,
            { present, label: ["status_code", "-"] },
          ),
          legend: "{{status_code}}",
        }],
      },
      {
        kind: "graph",
        title: { fr: "Temps de réponse de Grafana", en: "Grafana's response time" },
        description: {
          fr: "Temps en dessous duquel restent 95 % des réponses ; 0 sans requête.",
          en: "Time below which 95 % of the answers stay; 0 without requests.",
        },
        unit: "seconds",
        queries: [{
          expr: orZero(
            `histogram_quantile(0.95, sum by (le) (rate(${buckets}[$__rate_interval]))) >= 0`,
            { present },
          ),
          legend: "95 %",
        }],
      },
    ],
  };
}

/** What each container takes, as cAdvisor sees it. */
export function containers(): Row {
  return {
    title: { fr: "Conteneurs", en: "Containers" },
    panels: [
      {
        kind: "graph",
        title: { fr: "Mémoire des conteneurs", en: "Memory of containers" },
        description: {
          fr: "Mémoire que le noyau ne peut pas reprendre au conteneur.",
          en: "Memory that the kernel cannot take back from the container.",
        },
        unit: "bytes",
        queries: [{
          expr: `sum by (name) (container_memory_working_set_bytes{job="cadvisor",name!=""})`,
          legend: "{{name}}",
        }],
      },
      {
        kind: "graph",
        title: { fr: "Processeur des conteneurs", en: "Processor time of containers" },
        description: {
          fr: "100 % est un processeur entier.",
          en: "100 % is one whole processor.",
        },
        unit: "percent",
        queries: [{
          expr:
            `100 * sum by (name) (rate(container_cpu_usage_seconds_total{job="cadvisor",name!=""}[$__rate_interval]))`,
          legend: "{{name}}",
        }],
      },
    ],
  };
}
