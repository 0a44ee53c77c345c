/** Containers, as cAdvisor sees them: the label `name` tells them apart. */

import type { Text } from "../../lib/text.ts";
import type { GrafanaLinks } from "../links.ts";
import type { Query, ValueName } from "../panel.ts";
import type { Dashboard, Row } from "./dashboard.ts";

// Series without a name are cgroups that are no containers.
const CONTAINER = `job="cadvisor",name!="",name=~"$name"`;
const CPU = `100 * sum by (name) (rate(container_cpu_usage_seconds_total{${CONTAINER}}[$__rate_interval]))`;
const MEMORY = `sum by (name) (container_memory_working_set_bytes{${CONTAINER}})`;
// What the alerts' rules store, so that graph and alert share it; of `CONTAINER`, only the name is needed there.
const MEMORY_SHARE = recorded("name:container_memory_limit_used:ratio");
const CPU_SHARE = recorded("name:container_cpu_limit_used:ratio");
const THROTTLED = recorded("name:container_cpu_throttled:ratio");
// Docker restarts a container under the same id: its counter begins again.
const RESTARTS = `max by (name) (resets(container_cpu_usage_seconds_total{${CONTAINER}}[$__range]))`;

function recorded(record: string): string {
  return `100 * max by (name) (${record}{${CONTAINER}})`;
}

const NO_CPU_LIMIT: Text = {
  fr: "aucun conteneur n'a de limite de processeur",
  en: "no container has a CPU limit",
};
const HEALTH: readonly ValueName[] = [
  { value: 1, text: { fr: "bonne", en: "healthy" }, color: "good" },
  { value: 0, text: { fr: "mauvaise", en: "unhealthy" }, color: "critical" },
  { value: -1, text: { fr: "non contrôlée", en: "not checked" }, color: "muted" },
];

/** The dashboard of containers. */
export const containers: Dashboard = {
  uid: "vigie-containers",
  title: { fr: "Conteneurs", en: "Containers" },
  description: {
    fr: "Ce que chaque conteneur prend, ce qui lui est permis, et lesquels redémarrent.",
    en: "What each container takes, what it may take, and which ones restart.",
  },
  variables: [{
    name: "name",
    label: { fr: "Conteneur", en: "Container" },
    selector: `container_last_seen{job="cadvisor",name!=""}`,
    of: "name",
    all: true,
  }],
  alerts: `job="cadvisor",name=~"$name"`,
  shown: ({ services }) => services.has("cadvisor"),
  rows: (links) => [overview(links), use(links), traffic(links)],
};

function overview({ lines }: GrafanaLinks): Row {
  return {
    panels: [
      {
        kind: "stat",
        width: 6,
        title: { fr: "Conteneurs en marche", en: "Containers that run" },
        description: {
          fr: "Conteneurs que cAdvisor voit maintenant.",
          en: "Containers that cAdvisor sees now.",
        },
        unit: "count",
        queries: [{
          expr: `count(container_last_seen{${CONTAINER}} > time() - 120)`,
          legend: { fr: "conteneurs", en: "containers" },
        }],
      },
      {
        kind: "stat",
        width: 6,
        title: { fr: "Processeur de tous", en: "Processor time of all" },
        description: { fr: "100 % est un processeur entier.", en: "100 % is one whole processor." },
        unit: "percent",
        decimals: 1,
        queries: [{ expr: `sum(${CPU})`, legend: { fr: "processeur", en: "processor" } }],
      },
      {
        kind: "stat",
        width: 6,
        title: { fr: "Mémoire de tous", en: "Memory of all" },
        description: {
          fr: "Mémoire que le noyau ne peut pas reprendre aux conteneurs.",
          en: "Memory that the kernel cannot take back from the containers.",
        },
        unit: "bytes",
        queries: [{ expr: `sum(${MEMORY})`, legend: { fr: "mémoire", en: "memory" } }],
      },
      {
        kind: "stat",
        width: 6,
        title: { fr: "Redémarrages", en: "Restarts" },
        description: {
          fr: "Redémarrages de conteneurs sur la période affichée.",
          en: "Restarts of containers over the range shown.",
        },
        unit: "count",
        limits: { warning: 1 },
        queries: [{ expr: `sum(${RESTARTS})`, legend: { fr: "redémarrages", en: "restarts" } }],
      },
      {
        kind: "table",
        title: { fr: "Conteneurs", en: "Containers" },
        description: {
          fr: "Ce que chaque conteneur prend maintenant ; les couleurs changent aux seuils des alertes.",
          en: "What each container takes now; colours change at the alerts' thresholds.",
        },
        unit: "count",
        height: 9,
        labels: [{ label: "name", title: { fr: "Conteneur", en: "Container" } }],
        columns: [
          {
            expr: `max by (name) (container_health_state{${CONTAINER}})`,
            title: { fr: "Santé", en: "Health" },
            unit: "count",
            values: HEALTH,
          },
          { expr: CPU, title: { fr: "Processeur", en: "CPU" }, unit: "percent", decimals: 1 },
          { expr: MEMORY, title: { fr: "Mémoire", en: "Memory" }, unit: "bytes", sorted: "largest first" },
          {
            expr: MEMORY_SHARE,
            title: { fr: "De sa limite", en: "Of its limit" },
            unit: "percent",
            decimals: 1,
            max: 100,
            limits: lines.ContainerMemoryHigh ?? {},
          },
          {
            expr: `time() - max by (name) (container_start_time_seconds{${CONTAINER}})`,
            title: { fr: "Créé il y a", en: "Age" },
            unit: "seconds",
            decimals: 1,
          },
          {
            expr: `time() - max by (name) (last_over_time(container_last_seen{${CONTAINER}}[1d]))`,
            title: { fr: "Vu il y a", en: "Last seen" },
            unit: "seconds",
            limits: lines.ContainerGone ?? {},
          },
          {
            expr: RESTARTS,
            title: { fr: "Redémarrages", en: "Restarts" },
            unit: "count",
            limits: { warning: 1 },
          },
        ],
      },
    ],
  };
}

function use({ lines }: GrafanaLinks): Row {
  return {
    title: { fr: "Processeur et mémoire", en: "CPU and memory" },
    panels: [
      {
        kind: "graph",
        title: { fr: "Processeur de chaque conteneur", en: "CPU of each container" },
        description: { fr: "100 % est un processeur entier.", en: "100 % is one whole processor." },
        unit: "percent",
        queries: [{ expr: CPU, legend: "{{name}}" }],
      },
      {
        kind: "graph",
        title: { fr: "Mémoire de chaque conteneur", en: "Memory of each container" },
        description: {
          fr: "Mémoire que le noyau ne peut pas reprendre au conteneur.",
          en: "Memory that the kernel cannot take back from the container.",
        },
        unit: "bytes",
        queries: [{ expr: MEMORY, legend: "{{name}}" }],
      },
      {
        kind: "graph",
        title: { fr: "Mémoire, part de la limite", en: "Memory, share of the limit" },
        description: {
          fr: "À 100 % le noyau arrête un processus du conteneur. Un conteneur sans limite n'est pas montré.",
          en:
            "At 100 % the kernel kills a process of the container. A container without a limit is not shown.",
        },
        unit: "percent",
        max: 100,
        limits: lines.ContainerMemoryHigh,
        absent: { fr: "aucun conteneur n'a de limite de mémoire", en: "no container has a memory limit" },
        queries: [{ expr: MEMORY_SHARE, legend: "{{name}}" }],
      },
      {
        kind: "graph",
        title: { fr: "Processeur bridé", en: "CPU throttled" },
        description: {
          fr: "Part des périodes où un conteneur a épuisé sa limite de processeur et a dû attendre.",
          en: "Share of periods in which a container had used up its CPU limit and had to wait.",
        },
        unit: "percent",
        max: 100,
        limits: lines.ContainerCpuThrottled,
        absent: NO_CPU_LIMIT,
        queries: [{ expr: THROTTLED, legend: "{{name}}" }],
      },
    ],
  };
}

function traffic({ lines }: GrafanaLinks): Row {
  const rate = (metric: string) => `sum by (name) (rate(${metric}{${CONTAINER}}[$__rate_interval]))`;
  const both = (
    factor: string,
    above: string,
    below: string,
    names: readonly [Query["legend"], Query["legend"]],
  ) => [
    { expr: `${factor}${rate(above)}`, legend: names[0] },
    { expr: `${factor}${rate(below)}`, legend: names[1], below: true },
  ];
  const restarts = `max by (name) (resets(container_cpu_usage_seconds_total{${CONTAINER}}[15m]))`;
  return {
    title: { fr: "Réseau, disques et limites", en: "Network, disks and limits" },
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
        absent: { fr: "aucun conteneur n'a de réseau à lui", en: "no container has a network of its own" },
        queries: both(
          "8 * ",
          "container_network_receive_bytes_total",
          "container_network_transmit_bytes_total",
          [
            { fr: "{{name}} reçu", en: "{{name}} received" },
            { fr: "{{name}} émis", en: "{{name}} sent" },
          ],
        ),
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Disques", en: "Disks" },
        description: {
          fr: "Octets lus (au-dessus) et écrits (au-dessous) par seconde.",
          en: "Bytes read (above) and written (below) per second.",
        },
        unit: "bytesPerSecond",
        absent: {
          fr: "le noyau ne compte pas les disques par conteneur",
          en: "the kernel does not count disks by container",
        },
        queries: both("", "container_fs_reads_bytes_total", "container_fs_writes_bytes_total", [
          { fr: "{{name}} lecture", en: "{{name}} read" },
          { fr: "{{name}} écriture", en: "{{name}} write" },
        ]),
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Processeur, part de la limite", en: "CPU, share of the limit" },
        description: {
          fr:
            "Part de son temps processeur permis que prend chaque conteneur ; sans limite, il n'est pas montré.",
          en:
            "Share of the processor time it may have that each container takes; without a limit it is not shown.",
        },
        unit: "percent",
        absent: NO_CPU_LIMIT,
        queries: [{ expr: CPU_SHARE, legend: "{{name}}" }],
      },
      {
        kind: "graph",
        width: 24,
        title: { fr: "Redémarrages en 15 minutes", en: "Restarts within 15 minutes" },
        description: {
          fr: "Combien de fois chaque conteneur a redémarré ; la ligne est le seuil de l'alerte.",
          en: "How often each container restarted; the line is the alert's threshold.",
        },
        unit: "count",
        limits: lines.ContainerRestarting,
        queries: [{ expr: restarts, legend: "{{name}}" }],
      },
    ],
  };
}
