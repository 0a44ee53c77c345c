/** Rows of the host dashboard: filesystems, disks, network interfaces. */

import type { Text } from "../../../lib/text.ts";
import type { AlertLine, GrafanaLinks } from "../../links.ts";
import type { Graph } from "../../panel.ts";
import type { Row } from "../dashboard.ts";
import { bothDirections, byDevice, DISK, FIGURES, NETWORK, usedLimits, withDevice } from "./queries.ts";

/** Space and inodes of each filesystem. */
export function space({ lines }: GrafanaLinks): Row {
  const used = `max by (instance, mountpoint) (${FIGURES.spaceUsed})`;
  return {
    title: { fr: "Espace disque", en: "Disk space" },
    panels: [
      {
        kind: "bars",
        width: 8,
        title: { fr: "Espace utilisé maintenant", en: "Space used now" },
        description: {
          fr:
            "Part de l'espace de chaque système de fichiers qu'un programme ordinaire ne peut plus prendre.",
          en: "Share of each filesystem's space that an ordinary program can no longer take.",
        },
        unit: "percent",
        max: 100,
        limits: usedLimits(lines.HostDiskSpaceLow),
        queries: [{ expr: `sort_desc(${used})`, legend: "{{mountpoint}}" }],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Espace utilisé", en: "Space used" },
        description: {
          fr: "La même part dans le temps ; les lignes sont les seuils des alertes.",
          en: "The same share over time; the lines are the alerts' thresholds.",
        },
        unit: "percent",
        max: 100,
        limits: usedLimits(lines.HostDiskSpaceLow),
        queries: [{ expr: used, legend: "{{mountpoint}}" }],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Inodes utilisés", en: "Inodes used" },
        description: {
          fr: "Part des inodes pris : à 100 %, aucun fichier ne peut être créé même s'il reste de l'espace.",
          en: "Share of inodes taken: at 100 %, no file can be made even if space is left.",
        },
        unit: "percent",
        max: 100,
        limits: usedLimits(lines.HostInodesLow),
        absent: {
          fr: "aucun système de fichiers ne limite les inodes",
          en: "no filesystem has a limit of inodes",
        },
        queries: [{
          expr: `max by (instance, mountpoint) (${FIGURES.inodesUsed})`,
          legend: "{{mountpoint}}",
        }],
      },
      {
        kind: "graph",
        title: { fr: "Espace libre", en: "Space free" },
        description: {
          fr: "Espace que les programmes peuvent encore prendre.",
          en: "Space that programs can still take.",
        },
        unit: "bytes",
        queries: [{ expr: `max by (instance, mountpoint) (${FIGURES.spaceFree})`, legend: "{{mountpoint}}" }],
      },
      {
        kind: "graph",
        title: { fr: "Plein dans", en: "Full in" },
        description: {
          fr:
            "Temps qu'il reste avant que le système de fichiers soit plein, au rythme des 6 dernières heures. Ce qui ne se remplit pas n'est pas montré.",
          en:
            "Time that is left until the filesystem is full, at the pace of the last 6 hours. What does not fill up is not shown.",
        },
        unit: "seconds",
        absent: { fr: "aucun disque ne se remplit", en: "no disk fills up" },
        queries: [{
          expr: `min by (instance, mountpoint) (${FIGURES.secondsUntilFull})`,
          legend: "{{mountpoint}}",
        }],
      },
    ],
  };
}

const KINDS = [
  {
    bytes: "read_bytes",
    time: "read_time_seconds",
    count: "reads_completed",
    record: "instance_device:node_disk_read_latency:seconds",
    legend: withDevice({ fr: "lecture", en: "read" }),
    below: false,
  },
  {
    bytes: "written_bytes",
    time: "write_time_seconds",
    count: "writes_completed",
    record: "instance_device:node_disk_write_latency:seconds",
    legend: withDevice({ fr: "écriture", en: "write" }),
    below: true,
  },
] as const;

/** Throughput, latency and use of each disk. */
export function disks({ lines }: GrafanaLinks): Row {
  const absent: Text = { fr: "aucun disque visible", en: "no disk visible" };
  const rate = (metric: string, device: string) =>
    `rate(node_disk_${metric}_total{${DISK}${device}}[$__rate_interval])`;
  // What the alerts' rules store; nothing read or written gives 0, where the division alone would give no value.
  // The product takes the rule's name off: with it, a disk at rest would look like another series.
  const latency = ({ record, time, count }: typeof KINDS[number]) =>
    `1 * (${
      byDevice((device) =>
        `(${record}{${DISK}${device}} or ${rate(time, device)} / (${rate(count, device)} > 0) or 0 * ${
          rate(count, device)
        })`
      )
    })`;
  return {
    title: { fr: "Disques", en: "Disks" },
    panels: [
      {
        kind: "graph",
        width: 8,
        title: { fr: "Débit des disques", en: "Disk throughput" },
        description: {
          fr: "Octets lus (au-dessus) et écrits (au-dessous) par seconde.",
          en: "Bytes read (above) and written (below) per second.",
        },
        unit: "bytesPerSecond",
        absent,
        queries: KINDS.map(({ bytes, legend, below }) => ({
          expr: byDevice((device) => rate(bytes, device)),
          legend,
          below,
        })),
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Opérations des disques", en: "Disk operations" },
        description: {
          fr: "Lectures (au-dessus) et écritures (au-dessous) terminées par seconde.",
          en: "Reads (above) and writes (below) completed per second.",
        },
        unit: "perSecond",
        absent,
        queries: KINDS.map(({ count, legend, below }) => ({
          expr: byDevice((device) => rate(count, device)),
          legend,
          below,
        })),
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Occupation des disques", en: "Disk busy" },
        description: {
          fr:
            "Part du temps où le disque traite au moins une demande. Un SSD à 100 % n'est pas forcément saturé.",
          en:
            "Share of time the disk works on at least one request. An SSD at 100 % is not necessarily saturated.",
        },
        unit: "percent",
        absent,
        queries: [{
          expr: byDevice((device) => `100 * ${rate("io_time_seconds", device)}`),
          legend: "{{device}}",
        }],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Latence de lecture", en: "Read latency" },
        description: {
          fr:
            "Durée moyenne d'une lecture, attente comprise ; 0 sans activité. La ligne est le seuil de l'alerte.",
          en: "Mean time of a read, waiting included; 0 without activity. The line is the alert's threshold.",
        },
        unit: "seconds",
        limits: lines.HostDiskReadLatencyHigh,
        absent,
        queries: [{ expr: latency(KINDS[0]), legend: "{{device}}" }],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Latence d'écriture", en: "Write latency" },
        description: {
          fr:
            "Durée moyenne d'une écriture, attente comprise ; 0 sans activité. La ligne est le seuil de l'alerte.",
          en:
            "Mean time of a write, waiting included; 0 without activity. The line is the alert's threshold.",
        },
        unit: "seconds",
        limits: lines.HostDiskWriteLatencyHigh,
        absent,
        queries: [{ expr: latency(KINDS[1]), legend: "{{device}}" }],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "File d'attente des disques", en: "Disk queue" },
        description: {
          fr: "Demandes en attente ou en cours, en moyenne : un disque qui ne suit plus les empile.",
          en: "Requests waiting or in progress, on average: a disk that cannot keep up piles them up.",
        },
        unit: "count",
        limits: lines.HostDiskIoSaturated,
        absent,
        queries: [{
          expr: byDevice((device) => rate("io_time_weighted_seconds", device)),
          legend: "{{device}}",
        }],
      },
    ],
  };
}

/** Traffic, errors and drops of each interface. */
export function network({ lines }: GrafanaLinks): Row {
  const absent: Text = { fr: "aucune interface visible", en: "no interface visible" };
  const rate = (direction: string, what: string, device: string) =>
    `rate(node_network_${direction}_${what}_total{${NETWORK}${device}}[$__rate_interval])`;
  const errors = (direction: "receive" | "transmit", title: Text, limits: AlertLine | undefined): Graph => ({
    kind: "graph",
    width: 8,
    title,
    description: {
      fr:
        "Part des paquets qui étaient abîmés ou n'ont pas pu passer : câble, carte ou pilote. 0 sans trafic.",
      en: "Share of packets that were damaged or could not pass: cable, card or driver. 0 without traffic.",
    },
    unit: "percent",
    limits,
    absent,
    queries: [{
      expr: byDevice((device) => {
        const errs = rate(direction, "errs", device);
        const packets = rate(direction, "packets", device);
        return `(100 * ${errs} / (${packets} + ${errs} > 0) or 0 * ${packets})`;
      }),
      legend: "{{device}}",
    }],
  });
  return {
    title: { fr: "Réseau", en: "Network" },
    panels: [
      {
        kind: "graph",
        width: 8,
        title: { fr: "Trafic réseau", en: "Network traffic" },
        description: {
          fr: "Bits reçus (au-dessus) et émis (au-dessous) par seconde.",
          en: "Bits received (above) and sent (below) per second.",
        },
        unit: "bitsPerSecond",
        absent,
        queries: bothDirections((direction, device) => `8 * ${rate(direction, "bytes", device)}`),
      },
      errors("receive", { fr: "Erreurs de réception", en: "Receive errors" }, lines.HostNetworkReceiveErrors),
      errors(
        "transmit",
        { fr: "Erreurs d'émission", en: "Transmit errors" },
        lines.HostNetworkTransmitErrors,
      ),
      {
        kind: "graph",
        title: { fr: "Paquets rejetés", en: "Packets dropped" },
        description: {
          fr:
            "Paquets jetés faute de place, ou parce que rien ne les attend : reçus au-dessus, émis au-dessous.",
          en:
            "Packets thrown away for lack of room, or because nothing waits for them: received above, sent below.",
        },
        unit: "packetsPerSecond",
        absent,
        queries: bothDirections((direction, device) => rate(direction, "drop", device)),
      },
      {
        kind: "graph",
        title: { fr: "Coupures du lien", en: "Link going down and up" },
        description: {
          fr:
            "Changements de l'état du lien en deux minutes : câble, port du commutateur ou négociation. La ligne est le seuil de l'alerte.",
          en:
            "Changes of the link's state within two minutes: cable, port of the switch or negotiation. The line is the alert's threshold.",
        },
        unit: "count",
        limits: lines.HostNetworkFlapping,
        absent,
        queries: [{
          expr: byDevice((device) => {
            const changes = `node_network_carrier_changes_total{${NETWORK}${device}}`;
            return `${changes} - min_over_time(${changes}[2m])`;
          }),
          legend: "{{device}}",
        }],
      },
    ],
  };
}
