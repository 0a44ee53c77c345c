/** Alerts about hosts, measured by the node exporter: processors, memory, clock. Disks are in disk.ts. */

import { type AlertRule, atLeast, type RecordingRule, type RuleContext, type RuleFamily } from "./rule.ts";
import { decimal, inWords, promqlNumber, VALUE } from "./words.ts";

/** Figures that the host dashboard and the alerts share; `without` keeps the labels that config.ts gives a host. */
function recordings(context: RuleContext): readonly RecordingRule[] {
  const window = atLeast("5m", context);
  return [
    {
      record: "instance:node_cpu_busy:ratio",
      // Waiting for a disk is not being busy. A share of all modes is right from the second sample on: 1 - idle would show a host
      // that has just been added as fully busy until the window is filled.
      expr:
        `sum without (cpu, mode) (rate(node_cpu_seconds_total{job="node",mode!~"idle|iowait"}[${window}])) / sum without (cpu, mode) (rate(node_cpu_seconds_total{job="node"}[${window}]))`,
    },
    {
      record: "instance:node_load1_per_cpu:ratio",
      expr:
        'node_load1{job="node"} / count without (cpu, mode) (node_cpu_seconds_total{job="node",mode="idle"})',
    },
    {
      record: "instance:node_memory_used:ratio",
      expr: '1 - node_memory_MemAvailable_bytes{job="node"} / node_memory_MemTotal_bytes{job="node"}',
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
    ...saturation(context),
    ...kernel(context),
  ],
};

function hostDown({ thresholds }: RuleContext): AlertRule {
  return {
    alert: "HostDown",
    expr: 'up{job="node"} == 0',
    for: thresholds.targetDownFor,
    severity: "critical",
    summary: { fr: "{{ $labels.instance }} ne répond plus", en: "{{ $labels.instance }} does not answer" },
    description: {
      fr: `Le node exporter de cette machine est injoignable depuis ${
        inWords(thresholds.targetDownFor).fr
      } : machine arrêtée, réseau coupé ou exporter arrêté.`,
      en: `This host's node exporter has been unreachable for ${
        inWords(thresholds.targetDownFor).en
      }: host down, network cut or exporter stopped.`,
    },
  };
}

function saturation({ thresholds }: RuleContext): AlertRule[] {
  const { cpu, memory, loadPerCpu } = thresholds;
  return [
    {
      alert: "HostCpuHigh",
      expr: `100 * instance:node_cpu_busy:ratio > ${promqlNumber(cpu)}`,
      for: "15m",
      severity: "warning",
      summary: {
        fr: "Processeurs de {{ $labels.instance }} très occupés",
        en: "Processors of {{ $labels.instance }} very busy",
      },
      description: {
        fr: `Occupés à ${VALUE.fr} % (seuil : ${
          decimal(cpu).fr
        } % pendant 15 minutes). Tout y devient lent : cherchez le processus qui les occupe.`,
        en: `${VALUE.en}% busy (limit: ${
          decimal(cpu).en
        }% for 15 minutes). Everything on it gets slow: look for the process that keeps them busy.`,
      },
    },
    {
      alert: "HostLoadHigh",
      expr: `instance:node_load1_per_cpu:ratio > ${promqlNumber(loadPerCpu)}`,
      for: "15m",
      severity: "warning",
      summary: {
        fr: "Charge de {{ $labels.instance }} trop élevée",
        en: "Load of {{ $labels.instance }} too high",
      },
      description: {
        fr: `${VALUE.fr} tâches en attente par processeur (seuil : ${
          decimal(loadPerCpu).fr
        } pendant 15 minutes) : les processeurs ou les disques ne suivent plus.`,
        en: `${VALUE.en} tasks waiting per processor (limit: ${
          decimal(loadPerCpu).en
        } for 15 minutes): processors or disks cannot keep up.`,
      },
    },
    {
      alert: "HostMemoryHigh",
      expr: `100 * instance:node_memory_used:ratio > ${promqlNumber(memory)}`,
      for: "15m",
      severity: "warning",
      summary: {
        fr: "Mémoire de {{ $labels.instance }} presque pleine",
        en: "Memory of {{ $labels.instance }} almost full",
      },
      description: {
        fr: `Mémoire utilisée à ${VALUE.fr} % (seuil : ${
          decimal(memory).fr
        } % pendant 15 minutes). Si elle se remplit, le noyau arrêtera des processus.`,
        en: `${VALUE.en}% of the memory is used (limit: ${
          decimal(memory).en
        }% for 15 minutes). Once it is full, the kernel kills processes.`,
      },
    },
  ];
}

function kernel(context: RuleContext): AlertRule[] {
  const drift = atLeast("5m", context);
  return [
    {
      alert: "HostOomKill",
      expr: `increase(node_vmstat_oom_kill{job="node"}[${atLeast("10m", context)}]) > 0`,
      severity: "warning",
      summary: {
        fr: "{{ $labels.instance }} a manqué de mémoire",
        en: "{{ $labels.instance }} ran out of memory",
      },
      description: {
        fr:
          "Le noyau a arrêté au moins un processus faute de mémoire. Son nom est dans le journal du noyau : dmesg | grep -i oom",
        en:
          "The kernel killed at least one process for lack of memory. Its name is in the kernel's log: dmesg | grep -i oom",
      },
    },
    {
      alert: "HostClockSkew",
      // An offset that shrinks is being corrected already.
      expr:
        `(node_timex_offset_seconds{job="node"} > 0.05 and deriv(node_timex_offset_seconds{job="node"}[${drift}]) >= 0) or (node_timex_offset_seconds{job="node"} < -0.05 and deriv(node_timex_offset_seconds{job="node"}[${drift}]) <= 0)`,
      for: "10m",
      severity: "warning",
      summary: {
        fr: "L'horloge de {{ $labels.instance }} est décalée",
        en: "The clock of {{ $labels.instance }} is off",
      },
      description: {
        fr:
          "Décalage de {{ $value | humanizeDuration }}, qui ne se réduit pas. Journaux, certificats et mesures en sont faussés : vérifiez le service de temps (chrony, systemd-timesyncd).",
        en:
          "It is off by {{ $value | humanizeDuration }} and does not converge. Logs, certificates and metrics suffer: check the time service (chrony, systemd-timesyncd).",
      },
    },
    {
      alert: "HostClockNotSynchronised",
      expr: 'node_timex_sync_status{job="node"} == 0 and node_timex_maxerror_seconds{job="node"} >= 16',
      for: "10m",
      severity: "warning",
      summary: {
        fr: "L'horloge de {{ $labels.instance }} n'est plus synchronisée",
        en: "The clock of {{ $labels.instance }} is not synchronised",
      },
      description: {
        fr:
          "Aucun service de temps ne la règle : elle va dériver. Vérifiez que chrony ou systemd-timesyncd tourne et joint ses serveurs.",
        en:
          "No time service keeps it right, so it will drift. Check that chrony or systemd-timesyncd runs and reaches its servers.",
      },
    },
  ];
}
