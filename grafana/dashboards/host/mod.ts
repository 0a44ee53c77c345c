/** One host: processors, memory, pressure, disks, network, clock, hardware. */

import type { GrafanaLinks } from "../../links.ts";
import type { Dashboard, Row } from "../dashboard.ts";
import { ALERTS_OF_HOST } from "../places.ts";
import { disks, network, space } from "./devices.ts";
import { memory, memoryUse, pressure, processors, timeByMode } from "./load.ts";
import { FIGURES, FIRING, HOST, usedLimits } from "./queries.ts";
import { hardware, kernel, units } from "./system.ts";

/** The host dashboard. */
export const host: Dashboard = {
  uid: "vigie-host",
  title: { fr: "Hôte", en: "Host" },
  description: {
    fr: "Un hôte : processeurs, mémoire, pression, disques, réseau, horloge, matériel.",
    en: "One host: processors, memory, pressure, disks, network, clock, hardware.",
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
    {
      name: "device",
      label: { fr: "Périphérique", en: "Device" },
      selector:
        `{__name__=~"node_(disk_io_time_seconds_total|network_receive_bytes_total|filesystem_size_bytes)",${HOST}}`,
      of: "device",
      all: true,
    },
  ],
  alerts: `instance=~"$instance"`,
  links: [ALERTS_OF_HOST],
  shown: ({ hosts = true }) => hosts,
  rows: (links) => [
    overview(links),
    processors(links),
    pressure(links),
    memory(links),
    space(links),
    disks(links),
    network(links),
    kernel(links),
    hardware(links),
    units(links),
  ],
};

function overview(links: GrafanaLinks): Row {
  const { lines } = links;
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
        queries: [{ expr: FIGURES.busy, legend: { fr: "occupés", en: "busy" } }],
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
        queries: [{ expr: FIGURES.memoryUsed, legend: { fr: "utilisée", en: "used" } }],
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
        limits: usedLimits(lines.HostDiskSpaceLow),
        shows: "both",
        queries: [{
          expr: `topk(1, max by (mountpoint) (${FIGURES.spaceUsed}))`,
          legend: "{{mountpoint}}",
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
        queries: [{ expr: FIGURES.load, legend: { fr: "charge", en: "load" } }],
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
        title: { fr: "Alertes en cours", en: "Alerts firing" },
        description: {
          fr: "Alertes en cours sur cet hôte ; un clic les montre.",
          en: "Alerts that fire about this host; a click shows them.",
        },
        unit: "count",
        limits: { warning: 1 },
        links: [ALERTS_OF_HOST],
        queries: [{ expr: FIRING, legend: { fr: "en cours", en: "firing" } }],
      },
      timeByMode(links),
      memoryUse(),
    ],
  };
}
