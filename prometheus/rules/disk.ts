/** Alerts about the disks of hosts, measured by the node exporter. */

import { type AlertRule, atLeast, type RecordingRule, type RuleContext, type RuleFamily } from "./rule.ts";
import { decimal, promqlNumber, VALUE } from "./words.ts";

// A read-only image is always full and memory is not a disk; containers see these three files as mounts of the host's disk.
const DISKS =
  'fstype!~"erofs|iso9660|ramfs|squashfs|tmpfs|udf",job="node",mountpoint!~"/etc/(hostname|hosts|resolv.conf)"';

// Figures that the host dashboard and the alerts share.
const RECORDINGS: readonly RecordingRule[] = [
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

/** Disks that are full, or soon will be. */
export const diskRules: RuleFamily = {
  name: "disk",
  needs: "node",
  rules: (context) => [...RECORDINGS, ...disks(context)],
};

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
