/** What Prometheus stores, evaluates and tells Alertmanager. */

import type { GrafanaLinks } from "../../links.ts";
import { perMinute } from "../../promql.ts";
import type { Row } from "../dashboard.ts";

const PROMETHEUS = `job="prometheus"`;
const metric = (name: string) => `prometheus_${name}{${PROMETHEUS}}`;
/** Disk that the measurements take. */
export const STORAGE_BYTES = [
  "storage_blocks_bytes",
  "wal_storage_size_bytes",
  "head_chunks_storage_size_bytes",
]
  .map((name) => metric(`tsdb_${name}`)).join(" + ");
// The name of a group starts with the path of its file.
const byGroup = (expr: string) => `label_replace(${expr}, "group", "$1", "rule_group", ".*;(.*)")`;

/** Prometheus's row. */
export function prometheus({ lines }: GrafanaLinks): Row {
  return {
    title: { fr: "Prometheus", en: "Prometheus" },
    panels: [
      {
        kind: "graph",
        width: 8,
        title: { fr: "Séries et échantillons", en: "Series and samples" },
        description: {
          fr:
            "Séries en mémoire, qui fixent la mémoire de Prometheus, et valeurs par minute, qui fixent la taille de la base.",
          en:
            "Series in memory, which set Prometheus's memory, and values per minute, which set the database's size.",
        },
        unit: "count",
        queries: [
          { expr: metric("tsdb_head_series"), legend: { fr: "séries", en: "series" } },
          {
            expr: `sum(${perMinute(metric("tsdb_head_samples_appended_total"))})`,
            legend: { fr: "échantillons par minute", en: "samples per minute" },
          },
        ],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Base, part de la limite", en: "Database, share of the limit" },
        description: {
          fr: "Part de retention.size que les mesures occupent ; au-delà les plus anciennes sont effacées.",
          en: "Share of retention.size that the measurements take; beyond it the oldest are deleted.",
        },
        unit: "percent",
        limits: lines.PrometheusStorageNearlyFull,
        absent: { fr: "aucune limite de taille", en: "no limit of size" },
        queries: [{
          expr: `100 * (${STORAGE_BYTES}) / (${metric("tsdb_retention_limit_bytes")} > 0)`,
          legend: { fr: "occupé", en: "taken" },
        }],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Évaluation des règles", en: "Rule evaluation" },
        description: {
          fr:
            "Durée de la dernière évaluation de chaque groupe, en part de son intervalle : au-delà de 100 %, des évaluations sont sautées.",
          en:
            "Time of each group's last evaluation as a share of its interval: beyond 100 %, evaluations are skipped.",
        },
        unit: "percent",
        limits: lines.PrometheusRuleGroupSlow,
        queries: [{
          expr: byGroup(
            `100 * ${metric("rule_group_last_duration_seconds")} / ${metric("rule_group_interval_seconds")}`,
          ),
          legend: "{{group}}",
        }],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Requêtes simultanées", en: "Queries at once" },
        description: {
          fr:
            "Part des requêtes permises en même temps qui sont en cours : tableaux de bord et règles attendent à 100 %.",
          en: "Share of the queries allowed at once that run: dashboards and rules wait at 100 %.",
        },
        unit: "percent",
        limits: lines.PrometheusQueryLoadHigh,
        queries: [{
          expr: `100 * avg_over_time(${metric("engine_queries")}[$__rate_interval]) / ${
            metric("engine_queries_concurrent_max")
          }`,
          legend: { fr: "en cours", en: "running" },
        }],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "File vers Alertmanager", en: "Queue to Alertmanager" },
        description: {
          fr: "Part de la file des alertes à envoyer qui est pleine : au-delà, des alertes sont perdues.",
          en: "Share of the queue of alerts to send that is full: beyond it alerts are lost.",
        },
        unit: "percent",
        limits: lines.PrometheusNotificationQueueFilling,
        queries: [{
          expr: `100 * ${metric("notifications_queue_length")} / ${metric("notifications_queue_capacity")}`,
          legend: { fr: "pleine", en: "full" },
        }],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Échecs vers Alertmanager", en: "Failures to Alertmanager" },
        description: {
          fr: "Part des alertes qu'Alertmanager n'a pas prises ; les lignes sont les seuils des alertes.",
          en: "Share of alerts that Alertmanager did not take; the lines are the alerts' thresholds.",
        },
        unit: "percent",
        limits: lines.PrometheusNotificationsFailing,
        absent: { fr: "aucune alerte envoyée sur cette période", en: "no alert sent in this range" },
        queries: [{
          expr: `100 * rate(${metric("notifications_errors_total")}[$__rate_interval]) / ` +
            `(rate(${metric("notifications_sent_total")}[$__rate_interval]) > 0)`,
          legend: "{{alertmanager}}",
        }],
      },
    ],
  };
}

/** What must not happen, counted. */
export function failures(): Row {
  const counted = (names: readonly (readonly [name: string, fr: string, en: string])[]) =>
    names.map(([name, fr, en]) => ({
      expr: `sum(increase(${metric(name)}[$__rate_interval]))`,
      legend: { fr, en },
    }));
  return {
    title: { fr: "Incidents de Prometheus", en: "Incidents of Prometheus" },
    collapsed: true,
    panels: [
      {
        kind: "graph",
        title: { fr: "Règles et cibles", en: "Rules and targets" },
        description: {
          fr: "Évaluations échouées ou sautées, cibles refusées : tout doit rester à 0.",
          en: "Evaluations failed or skipped, targets refused: all of it must stay at 0.",
        },
        unit: "count",
        queries: counted([
          ["rule_evaluation_failures_total", "règles échouées", "rules failed"],
          ["rule_group_iterations_missed_total", "évaluations sautées", "evaluations skipped"],
          [
            "template_text_expansion_failures_total",
            "textes d'alerte mal formés",
            "texts of alerts malformed",
          ],
          ["target_sync_failed_total", "cibles refusées", "targets refused"],
          ["target_scrapes_sample_duplicate_timestamp_total", "valeurs en double", "duplicate values"],
          ["target_scrapes_sample_out_of_order_total", "valeurs dans le désordre", "values out of order"],
        ]),
      },
      {
        kind: "graph",
        title: { fr: "Base et envois", en: "Database and sending" },
        description: {
          fr: "Compactions, relectures et journaux en échec, alertes perdues : tout doit rester à 0.",
          en: "Compactions, reloads and logs that failed, alerts lost: all of it must stay at 0.",
        },
        unit: "count",
        queries: counted([
          ["tsdb_compactions_failed_total", "compactions", "compactions"],
          ["tsdb_reloads_failures_total", "relectures", "reloads"],
          ["tsdb_wal_corruptions_total", "journal abîmé", "damaged log"],
          ["tsdb_checkpoint_creations_failed_total", "points de reprise", "checkpoints"],
          ["notifications_dropped_total", "alertes perdues", "alerts lost"],
        ]),
      },
    ],
  };
}
