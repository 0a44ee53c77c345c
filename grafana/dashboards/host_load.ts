/** Rows of the host dashboard: what its processors and memory do. */

import type { Locale, Text } from "../../lib/text.ts";
import type { GrafanaLinks } from "../links.ts";
import type { Row } from "./dashboard.ts";
import { HOST, MEMORY_USED, perHost, PROCESSORS } from "./host_queries.ts";

/** Processors: time by mode, load. */
export function processors({ lines }: GrafanaLinks): Row {
  return {
    title: { fr: "Processeurs", en: "Processors" },
    panels: [
      {
        kind: "graph",
        title: { fr: "Temps processeur par mode", en: "CPU time by mode" },
        description: {
          fr:
            "Part du temps de tous les processeurs ; le reste est du repos. Beaucoup d'« iowait » : un disque est lent ; " +
            "« steal » : l'hyperviseur manque de processeurs.",
          en:
            "Share of all processors' time; the rest is idle. Much iowait: a disk is slow; steal: the hypervisor is " +
            "short of processors.",
        },
        unit: "percent",
        stacked: true,
        max: 100,
        limits: lines.HostCpuHigh,
        queries: [{
          expr:
            `100 * avg by (instance, mode) (rate(node_cpu_seconds_total{${HOST},mode!="idle"}[$__rate_interval]))`,
          legend: "{{mode}}",
        }],
      },
      {
        kind: "graph",
        title: { fr: "Charge", en: "Load" },
        description: {
          fr:
            "Tâches qui calculent ou attendent un disque, en moyenne sur 1, 5 et 15 minutes, et le seuil de l'alerte.",
          en:
            "Tasks that run or wait for a disk, averaged over 1, 5 and 15 minutes, and the alert's threshold.",
        },
        unit: "count",
        queries: [
          ...["1", "5", "15"].map((minutes) => ({
            expr: `node_load${minutes}{${HOST}}`,
            legend: `${minutes} min`,
          })),
          { expr: PROCESSORS, legend: { fr: "processeurs", en: "processors" }, color: "muted" },
          ...(lines.HostLoadHigh?.warning === undefined ? [] : [{
            expr: `${lines.HostLoadHigh.warning} * ${PROCESSORS}`,
            legend: { fr: "seuil d'alerte", en: "alert threshold" },
            color: "warning" as const,
          }]),
        ],
      },
    ],
  };
}

/** Memory and swap. */
export function memory({ lines }: GrafanaLinks): Row {
  const bytes = (name: string) => `node_memory_${name}_bytes{${HOST}}`;
  return {
    title: { fr: "Mémoire", en: "Memory" },
    panels: [
      {
        kind: "graph",
        width: 8,
        title: { fr: "Mémoire", en: "Memory" },
        description: {
          fr: "Ce que les programmes occupent, ce que le noyau peut reprendre (cache), ce qui est libre.",
          en: "What programs hold, what the kernel can take back (cache), what is free.",
        },
        unit: "bytes",
        stacked: true,
        queries: [
          {
            expr: `${bytes("MemTotal")} - ${bytes("MemAvailable")}`,
            legend: { fr: "utilisée", en: "used" },
          },
          {
            // MemAvailable is an estimate and may fall below MemFree.
            expr: `clamp_min(${bytes("MemAvailable")} - ${bytes("MemFree")}, 0)`,
            legend: { fr: "récupérable", en: "reclaimable" },
          },
          { expr: bytes("MemFree"), legend: { fr: "libre", en: "free" } },
        ],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Mémoire utilisée", en: "Memory used" },
        description: {
          fr: "Part de la mémoire qui n'est pas disponible ; la ligne est le seuil de l'alerte.",
          en: "Share of memory that is not available; the line is the alert's threshold.",
        },
        unit: "percent",
        max: 100,
        limits: lines.HostMemoryHigh,
        queries: [{ expr: MEMORY_USED, legend: { fr: "utilisée", en: "used" } }],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Espace d'échange", en: "Swap" },
        description: {
          fr: "Espace d'échange utilisé et total ; 0 partout quand l'hôte n'en a pas.",
          en: "Swap used and in all; 0 throughout when the host has none.",
        },
        unit: "bytes",
        queries: [
          {
            expr: `${bytes("SwapTotal")} - ${bytes("SwapFree")}`,
            legend: { fr: "utilisé", en: "used" },
          },
          { expr: bytes("SwapTotal"), legend: { fr: "total", en: "total" }, color: "muted" },
        ],
      },
    ],
  };
}

/** What tasks wait for. */
export function pressure(locale: Locale): Row {
  const none: Text = { fr: "non mesurée par ce noyau", en: "not measured by this kernel" };
  const resources: readonly [metric: string, name: Text][] = [
    ["cpu", { fr: "processeurs", en: "processors" }],
    ["memory", { fr: "mémoire", en: "memory" }],
    ["io", { fr: "disques", en: "disks" }],
  ];
  const waiting = resources.map(([metric, name]) =>
    `label_replace(100 * rate(node_pressure_${metric}_waiting_seconds_total{${HOST}}[$__rate_interval]), ` +
    `"resource", "${name[locale]}", "", "")`
  ).join(" or ");
  return {
    title: { fr: "Pression", en: "Pressure" },
    panels: [
      {
        kind: "graph",
        title: { fr: "Temps passé à attendre (PSI)", en: "Time spent waiting (PSI)" },
        description: {
          fr: "Part du temps où au moins une tâche attend des processeurs, de la mémoire ou un disque. " +
            "Un noyau sans PSI ne la mesure pas.",
          en:
            "Share of time at least one task waits for processors, memory or a disk. A kernel without PSI does not measure it.",
        },
        unit: "percent",
        queries: [{
          expr: perHost(waiting, ["resource", none[locale]]),
          legend: "{{resource}}",
        }],
      },
      {
        kind: "graph",
        title: { fr: "Processus", en: "Processes" },
        description: {
          fr: "Processus prêts à calculer, et processus bloqués par une entrée-sortie.",
          en: "Processes ready to run, and processes blocked by input or output.",
        },
        unit: "count",
        queries: [
          { expr: `node_procs_running{${HOST}}`, legend: { fr: "prêts", en: "ready" } },
          { expr: `node_procs_blocked{${HOST}}`, legend: { fr: "bloqués", en: "blocked" }, color: "warning" },
        ],
      },
    ],
  };
}

/** Clock, open files, connections. */
export function system(): Row {
  return {
    title: { fr: "Système", en: "System" },
    panels: [
      {
        kind: "graph",
        width: 8,
        title: { fr: "Décalage de l'horloge", en: "Clock offset" },
        description: {
          fr:
            "Écart que le noyau connaît entre l'horloge et sa source de temps ; 0 aussi quand rien ne la règle.",
          en:
            "Difference the kernel knows between the clock and its source of time; 0 also when nothing disciplines it.",
        },
        unit: "seconds",
        queries: [{
          expr: `abs(node_timex_offset_seconds{${HOST}})`,
          legend: { fr: "décalage", en: "offset" },
        }],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Fichiers ouverts", en: "Open files" },
        description: {
          fr: "Descripteurs de fichiers ouverts sur tout l'hôte.",
          en: "File descriptors open on the whole host.",
        },
        unit: "count",
        queries: [{ expr: `node_filefd_allocated{${HOST}}`, legend: { fr: "ouverts", en: "open" } }],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Connexions TCP", en: "TCP connections" },
        description: {
          fr: "Connexions établies, et connexions fermées qui attendent encore des paquets en retard.",
          en: "Connections established, and closed ones that still wait for late packets.",
        },
        unit: "count",
        queries: [
          { expr: `node_netstat_Tcp_CurrEstab{${HOST}}`, legend: { fr: "établies", en: "established" } },
          { expr: `node_sockstat_TCP_tw{${HOST}}`, legend: { fr: "en fin d'attente", en: "time wait" } },
        ],
      },
    ],
  };
}
