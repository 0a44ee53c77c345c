/** Rows of the host dashboard: filesystems, disks, network interfaces. */

import type { Locale, Text } from "../../lib/text.ts";
import type { GrafanaLinks } from "../links.ts";
import type { Query } from "../panels.ts";
import type { Row } from "./dashboard.ts";
import {
  DIRECTIONS,
  DISK,
  NETWORK,
  onDisks,
  perHost,
  spaceUsed,
  usedLimits,
  withDevice,
} from "./host_queries.ts";

const READ = { legend: withDevice({ fr: "lecture", en: "read" }), below: false };
const WRITTEN = { legend: withDevice({ fr: "écriture", en: "write" }), below: true };

/** Space and inodes of each filesystem. */
export function space({ lines }: GrafanaLinks, locale: Locale): Row {
  const unlimited: Text = { fr: "sans limite d'inodes", en: "no limit of inodes" };
  return {
    title: { fr: "Espace disque", en: "Disk space" },
    panels: [
      {
        kind: "graph",
        width: 8,
        title: { fr: "Espace utilisé", en: "Space used" },
        description: {
          fr:
            "Part de l'espace de chaque système de fichiers qu'un programme ordinaire ne peut plus prendre ; " +
            "les lignes sont les seuils des alertes.",
          en:
            "Share of each filesystem's space that an ordinary program can no longer take; the lines are the alerts' thresholds.",
        },
        unit: "percent",
        max: 100,
        limits: usedLimits(lines),
        queries: [{ expr: `max by (instance, mountpoint) (${spaceUsed()})`, legend: "{{mountpoint}}" }],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Espace libre", en: "Space free" },
        description: {
          fr: "Espace que les programmes peuvent encore prendre.",
          en: "Space that programs can still take.",
        },
        unit: "bytes",
        queries: [{
          expr: `max by (instance, mountpoint) (${onDisks((fs) => `node_filesystem_avail_bytes{${fs}}`)})`,
          legend: "{{mountpoint}}",
        }],
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
        queries: [{
          expr: perHost(
            `max by (instance, mountpoint) (${
              onDisks((fs) =>
                `100 - 100 * node_filesystem_files_free{${fs}} / (node_filesystem_files{${fs}} > 0)`
              )
            })`,
            ["mountpoint", unlimited[locale]],
          ),
          legend: "{{mountpoint}}",
        }],
      },
    ],
  };
}

/** Throughput, latency and use of each disk. */
export function disks(locale: Locale): Row {
  const none: Text = { fr: "aucun disque visible", en: "no disk visible" };
  const perDevice = (expr: string) => perHost(expr, ["device", none[locale]]);
  const rate = (metric: string) => `rate(node_disk_${metric}_total{${DISK}}[$__rate_interval])`;
  // Nothing read or written gives 0, where the division alone would give no value.
  const latency = (time: string, count: string) =>
    `${rate(time)} / (${rate(count)} > 0) or 0 * ${rate(count)}`;
  const kinds = [
    { bytes: "read_bytes", time: "read_time_seconds", count: "reads_completed", ...READ },
    { bytes: "written_bytes", time: "write_time_seconds", count: "writes_completed", ...WRITTEN },
  ];
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
        queries: kinds.map(({ bytes, legend, below }) => ({ expr: perDevice(rate(bytes)), legend, below })),
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Latence des disques", en: "Disk latency" },
        description: {
          fr:
            "Durée moyenne d'une lecture (au-dessus) et d'une écriture (au-dessous), attente comprise ; 0 sans activité.",
          en: "Mean time of a read (above) and a write (below), waiting included; 0 without activity.",
        },
        unit: "seconds",
        queries: kinds.map(({ time, count, legend, below }) => ({
          expr: perDevice(latency(time, count)),
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
        queries: [{ expr: perDevice(`100 * ${rate("io_time_seconds")}`), legend: "{{device}}" }],
      },
    ],
  };
}

/** Traffic, errors and drops of each interface. */
export function network(locale: Locale): Row {
  const none: Text = { fr: "aucune interface visible", en: "no interface visible" };
  const rate = (direction: string, what: string) =>
    `rate(node_network_${direction}_${what}_total{${NETWORK}}[$__rate_interval])`;
  const both = (expr: (direction: string) => string): Query[] =>
    (["receive", "transmit"] as const).map((direction) => ({
      expr: perHost(expr(direction), ["device", none[locale]]),
      legend: withDevice(DIRECTIONS[direction]),
      below: direction === "transmit",
    }));
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
        queries: both((direction) => `8 * ${rate(direction, "bytes")}`),
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Erreurs réseau", en: "Network errors" },
        description: {
          fr:
            "Paquets que l'interface n'a pas pu recevoir (au-dessus) ou émettre (au-dessous) : câble, carte ou pilote.",
          en: "Packets the interface could not receive (above) or send (below): cable, card or driver.",
        },
        unit: "packetsPerSecond",
        queries: both((direction) => rate(direction, "errs")),
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Paquets rejetés", en: "Packets dropped" },
        description: {
          fr: "Paquets jetés faute de place, ou parce que rien ne les attend.",
          en: "Packets thrown away for lack of room, or because nothing waits for them.",
        },
        unit: "packetsPerSecond",
        queries: both((direction) => rate(direction, "drop")),
      },
    ],
  };
}
