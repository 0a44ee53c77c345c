import { prometheusStorageRules } from "./prometheus_storage.ts";
import { type AlertCase, type Series, testRules } from "../testing/rule_cases.ts";

const LABELS = { instance: "prometheus", job: "prometheus" };
const own = (name: string) => `prometheus_tsdb_${name}{instance="prometheus",job="prometheus"}`;
const GB = 1024 ** 3;

/** A history of so many tenths of a gigabyte that may have 5 GB, whose oldest measurement is from `oldest`, seconds since 1970. */
function history(tenths: string, oldest: number): Series {
  return {
    [own("storage_blocks_bytes")]: tenths.replace(/(\d+)x/g, (_, size) => `${Number(size) / 10 * GB}x`),
    [own("wal_storage_size_bytes")]: `${0.2 * GB}x400`,
    [own("head_chunks_storage_size_bytes")]: `${0.1 * GB}x400`,
    [own("retention_limit_bytes")]: `${5 * GB}x400`,
    [own("lowest_timestamp_seconds")]: `${oldest}x400`,
    [own("retention_limit_seconds")]: `${15 * 86_400}x400`,
  };
}

const CASES: readonly AlertCase[] = [
  {
    alert: "PrometheusNotIngestingSamples",
    series: { 'up{instance="prometheus",job="prometheus"}': "_x60 1x20" },
    moments: [{
      at: "10m",
      firing: [{
        severity: "critical",
        labels: { job: "prometheus" },
        summary: {
          fr: "Prometheus ne range plus aucune mesure",
          en: "Prometheus stores no measurements any more",
        },
        description: {
          fr:
            "Il tourne, mais rien n'entre depuis 10 minutes : toutes les autres alertes sont muettes. Le plus souvent, le disque est plein ou en lecture seule : deno task logs prometheus",
          en:
            "It runs, but nothing has come in for 10 minutes: all other alerts are mute. Most often the disk is full or read-only: deno task logs prometheus",
        },
      }],
    }, { at: "15m", firing: [] }],
    quiet: [{ 'up{instance="prometheus",job="prometheus"}': "0x80" }],
  },
  {
    alert: "PrometheusStorageNearlyFull",
    series: history("44x280 40x100", -86_400),
    moments: [{
      at: "1h",
      firing: [{
        severity: "warning",
        labels: LABELS,
        summary: {
          fr: "L'historique de Prometheus atteint sa taille limite",
          en: "Prometheus's history reaches its size limit",
        },
        description: {
          fr:
            "94,0 % de retention.size sont occupés (seuil : 90 % pendant 1 heure), alors que l'historique ne remonte pas encore à retention.time : les mesures les plus anciennes partiront plus tôt que voulu.",
          en:
            "94.0% of retention.size is taken (limit: 90% for 1 hour), but the history does not reach back to retention.time yet: the oldest measurements will go earlier than wanted.",
        },
      }],
    }, { at: "1h10m15s", firing: [] }],
    quiet: [
      history("42x400", -86_400),
      // It reaches back as far as it should: it will not grow.
      history("44x400", -15 * 86_400),
      // Without a limit of size.
      { ...history("44x400", -86_400), [own("retention_limit_bytes")]: "0x400" },
    ],
  },
  {
    alert: "PrometheusBlockReloadsFailing",
    series: { [own("reloads_failures_total")]: "0+1x160 160x80" },
    moments: [{
      at: "30m15s",
      firing: [{
        severity: "warning",
        labels: LABELS,
        summary: {
          fr: "Prometheus n'arrive plus à relire ses blocs",
          en: "Prometheus cannot read its blocks again",
        },
        description: {
          fr:
            "Cela échoue depuis 30 minutes : l'historique n'est ni complété ni nettoyé, et le disque se remplit. Un bloc est abîmé, ou le disque refuse : deno task logs prometheus",
          en:
            "It has failed for 30 minutes: the history is neither added to nor tidied, and the disk fills up. A block is damaged, or the disk refuses: deno task logs prometheus",
        },
      }],
    }, { at: "54m45s", firing: [] }],
    quiet: [{ [own("reloads_failures_total")]: "0x3 3x240" }],
  },
  {
    alert: "PrometheusCompactionsFailing",
    series: { [own("compactions_failed_total")]: "0+1x160 160x80" },
    moments: [{
      at: "30m15s",
      firing: [{
        severity: "warning",
        labels: LABELS,
        summary: {
          fr: "Prometheus n'arrive plus à compacter ses mesures",
          en: "Prometheus cannot compact its measurements",
        },
        description: {
          fr:
            "Cela échoue depuis 30 minutes : elles restent en mémoire et dans le journal d'écriture, qui grandissent. Le plus souvent, le disque est plein : deno task logs prometheus",
          en:
            "It has failed for 30 minutes: they stay in memory and in the write-ahead log, which grow. Most often the disk is full: deno task logs prometheus",
        },
      }],
    }, { at: "54m45s", firing: [] }],
    quiet: [{ [own("compactions_failed_total")]: "0x3 3x240" }],
  },
  {
    alert: "PrometheusWalCorrupted",
    series: { [own("wal_corruptions_total")]: "0x3 1x300" },
    moments: [{
      at: "1m",
      firing: [{
        severity: "warning",
        labels: LABELS,
        summary: {
          fr: "Le journal d'écriture de Prometheus était abîmé",
          en: "Prometheus's write-ahead log was damaged",
        },
        description: {
          fr:
            "Il a été réparé en coupant ce qui n'était pas lisible : des mesures récentes peuvent manquer. Vérifiez le disque : dmesg, smartctl",
          en:
            "It was repaired by cutting off what could not be read: recent measurements may be missing. Check the disk: dmesg, smartctl",
        },
      }],
    }, { at: "1h45s", firing: [] }],
    quiet: [{ [own("wal_corruptions_total")]: "1x300" }],
  },
  {
    alert: "PrometheusCheckpointsFailing",
    series: {
      [own("checkpoint_creations_failed_total")]: "0x3 1x900",
      [own("checkpoint_deletions_failed_total")]: "0x900",
      [own("head_truncations_failed_total")]: "0x900",
      [own("wal_truncations_failed_total")]: "0x900",
    },
    moments: [{
      at: "11m",
      firing: [{
        severity: "warning",
        labels: LABELS,
        summary: {
          fr: "Prometheus n'arrive pas à raccourcir son journal d'écriture",
          en: "Prometheus cannot shorten its write-ahead log",
        },
        description: {
          fr:
            "Le journal grandit, le disque se remplit, et le prochain démarrage sera long. La cause est dans le journal du service : deno task logs prometheus",
          en:
            "The log grows, the disk fills up, and the next start will take long. The service's own log says why: deno task logs prometheus",
        },
      }],
    }, { at: "3h45s", firing: [] }],
    quiet: [{
      [own("checkpoint_creations_failed_total")]: "1x900",
      [own("checkpoint_deletions_failed_total")]: "1x900",
      [own("head_truncations_failed_total")]: "1x900",
      [own("wal_truncations_failed_total")]: "1x900",
    }],
  },
];

testRules(prometheusStorageRules, CASES);
