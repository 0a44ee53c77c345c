/** Alerts about what Prometheus keeps. */

import { type AlertRule, atLeast, type RuleContext, type RuleFamily } from "./rule.ts";
import { PERCENT, settableAlert } from "./settable_alert.ts";
import { VALUE } from "./words.ts";

const DASHBOARD = { uid: "vigie-stack", variables: [] };

/** Measurements that are not kept, or not as long as config.ts wants. */
export const prometheusStorageRules: RuleFamily = {
  name: "prometheus-storage",
  needs: "prometheus",
  rules: (context) => [notIngesting(context), nearlyFull(context), ...failures(context)],
};

function notIngesting(context: RuleContext): AlertRule {
  return settableAlert(context, {
    alert: "PrometheusNotIngestingSamples",
    severity: "critical",
    line: { for: "10m" },
    // Its own counters are samples too: what nothing ingests cannot be read from them.
    expr: () => 'absent(up{job="prometheus"})',
    summary: {
      fr: "Prometheus ne range plus aucune mesure",
      en: "Prometheus stores no measurements any more",
    },
    description: ({ since }) => ({
      fr:
        `Il tourne, mais rien n'entre${since.fr} : toutes les autres alertes sont muettes. Le plus souvent, le disque est plein ou en lecture seule : deno task logs prometheus`,
      en:
        `It runs, but nothing has come in${since.en}: all other alerts are mute. Most often the disk is full or read-only: deno task logs prometheus`,
    }),
    dashboard: DASHBOARD,
  });
}

function nearlyFull(context: RuleContext): AlertRule {
  const metric = (name: string) => `prometheus_tsdb_${name}{job="prometheus"}`;
  const used = ["storage_blocks_bytes", "wal_storage_size_bytes", "head_chunks_storage_size_bytes"];
  return settableAlert(context, {
    alert: "PrometheusStorageNearlyFull",
    severity: "warning",
    line: { threshold: 90, for: "1h" },
    unit: PERCENT,
    // What already reaches back as far as it is to be kept is held down by time: there it may stay nearly full.
    expr: (percent) =>
      `100 * (${used.map(metric).join(" + ")}) / (${
        metric("retention_limit_bytes")
      } > 0) > ${percent} and time() - ${metric("lowest_timestamp_seconds")} < ${
        metric("retention_limit_seconds")
      }`,
    summary: {
      fr: "L'historique de Prometheus atteint sa taille limite",
      en: "Prometheus's history reaches its size limit",
    },
    description: ({ limit }) => ({
      fr:
        `${VALUE.fr} % de retention.size sont occupés (${limit.fr}), alors que l'historique ne remonte pas encore à retention.time : les mesures les plus anciennes partiront plus tôt que voulu.`,
      en:
        `${VALUE.en}% of retention.size is taken (${limit.en}), but the history does not reach back to retention.time yet: the oldest measurements will go earlier than wanted.`,
    }),
    dashboard: DASHBOARD,
  });
}

function failures(context: RuleContext): AlertRule[] {
  const grows = (name: string, window: string) =>
    `increase(prometheus_tsdb_${name}_total{job="prometheus"}[${window}])`;
  const often = atLeast("15m", context);
  const hourly = atLeast("1h", context);
  const rarely = atLeast("3h", context);
  // What Prometheus does when it tidies up, every two hours.
  const tidying = [
    "checkpoint_creations_failed",
    "checkpoint_deletions_failed",
    "head_truncations_failed",
    "wal_truncations_failed",
  ];
  return [
    settableAlert(context, {
      alert: "PrometheusBlockReloadsFailing",
      severity: "warning",
      line: { for: "30m" },
      expr: () => `${grows("reloads_failures", often)} > 0`,
      summary: {
        fr: "Prometheus n'arrive plus à relire ses blocs",
        en: "Prometheus cannot read its blocks again",
      },
      description: ({ since }) => ({
        fr:
          `Cela échoue${since.fr} : l'historique n'est ni complété ni nettoyé, et le disque se remplit. Un bloc est abîmé, ou le disque refuse : deno task logs prometheus`,
        en:
          `It has failed${since.en}: the history is neither added to nor tidied, and the disk fills up. A block is damaged, or the disk refuses: deno task logs prometheus`,
      }),
      dashboard: DASHBOARD,
    }),
    settableAlert(context, {
      alert: "PrometheusCompactionsFailing",
      severity: "warning",
      line: { for: "30m" },
      // A compaction that failed is tried again every minute.
      expr: () => `${grows("compactions_failed", often)} > 0`,
      summary: {
        fr: "Prometheus n'arrive plus à compacter ses mesures",
        en: "Prometheus cannot compact its measurements",
      },
      description: ({ since }) => ({
        fr:
          `Cela échoue${since.fr} : elles restent en mémoire et dans le journal d'écriture, qui grandissent. Le plus souvent, le disque est plein : deno task logs prometheus`,
        en:
          `It has failed${since.en}: they stay in memory and in the write-ahead log, which grow. Most often the disk is full: deno task logs prometheus`,
      }),
      dashboard: DASHBOARD,
    }),
    settableAlert(context, {
      alert: "PrometheusWalCorrupted",
      severity: "warning",
      line: {},
      expr: () => `${grows("wal_corruptions", hourly)} > 0`,
      summary: {
        fr: "Le journal d'écriture de Prometheus était abîmé",
        en: "Prometheus's write-ahead log was damaged",
      },
      description: () => ({
        fr:
          "Il a été réparé en coupant ce qui n'était pas lisible : des mesures récentes peuvent manquer. Vérifiez le disque : dmesg, smartctl",
        en:
          "It was repaired by cutting off what could not be read: recent measurements may be missing. Check the disk: dmesg, smartctl",
      }),
      dashboard: DASHBOARD,
    }),
    settableAlert(context, {
      alert: "PrometheusCheckpointsFailing",
      severity: "warning",
      line: { for: "10m" },
      expr: () => `${tidying.map((name) => grows(name, rarely)).join(" + ")} > 0`,
      summary: {
        fr: "Prometheus n'arrive pas à raccourcir son journal d'écriture",
        en: "Prometheus cannot shorten its write-ahead log",
      },
      description: () => ({
        fr:
          "Le journal grandit, le disque se remplit, et le prochain démarrage sera long. La cause est dans le journal du service : deno task logs prometheus",
        en:
          "The log grows, the disk fills up, and the next start will take long. The service's own log says why: deno task logs prometheus",
      }),
      dashboard: DASHBOARD,
    }),
  ];
}
