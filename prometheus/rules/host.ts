/** Alerts about hosts, measured by the node exporter: processors, memory, disks, clock. */

import { type AlertRule, atLeast, type RecordingRule, type RuleContext, type RuleFamily } from "./rule.ts";
import { decimal, promqlNumber, VALUE } from "./words.ts";

// A read-only image is always full and memory is not a disk; containers see these three files as mounts of the host's disk.
const DISKS =
  'fstype!~"erofs|iso9660|ramfs|squashfs|tmpfs|udf",job="node",mountpoint!~"/etc/(hostname|hosts|resolv.conf)"';

/** Figures that the host dashboard and the alerts share; `without` keeps the labels that config.ts gives a host. */
export function hostRecordings(context: RuleContext): readonly RecordingRule[] {
  const window = atLeast("5m", context);
  return [
    {
      record: "instance:node_cpu_busy:ratio",
      // Waiting for a disk is not being busy.
      expr:
        `1 - avg without (cpu) (sum without (mode) (rate(node_cpu_seconds_total{job="node",mode=~"idle|iowait"}[${window}])))`,
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
    {
      record: "instance_device_mountpoint:node_filesystem_free:ratio",
      expr:
        `node_filesystem_avail_bytes{${DISKS}} / node_filesystem_size_bytes{${DISKS}} and node_filesystem_readonly{${DISKS}} == 0`,
    },
    {
      record: "instance_device_mountpoint:node_filesystem_files_free:ratio",
      expr:
        `node_filesystem_files_free{${DISKS}} / node_filesystem_files{${DISKS}} and node_filesystem_readonly{${DISKS}} == 0`,
    },
  ];
}

/** Hosts that are gone, busy, full or late. */
export const hostRules: RuleFamily = {
  name: "host",
  needs: "node",
  rules: (context) => [
    ...hostRecordings(context),
    hostDown(context),
    ...saturation(context),
    ...disks(context),
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
      fr:
        `Le node exporter de cette machine est injoignable depuis ${thresholds.targetDownFor} : machine arrêtée, réseau coupé ou exporter arrêté.`,
      en:
        `This host's node exporter has been unreachable for ${thresholds.targetDownFor}: host down, network cut or exporter stopped.`,
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

function disks(context: RuleContext): AlertRule[] {
  const { diskFreeWarning, diskFreeCritical } = context.thresholds;
  const space = (percent: number) => ({
    alert: "HostDiskSpaceLow",
    expr: `100 * instance_device_mountpoint:node_filesystem_free:ratio < ${promqlNumber(percent)}`,
    summary: {
      fr: "Disque {{ $labels.mountpoint }} de {{ $labels.instance }} presque plein",
      en: "Disk {{ $labels.mountpoint }} of {{ $labels.instance }} almost full",
    },
    description: {
      fr: `Il reste ${VALUE.fr} % de libre sur {{ $labels.device }} (seuil : ${
        decimal(percent).fr
      } %). Plein, il bloquera tout ce qui y écrit.`,
      en: `${VALUE.en}% of {{ $labels.device }} is free (limit: ${
        decimal(percent).en
      }%). Once it is full, whatever writes to it fails.`,
    },
  });
  return [
    { ...space(diskFreeWarning), for: "15m", severity: "warning" },
    { ...space(diskFreeCritical), for: "5m", severity: "critical" },
    {
      alert: "HostDiskFillingUp",
      expr:
        `100 * instance_device_mountpoint:node_filesystem_free:ratio < 40 and predict_linear(node_filesystem_avail_bytes{${DISKS}}[${
          atLeast("6h", context)
        }], 86400) < 0`,
      for: "1h",
      severity: "warning",
      summary: {
        fr: "Disque {{ $labels.mountpoint }} de {{ $labels.instance }} plein d'ici 24 heures",
        en: "Disk {{ $labels.mountpoint }} of {{ $labels.instance }} full within 24 hours",
      },
      description: {
        fr:
          `Il reste ${VALUE.fr} % de libre sur {{ $labels.device }}, et au rythme des 6 dernières heures plus rien dans 24 heures.`,
        en:
          `${VALUE.en}% of {{ $labels.device }} is free, and at the pace of the last 6 hours nothing will be in 24 hours.`,
      },
    },
    {
      alert: "HostInodesLow",
      expr: "100 * instance_device_mountpoint:node_filesystem_files_free:ratio < 5",
      for: "15m",
      severity: "warning",
      summary: {
        fr: "Presque plus d'inodes sur {{ $labels.mountpoint }} de {{ $labels.instance }}",
        en: "Almost no inodes left on {{ $labels.mountpoint }} of {{ $labels.instance }}",
      },
      description: {
        fr:
          `Il reste ${VALUE.fr} % d'inodes sur {{ $labels.device }} (seuil : 5 %). Sans inode on ne peut plus créer de fichier, même s'il reste de la place : cherchez un dossier aux très nombreux petits fichiers.`,
        en:
          `${VALUE.en}% of the inodes of {{ $labels.device }} are free (limit: 5%). Without one no file can be made, even with space left: look for a directory with very many small files.`,
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
