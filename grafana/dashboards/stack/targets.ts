/** What Prometheus scrapes. */

import type { GrafanaLinks } from "../../links.ts";
import type { Table } from "../../panel.ts";
import { UP } from "../../states.ts";
import type { Row } from "../dashboard.ts";

/** Each target and its state. */
export function targetTable(): Table {
  return {
    kind: "table",
    height: 9,
    title: { fr: "État des cibles", en: "State of the targets" },
    description: {
      fr:
        "Chaque cible, si elle est joignable, la durée de sa dernière mesure et combien de valeurs elle a données.",
      en: "Each target, whether it is up, how long its last scrape took and how many values it gave.",
    },
    unit: "count",
    labels: [
      { label: "job", title: { fr: "Tâche", en: "Job" } },
      { label: "instance", title: { fr: "Instance", en: "Instance" } },
    ],
    columns: [
      // Targets that are down come first.
      { expr: "up", title: { fr: "État", en: "State" }, unit: "count", values: UP, sorted: "smallest first" },
      { expr: "scrape_duration_seconds", title: { fr: "Durée", en: "Duration" }, unit: "seconds" },
      { expr: "scrape_samples_scraped", title: { fr: "Échantillons", en: "Samples" }, unit: "count" },
      {
        expr: "100 * avg_over_time(up[$__range])",
        title: { fr: "Joignable", en: "Available" },
        unit: "percent",
        decimals: 2,
      },
    ],
  };
}

/** How scraping goes over time. */
export function targets({ lines }: GrafanaLinks): Row {
  return {
    title: { fr: "Cibles", en: "Targets" },
    panels: [
      {
        kind: "graph",
        width: 8,
        title: { fr: "Cibles injoignables de chaque tâche", en: "Targets of each job that are down" },
        description: {
          fr: "Part des cibles de chaque tâche qui ne répondent pas ; la ligne est le seuil de l'alerte.",
          en: "Share of each job's targets that do not answer; the line is the alert's threshold.",
        },
        unit: "percent",
        max: 100,
        limits: lines.JobTargetsDown,
        queries: [{
          expr: `100 * (1 - avg by (job) (avg_over_time(up{job!="probe"}[$__rate_interval])))`,
          legend: "{{job}}",
        }],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Cibles instables", en: "Unstable targets" },
        description: {
          fr:
            "Combien de fois chaque cible est devenue joignable ou injoignable en 15 minutes ; la ligne est le seuil de l'alerte.",
          en:
            "How often each target came up or went down within 15 minutes; the line is the alert's threshold.",
        },
        unit: "count",
        limits: lines.TargetFlapping,
        queries: [{ expr: `changes(up{job!="probe"}[15m])`, legend: "{{job}} {{instance}}" }],
      },
      {
        kind: "graph",
        width: 8,
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
