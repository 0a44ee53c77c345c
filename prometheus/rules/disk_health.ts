/** Alerts about disks and filesystems that fail, or are too slow for what is asked of them, measured by the node exporter. */

import { FILESYSTEMS } from "./filesystems.ts";
import { hostAlert, MILLISECONDS } from "./host_alert.ts";
import { type AlertRule, atLeast, type RecordingRule, type RuleContext, type RuleFamily } from "./rule.ts";
import { DURATION, VALUE } from "./words.ts";

// What is made of other disks (LVM, encryption, RAID) would say the same once more.
const DISKS = 'device!~"loop.*|ram.*|zram.*|fd.*|sr.*|dm-.*|md.*",job="node"';

/** Disks and filesystems that are not well. */
export const diskHealthRules: RuleFamily = {
  name: "disk-health",
  needs: "node",
  rules: (context) => [
    ...recordings(context),
    ...filesystems(context),
    saturated(context),
    slow(context, "read", {
      alert: "HostDiskReadLatencyHigh",
      fr: ["Lectures lentes", "Une lecture"],
      en: ["Slow reads", "a read"],
    }),
    slow(context, "write", {
      alert: "HostDiskWriteLatencyHigh",
      fr: ["Écritures lentes", "Une écriture"],
      en: ["Slow writes", "a write"],
    }),
  ],
};

type Direction = "read" | "write";

const OPERATIONS: Readonly<Record<Direction, string>> = {
  read: "node_disk_reads_completed_total",
  write: "node_disk_writes_completed_total",
};

function operationRate(direction: Direction, context: RuleContext): string {
  return `rate(${OPERATIONS[direction]}{${DISKS}}[${atLeast("5m", context)}])`;
}

/** Mean times of a read and of a write, which the host dashboard and the alerts share. */
function recordings(context: RuleContext): readonly RecordingRule[] {
  return (["read", "write"] as const).map((direction) => ({
    record: `instance_device:node_disk_${direction}_latency:seconds`,
    expr: `rate(node_disk_${direction}_time_seconds_total{${DISKS}}[${atLeast("5m", context)}]) / (${
      operationRate(direction, context)
    } > 0)`,
  }));
}

function filesystems(context: RuleContext): AlertRule[] {
  return [
    hostAlert(context, {
      alert: "HostFilesystemError",
      severity: "critical",
      line: { for: "5m" },
      variables: ["device"],
      // What the exporter may not look at, or sees in another mount namespace, is no fault of the disk.
      expr: () =>
        `node_filesystem_device_error{device_error!~"no such file or directory|operation not permitted|permission denied",${FILESYSTEMS}} == 1`,
      summary: {
        fr: "{{ $labels.mountpoint }} de {{ $labels.instance }} ne répond plus",
        en: "{{ $labels.mountpoint }} of {{ $labels.instance }} does not answer",
      },
      description: ({ since }) => ({
        fr:
          `Le système de fichiers de {{ $labels.device }} renvoie une erreur${since.fr}{{ with $labels.device_error }} ({{ . }}){{ end }} : disque en panne, ou partage réseau injoignable. Ce qui y lit ou écrit reste bloqué.`,
        en:
          `The filesystem of {{ $labels.device }} has given an error${since.en}{{ with $labels.device_error }} ({{ . }}){{ end }}: broken disk, or network share out of reach. Whatever reads or writes there hangs.`,
      }),
    }),
    hostAlert(context, {
      alert: "HostFilesystemReadOnly",
      severity: "critical",
      line: { for: "2m" },
      variables: ["device"],
      // One that is meant to be read-only never was anything else.
      expr: () =>
        `node_filesystem_readonly{${FILESYSTEMS}} == 1 and min_over_time(node_filesystem_readonly{${FILESYSTEMS}}[${
          atLeast("1d", context)
        }]) == 0`,
      summary: {
        fr: "{{ $labels.mountpoint }} de {{ $labels.instance }} est passé en lecture seule",
        en: "{{ $labels.mountpoint }} of {{ $labels.instance }} has become read-only",
      },
      description: () => ({
        fr:
          "On y écrivait encore il y a moins d'un jour. Le noyau protège ainsi {{ $labels.device }} après une erreur du disque : voyez dmesg. Plus rien ne peut s'y enregistrer.",
        en:
          "It could be written to less than a day ago. This is how the kernel protects {{ $labels.device }} after an error of the disk: see dmesg. Nothing can be saved there any more.",
      }),
    }),
  ];
}

function saturated(context: RuleContext): AlertRule {
  return hostAlert(context, {
    alert: "HostDiskIoSaturated",
    severity: "warning",
    line: { threshold: 10, for: "30m" },
    expr: (threshold) =>
      `rate(node_disk_io_time_weighted_seconds_total{${DISKS}}[${atLeast("5m", context)}]) > ${threshold}`,
    variables: ["device"],
    summary: {
      fr: "Disque {{ $labels.device }} de {{ $labels.instance }} saturé",
      en: "Disk {{ $labels.device }} of {{ $labels.instance }} saturated",
    },
    description: ({ limit }) => ({
      fr:
        `${VALUE.fr} demandes y attendent en moyenne (${limit.fr}) : le disque ne suit plus, et tout ce qui lit ou écrit ralentit.`,
      en:
        `${VALUE.en} requests wait for it on average (${limit.en}): the disk cannot keep up, and whatever reads or writes slows down.`,
    }),
  });
}

function slow(
  context: RuleContext,
  direction: Direction,
  { alert, fr, en }: {
    readonly alert: string;
    readonly fr: readonly [title: string, subject: string];
    readonly en: readonly [title: string, subject: string];
  },
): AlertRule {
  return hostAlert(context, {
    alert,
    severity: "warning",
    line: { threshold: 0.1, for: "15m" },
    // A disk that sleeps takes seconds for the first request: one now and then says nothing.
    expr: (threshold) =>
      `instance_device:node_disk_${direction}_latency:seconds > ${threshold} and ${
        operationRate(direction, context)
      } > 1`,
    unit: MILLISECONDS,
    variables: ["device"],
    summary: {
      fr: `${fr[0]} sur le disque {{ $labels.device }} de {{ $labels.instance }}`,
      en: `${en[0]} on disk {{ $labels.device }} of {{ $labels.instance }}`,
    },
    description: ({ limit }) => ({
      fr: `${
        fr[1]
      } y prend ${DURATION.fr} en moyenne (${limit.fr}) : disque surchargé ou mourant, ou stockage réseau trop lent.`,
      en: `On average ${
        en[1]
      } takes ${DURATION.en} (${limit.en}): overloaded or dying disk, or network storage too slow.`,
    }),
  });
}
