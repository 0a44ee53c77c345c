/** One host: processors, memory, pressure, disks, network, clock. Every query has a value on any Linux that node exporter runs on. */

import type { GrafanaLinks } from "../links.ts";
import type { Dashboard, Row } from "./dashboard.ts";
import { disks, network, space } from "./host_devices.ts";
import { memory, pressure, processors, system } from "./host_load.ts";
import {
  BUSY,
  DIRECTIONS,
  HOST,
  MEMORY_USED,
  NETWORK,
  perHost,
  PROCESSORS,
  spaceUsed,
  usedLimits,
} from "./host_queries.ts";

/** The host dashboard. */
export const host: Dashboard = {
  uid: "vigie-host",
  title: { fr: "Hôte", en: "Host" },
  description: {
    fr: "Un hôte : processeurs, mémoire, disques, réseau.",
    en: "One host: processors, memory, disks, network.",
  },
  variables: [
    {
      name: "job",
      label: { fr: "Tâche", en: "Job" },
      selector: "node_uname_info",
      of: "job",
      initial: "node",
    },
    {
      name: "instance",
      label: { fr: "Hôte", en: "Host" },
      selector: `node_uname_info{job=~"$job"}`,
      of: "instance",
    },
  ],
  alerts: `instance=~"$instance"`,
  shown: ({ hosts = true }) => hosts,
  rows: (links, locale) => [
    overview(links),
    processors(links),
    memory(links),
    pressure(locale),
    space(links, locale),
    disks(locale),
    network(locale),
    system(),
  ],
};

function overview({ lines }: GrafanaLinks): Row {
  return {
    panels: [
      {
        kind: "stat",
        title: { fr: "Processeurs occupés", en: "CPU busy" },
        description: {
          fr: "Part du temps où les processeurs calculent ; attendre un disque n'en fait pas partie.",
          en: "Share of time the processors compute; waiting for a disk is no part of it.",
        },
        unit: "percent",
        decimals: 1,
        limits: lines.HostCpuHigh,
        queries: [{ expr: BUSY, legend: { fr: "occupés", en: "busy" } }],
      },
      {
        kind: "stat",
        title: { fr: "Mémoire utilisée", en: "Memory used" },
        description: {
          fr: "Part de la mémoire que le noyau ne peut pas rendre disponible sans échange.",
          en: "Share of memory that the kernel cannot make available without swapping.",
        },
        unit: "percent",
        decimals: 1,
        limits: lines.HostMemoryHigh,
        queries: [{ expr: MEMORY_USED, legend: { fr: "utilisée", en: "used" } }],
      },
      {
        kind: "stat",
        title: { fr: "Disque le plus plein", en: "Fullest disk" },
        description: {
          fr: "Espace utilisé du système de fichiers le plus rempli.",
          en: "Space used on the fullest filesystem.",
        },
        unit: "percent",
        decimals: 1,
        limits: usedLimits(lines),
        queries: [{
          expr: `max by (instance) (${spaceUsed()})`,
          legend: { fr: "utilisé", en: "used" },
        }],
      },
      {
        kind: "stat",
        title: { fr: "Charge par processeur", en: "Load per processor" },
        description: {
          fr:
            "Charge moyenne sur une minute, divisée par le nombre de processeurs : au-dessus de 1, des tâches attendent.",
          en: "Load average over one minute divided by the number of processors: above 1, tasks wait.",
        },
        unit: "count",
        decimals: 2,
        limits: lines.HostLoadHigh,
        queries: [{
          expr: `max by (instance) (node_load1{${HOST}}) / ${PROCESSORS}`,
          legend: { fr: "charge", en: "load" },
        }],
      },
      {
        kind: "stat",
        title: { fr: "En marche depuis", en: "Uptime" },
        description: { fr: "Temps depuis le dernier démarrage.", en: "Time since the last boot." },
        unit: "seconds",
        decimals: 1,
        queries: [{
          expr: `node_time_seconds{${HOST}} - node_boot_time_seconds{${HOST}}`,
          legend: { fr: "durée", en: "uptime" },
        }],
      },
      {
        kind: "stat",
        title: { fr: "Réseau", en: "Network" },
        description: {
          fr: "Débit de toutes les interfaces physiques.",
          en: "Traffic of all physical interfaces.",
        },
        unit: "bitsPerSecond",
        decimals: 1,
        queries: (["receive", "transmit"] as const).map((direction) => ({
          expr: perHost(
            `8 * sum by (instance) (rate(node_network_${direction}_bytes_total{${NETWORK}}[$__rate_interval]))`,
          ),
          legend: DIRECTIONS[direction],
        })),
      },
    ],
  };
}
