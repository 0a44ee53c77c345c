/** Alerts about hosts, measured by the node exporter: whether they answer, processors, open files, clock. */

import { hostAlert, MILLISECONDS } from "./host_alert.ts";
import { type AlertRule, atLeast, type RecordingRule, type RuleContext, type RuleFamily } from "./rule.ts";
import { PERCENT } from "./settable_alert.ts";
import { DURATION, VALUE } from "./words.ts";

// Those that work on any Linux: most of the others fail where there is no such hardware.
const COLLECTORS = "cpu|diskstats|filefd|filesystem|loadavg|meminfo|netdev|vmstat";

/** Figures that the host dashboard and the alerts share; `without` keeps the labels that config.ts gives a host. */
function recordings(context: RuleContext): readonly RecordingRule[] {
  const window = atLeast("5m", context);
  return [
    {
      record: "instance:node_cpu_busy:ratio",
      // Waiting for a disk is not being busy. A share of all modes is right from the second sample on: 1 - idle would show a host
      // that has just been added as fully busy until the window is filled.
      expr: shareOfTime('mode!~"idle|iowait"', window),
    },
    {
      record: "instance:node_load1_per_cpu:ratio",
      expr:
        'node_load1{job="node"} / count without (cpu, mode) (node_cpu_seconds_total{job="node",mode="idle"})',
    },
  ];
}

/** Hosts that are gone, busy or late. */
export const hostRules: RuleFamily = {
  name: "host",
  needs: "node",
  rules: (context) => [
    ...recordings(context),
    hostDown(context),
    ...processors(context),
    ...kernel(context),
    ...clock(context),
  ],
};

/** The share of all processors' time that goes into some modes, 0–1. */
function shareOfTime(modes: string, window: string): string {
  return `sum without (cpu, mode) (rate(node_cpu_seconds_total{job="node",${modes}}[${window}])) / sum without (cpu, mode) (rate(node_cpu_seconds_total{job="node"}[${window}]))`;
}

function hostDown(context: RuleContext): AlertRule {
  return hostAlert(context, {
    alert: "HostDown",
    severity: "critical",
    line: { for: context.thresholds.targetDownFor },
    expr: () => 'up{job="node"} == 0',
    summary: { fr: "{{ $labels.instance }} ne répond plus", en: "{{ $labels.instance }} does not answer" },
    description: ({ since }) => ({
      fr:
        `Le node exporter de cette machine est injoignable${since.fr} : machine arrêtée, réseau coupé ou exporter arrêté.`,
      en:
        `This host's node exporter has been unreachable${since.en}: host down, network cut or exporter stopped.`,
    }),
  });
}

function processors(context: RuleContext): AlertRule[] {
  const { cpu, loadPerCpu } = context.thresholds;
  const window = atLeast("5m", context);
  return [
    hostAlert(context, {
      alert: "HostCpuHigh",
      severity: "warning",
      line: { threshold: cpu, for: "15m" },
      expr: (threshold) => `100 * instance:node_cpu_busy:ratio > ${threshold}`,
      unit: PERCENT,
      summary: {
        fr: "Processeurs de {{ $labels.instance }} très occupés",
        en: "Processors of {{ $labels.instance }} very busy",
      },
      description: ({ limit }) => ({
        fr:
          `Occupés à ${VALUE.fr} % (${limit.fr}). Tout y devient lent : cherchez le processus qui les occupe.`,
        en:
          `${VALUE.en}% busy (${limit.en}). Everything on it gets slow: look for the process that keeps them busy.`,
      }),
    }),
    hostAlert(context, {
      alert: "HostLoadHigh",
      severity: "warning",
      line: { threshold: loadPerCpu, for: "15m" },
      expr: (threshold) => `instance:node_load1_per_cpu:ratio > ${threshold}`,
      summary: {
        fr: "Charge de {{ $labels.instance }} trop élevée",
        en: "Load of {{ $labels.instance }} too high",
      },
      description: ({ limit }) => ({
        fr:
          `${VALUE.fr} tâches en attente par processeur (${limit.fr}) : les processeurs ou les disques ne suivent plus.`,
        en: `${VALUE.en} tasks waiting per processor (${limit.en}): processors or disks cannot keep up.`,
      }),
    }),
    hostAlert(context, {
      alert: "HostCpuStealHigh",
      severity: "warning",
      line: { threshold: 10, for: "15m" },
      expr: (threshold) => `100 * ${shareOfTime('mode="steal"', window)} > ${threshold}`,
      unit: PERCENT,
      summary: {
        fr: "L'hyperviseur prend du temps processeur à {{ $labels.instance }}",
        en: "The hypervisor takes processor time from {{ $labels.instance }}",
      },
      description: ({ limit }) => ({
        fr:
          `${VALUE.fr} % du temps processeur est volé (${limit.fr}) : la machine physique porte trop de machines virtuelles, ou cette offre est bridée.`,
        en:
          `${VALUE.en}% of the processor time is stolen (${limit.en}): the physical machine carries too many virtual ones, or this plan is throttled.`,
      }),
    }),
    hostAlert(context, {
      alert: "HostIoWaitHigh",
      severity: "warning",
      line: { threshold: 10, for: "30m" },
      expr: (threshold) => `100 * ${shareOfTime('mode="iowait"', window)} > ${threshold}`,
      unit: PERCENT,
      summary: {
        fr: "Les processeurs de {{ $labels.instance }} attendent les disques",
        en: "Processors of {{ $labels.instance }} wait for disks",
      },
      description: ({ limit }) => ({
        fr:
          `${VALUE.fr} % de leur temps passe à attendre une entrée-sortie (${limit.fr}) : cherchez le disque lent et le processus qui l'occupe.`,
        en:
          `${VALUE.en}% of their time goes into waiting for input or output (${limit.en}): look for the slow disk and the process that keeps it busy.`,
      }),
    }),
  ];
}

function kernel(context: RuleContext): AlertRule[] {
  const descriptors = (severity: "warning" | "critical", threshold: number) =>
    hostAlert(context, {
      alert: "HostFileDescriptorsHigh",
      severity,
      line: { threshold, for: "15m" },
      expr: (limit) => `100 * node_filefd_allocated{job="node"} / node_filefd_maximum{job="node"} > ${limit}`,
      unit: PERCENT,
      summary: {
        fr: "{{ $labels.instance }} n'a presque plus de descripteurs de fichiers",
        en: "{{ $labels.instance }} has almost no file descriptors left",
      },
      description: ({ limit }) => ({
        fr: `${VALUE.fr} % sont ouverts (${limit.fr}). Sans descripteur, rien ne peut plus s'ouvrir.`,
        en: `${VALUE.en}% are open (${limit.en}). Without one, nothing can be opened any more.`,
      }),
    });
  return [
    descriptors("warning", 70),
    descriptors("critical", 90),
    hostAlert(context, {
      alert: "HostCollectorFailed",
      severity: "warning",
      line: { for: "15m" },
      expr: () => `node_scrape_collector_success{collector=~"${COLLECTORS}",job="node"} == 0`,
      summary: {
        fr: "Le node exporter de {{ $labels.instance }} ne mesure plus tout",
        en: "The node exporter of {{ $labels.instance }} no longer measures everything",
      },
      description: ({ since }) => ({
        fr:
          `Son collecteur {{ $labels.collector }} échoue${since.fr} : les alertes qui en dépendent ne peuvent plus se déclencher. Son journal dit pourquoi.`,
        en:
          `Its collector {{ $labels.collector }} has failed${since.en}: the alerts that depend on it cannot fire. Its log says why.`,
      }),
    }),
    hostAlert(context, {
      alert: "HostTextfileUnreadable",
      severity: "warning",
      // A file may be read while it is being written: one bad scrape is nothing.
      line: { for: "5m" },
      expr: () => 'node_textfile_scrape_error{job="node"} == 1',
      summary: {
        fr: "Un fichier de mesures de {{ $labels.instance }} est illisible",
        en: "A file of metrics of {{ $labels.instance }} cannot be read",
      },
      description: () => ({
        fr:
          "Le node exporter refuse un fichier .prom de son dossier textfile : les mesures qu'un script y dépose manquent, et leurs alertes se taisent.",
        en:
          "The node exporter refuses a .prom file in its textfile directory: what a script measures is missing, and its alerts are silent.",
      }),
    }),
  ];
}

function clock(context: RuleContext): AlertRule[] {
  const drift = atLeast("5m", context);
  return [
    hostAlert(context, {
      alert: "HostClockSkew",
      severity: "warning",
      line: { threshold: 0.05, for: "10m" },
      // An offset that shrinks is being corrected already.
      expr: (seconds) =>
        `(node_timex_offset_seconds{job="node"} > ${seconds} and deriv(node_timex_offset_seconds{job="node"}[${drift}]) >= 0) or (node_timex_offset_seconds{job="node"} < -${seconds} and deriv(node_timex_offset_seconds{job="node"}[${drift}]) <= 0)`,
      unit: MILLISECONDS,
      summary: {
        fr: "L'horloge de {{ $labels.instance }} est décalée",
        en: "The clock of {{ $labels.instance }} is off",
      },
      description: ({ limit }) => ({
        fr:
          `Décalage de ${DURATION.fr}, qui ne se réduit pas (${limit.fr}). Journaux, certificats et mesures en sont faussés : vérifiez le service de temps (chrony, systemd-timesyncd).`,
        en:
          `It is off by ${DURATION.en} and does not converge (${limit.en}). Logs, certificates and metrics suffer: check the time service (chrony, systemd-timesyncd).`,
      }),
    }),
    hostAlert(context, {
      alert: "HostClockNotSynchronised",
      severity: "warning",
      line: { for: "10m" },
      // The kernel itself gives up at 16 s of possible error.
      expr: () => 'node_timex_sync_status{job="node"} == 0 and node_timex_maxerror_seconds{job="node"} >= 16',
      summary: {
        fr: "L'horloge de {{ $labels.instance }} n'est plus synchronisée",
        en: "The clock of {{ $labels.instance }} is not synchronised",
      },
      description: () => ({
        fr:
          "Aucun service de temps ne la règle : elle va dériver. Vérifiez que chrony ou systemd-timesyncd tourne et joint ses serveurs.",
        en:
          "No time service keeps it right, so it will drift. Check that chrony or systemd-timesyncd runs and reaches its servers.",
      }),
    }),
  ];
}
