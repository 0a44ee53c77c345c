/** What the webhook keeps on disk, and what it costs. */

import type { GrafanaLinks } from "../../links.ts";
import { PERCENTILES, perMinute, quantile } from "../../promql.ts";
import type { Row } from "../dashboard.ts";
import { JOURNAL, metric, WEBHOOK } from "./queries.ts";

/** The journal and the process. */
export function journal({ lines }: GrafanaLinks): Row {
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
