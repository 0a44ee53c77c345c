/** All hosts at a glance: which one is in trouble. */

import type { GrafanaLinks } from "../links.ts";
import { UP } from "../states.ts";
import type { Graph } from "../panel.ts";
import type { Dashboard, Row } from "./dashboard.ts";
import { usedLimits } from "./host/queries.ts";
import { figuresOf } from "./host_figures.ts";
import { HOST_OF_ROW, HOST_OF_SERIES } from "./places.ts";

const HOSTS = `job=~"$job"`;
const { busy, memoryUsed, load, spaceUsed } = figuresOf(HOSTS);
const FULLEST = `max by (instance) (${spaceUsed})`;
const UPTIME = `node_time_seconds{${HOSTS}} - node_boot_time_seconds{${HOSTS}}`;
const FIRING = `ALERTS{alertstate="firing",severity!="none"} and on (instance) up{${HOSTS}}`;

/** The dashboard of all hosts. */
export const hosts: Dashboard = {
  uid: "vigie-hosts",
  title: { fr: "Tous les hôtes", en: "All hosts" },
  description: {
    fr: "Une ligne par hôte : lequel va mal. Un clic sur son nom l'ouvre.",
    en: "One row per host: which one is in trouble. A click on its name opens it.",
  },
  variables: [{
    name: "job",
    label: { fr: "Tâche", en: "Job" },
    selector: "node_uname_info",
    of: "job",
    initial: "node",
  }],
  alerts: HOSTS,
  shown: ({ hosts = true }) => hosts,
  rows: (links) => [overview(links), comparison(links)],
};

function overview({ lines }: GrafanaLinks): Row {
  return {
    panels: [
      {
        kind: "stat",
        width: 6,
        title: { fr: "Hôtes joignables", en: "Hosts up" },
        description: {
          fr: "Hôtes dont le node exporter répond.",
          en: "Hosts whose node exporter answers.",
        },
        unit: "count",
        queries: [{ expr: `sum(up{${HOSTS}})`, legend: { fr: "joignables", en: "up" } }],
      },
      {
        kind: "stat",
        width: 6,
        title: { fr: "Hôtes injoignables", en: "Hosts down" },
        description: {
          fr: "Hôtes dont le node exporter ne répond pas ; ils sont en tête du tableau.",
          en: "Hosts whose node exporter does not answer; they head the table.",
        },
        unit: "count",
        limits: { critical: 1 },
        queries: [{
          expr: `count(up{${HOSTS}}) - sum(up{${HOSTS}})`,
          legend: { fr: "injoignables", en: "down" },
        }],
      },
      {
        kind: "stat",
        width: 6,
        title: { fr: "Alertes sur les hôtes", en: "Alerts about hosts" },
        description: {
          fr: "Alertes en cours sur ces hôtes.",
          en: "Alerts that fire about these hosts.",
        },
        unit: "count",
        limits: { warning: 1 },
        queries: [{
          expr: `count(${FIRING}) or vector(0)`,
          legend: { fr: "en cours", en: "firing" },
        }],
      },
      {
        kind: "stat",
        width: 6,
        title: { fr: "Disque le plus plein", en: "Fullest disk" },
        description: {
          fr: "Espace utilisé du système de fichiers le plus rempli, tous hôtes confondus.",
          en: "Space used on the fullest filesystem of all hosts.",
        },
        unit: "percent",
        decimals: 1,
        limits: usedLimits(lines.HostDiskSpaceLow),
        shows: "both",
        queries: [{ expr: `topk(1, ${FULLEST})`, legend: "{{instance}}" }],
      },
      {
        kind: "table",
        title: { fr: "Hôtes", en: "Hosts" },
        description: {
          fr: "Les couleurs changent aux seuils des alertes. Un clic sur un nom ouvre l'hôte.",
          en: "Colours change at the alerts' thresholds. A click on a name opens the host.",
        },
        unit: "count",
        height: 9,
        labels: [{ label: "instance", title: { fr: "Hôte", en: "Host" }, links: [HOST_OF_ROW] }],
        columns: [
          {
            expr: `up{${HOSTS}}`,
            title: { fr: "État", en: "State" },
            unit: "count",
            values: UP,
            // Whoever is down comes first.
            sorted: "smallest first",
          },
          {
            expr: busy,
            title: { fr: "Processeurs", en: "CPU" },
            unit: "percent",
            decimals: 1,
            max: 100,
            limits: lines.HostCpuHigh ?? {},
          },
          {
            expr: memoryUsed,
            title: { fr: "Mémoire", en: "Memory" },
            unit: "percent",
            decimals: 1,
            max: 100,
            limits: lines.HostMemoryHigh ?? {},
          },
          {
            expr: FULLEST,
            title: { fr: "Disque le plus plein", en: "Fullest disk" },
            unit: "percent",
            decimals: 1,
            max: 100,
            limits: usedLimits(lines.HostDiskSpaceLow),
          },
          {
            expr: load,
            title: { fr: "Charge par processeur", en: "Load per processor" },
            unit: "count",
            decimals: 2,
            limits: lines.HostLoadHigh ?? {},
          },
          { expr: UPTIME, title: { fr: "En marche depuis", en: "Uptime" }, unit: "seconds", decimals: 1 },
          {
            expr: `count by (instance) (${FIRING}) or on (instance) 0 * up{${HOSTS}}`,
            title: { fr: "Alertes", en: "Alerts" },
            unit: "count",
            limits: { warning: 1 },
          },
        ],
      },
    ],
  };
}

function comparison({ lines }: GrafanaLinks): Row {
  const graph = (
    shown: Pick<Graph, "title" | "description" | "unit" | "limits" | "max">,
    expr: string,
  ): Graph => ({
    kind: "graph",
    links: [HOST_OF_SERIES],
    queries: [{ expr, legend: "{{instance}}" }],
    ...shown,
  });
  return {
    title: { fr: "Comparaison", en: "Comparison" },
    panels: [
      graph({
        title: { fr: "Processeurs occupés", en: "CPU busy" },
        description: {
          fr:
            "Part du temps où les processeurs de chaque hôte calculent ; la ligne est le seuil de l'alerte.",
          en: "Share of time each host's processors compute; the line is the alert's threshold.",
        },
        unit: "percent",
        max: 100,
        limits: lines.HostCpuHigh,
      }, busy),
      graph({
        title: { fr: "Mémoire utilisée", en: "Memory used" },
        description: {
          fr:
            "Part de la mémoire de chaque hôte qui n'est pas disponible ; la ligne est le seuil de l'alerte.",
          en: "Share of each host's memory that is not available; the line is the alert's threshold.",
        },
        unit: "percent",
        max: 100,
        limits: lines.HostMemoryHigh,
      }, memoryUsed),
      graph({
        title: { fr: "Disque le plus plein", en: "Fullest disk" },
        description: {
          fr:
            "Espace utilisé du système de fichiers le plus rempli de chaque hôte ; les lignes sont les seuils des alertes.",
          en: "Space used on each host's fullest filesystem; the lines are the alerts' thresholds.",
        },
        unit: "percent",
        max: 100,
        limits: usedLimits(lines.HostDiskSpaceLow),
      }, FULLEST),
      graph({
        title: { fr: "Charge par processeur", en: "Load per processor" },
        description: {
          fr:
            "Charge sur une minute de chaque hôte divisée par ses processeurs ; la ligne est le seuil de l'alerte.",
          en:
            "Load over one minute of each host divided by its processors; the line is the alert's threshold.",
        },
        unit: "count",
        limits: lines.HostLoadHigh,
      }, load),
    ],
  };
}
