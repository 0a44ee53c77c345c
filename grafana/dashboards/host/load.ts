/** Rows of the host dashboard: what its processors and memory do, and what tasks wait for. */

import type { Text } from "../../../lib/text.ts";
import type { AlertLine, GrafanaLinks } from "../../links.ts";
import type { Graph } from "../../panel.ts";
import type { Row } from "../dashboard.ts";
import { FIGURES, HOST } from "./queries.ts";

const { perProcessor, shareOfTime } = FIGURES;

/** What the processors' time goes into. */
export function timeByMode({ lines }: GrafanaLinks): Graph {
  return {
    kind: "graph",
    title: { fr: "Temps processeur par mode", en: "CPU time by mode" },
    description: {
      fr:
        "Part du temps de tous les processeurs ; le reste est du repos. La ligne épaisse est ce que l'alerte regarde : " +
        "tout sauf « iowait », l'attente d'un disque ; la ligne pointillée est son seuil.",
      en:
        "Share of all processors' time; the rest is idle. The thick line is what the alert looks at: all but iowait, " +
        "which is waiting for a disk; the dashed line is its threshold.",
    },
    unit: "percent",
    stacked: true,
    max: 100,
    limits: lines.HostCpuHigh,
    queries: [
      {
        expr:
          `100 * avg by (instance, mode) (rate(node_cpu_seconds_total{${HOST},mode!="idle"}[$__rate_interval]))`,
        legend: "{{mode}}",
      },
      { expr: FIGURES.busy, legend: { fr: "occupés", en: "busy" }, color: "info", line: "total" },
    ],
  };
}

/** What the memory holds. */
export function memoryUse(): Graph {
  const bytes = (name: string) => `node_memory_${name}_bytes{${HOST}}`;
  return {
    kind: "graph",
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
  };
}

/** Load, and time that is lost. */
export function processors({ lines }: GrafanaLinks): Row {
  return {
    title: { fr: "Processeurs", en: "Processors" },
    panels: [
      {
        kind: "graph",
        width: 8,
        title: { fr: "Charge par processeur", en: "Load per processor" },
        description: {
          fr:
            "Tâches qui calculent ou attendent un disque, divisées par le nombre de processeurs, en moyenne sur 1, 5 et 15 minutes.",
          en:
            "Tasks that run or wait for a disk divided by the number of processors, averaged over 1, 5 and 15 minutes.",
        },
        unit: "count",
        limits: lines.HostLoadHigh,
        queries: [
          { expr: FIGURES.load, legend: "1 min" },
          { expr: perProcessor("node_load5"), legend: "5 min" },
          { expr: perProcessor("node_load15"), legend: "15 min" },
        ],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Attente des disques (iowait)", en: "Waiting for disks (iowait)" },
        description: {
          fr:
            "Part du temps où les processeurs n'ont rien d'autre à faire qu'attendre un disque : il est trop lent.",
          en: "Share of time the processors have nothing to do but wait for a disk: it is too slow.",
        },
        unit: "percent",
        limits: lines.HostIoWaitHigh,
        queries: [{ expr: `100 * ${shareOfTime('mode="iowait"')}`, legend: "iowait" }],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Temps pris par l'hyperviseur (steal)", en: "Time taken by the hypervisor (steal)" },
        description: {
          fr:
            "Part du temps où une machine virtuelle voulait calculer et n'a pas eu de processeur : l'hyperviseur est surchargé.",
          en:
            "Share of time a virtual machine wanted to run and got no processor: the hypervisor is overloaded.",
        },
        unit: "percent",
        limits: lines.HostCpuStealHigh,
        queries: [{ expr: `100 * ${shareOfTime('mode="steal"')}`, legend: "steal" }],
      },
    ],
  };
}

/** Memory that is short. */
export function memory({ lines }: GrafanaLinks): Row {
  const bytes = (name: string) => `node_memory_${name}_bytes{${HOST}}`;
  const rate = (name: string) => `rate(node_vmstat_${name}{${HOST}}[$__rate_interval])`;
  return {
    title: { fr: "Mémoire", en: "Memory" },
    panels: [
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
        queries: [{ expr: FIGURES.memoryUsed, legend: { fr: "utilisée", en: "used" } }],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Espace d'échange", en: "Swap" },
        description: {
          fr: "Part de l'espace d'échange qui est utilisée.",
          en: "Share of the swap space that is used.",
        },
        unit: "percent",
        max: 100,
        limits: lines.HostSwapHigh,
        absent: { fr: "pas d'espace d'échange", en: "no swap space" },
        queries: [{
          // 0/0 would be drawn as nothing, and would not be told from a panel that is broken.
          expr: `100 * (1 - ${bytes("SwapFree")} / (${bytes("SwapTotal")} > 0))`,
          legend: { fr: "utilisé", en: "used" },
        }],
      },
      {
        kind: "graph",
        width: 8,
        title: { fr: "Pages relues sur disque", en: "Pages read back from disk" },
        description: {
          fr:
            "Défauts de page majeurs par seconde : beaucoup, longtemps, et la mémoire ne suffit plus à ce qui tourne.",
          en: "Major page faults per second: many of them for long, and memory does not hold what runs.",
        },
        unit: "perSecond",
        limits: lines.HostMajorPageFaultsHigh,
        queries: [
          { expr: rate("pgmajfault"), legend: { fr: "défauts majeurs", en: "major faults" } },
          {
            expr: rate("oom_kill"),
            legend: { fr: "processus tués (OOM)", en: "processes killed (OOM)" },
            color: "critical",
          },
        ],
      },
    ],
  };
}

/** What tasks wait for. */
export function pressure({ lines }: GrafanaLinks): Row {
  const resources: readonly [metric: string, title: Text, line: AlertLine | undefined][] = [
    ["cpu", { fr: "Pression : processeurs", en: "Pressure: processors" }, lines.HostCpuPressureHigh],
    ["memory", { fr: "Pression : mémoire", en: "Pressure: memory" }, lines.HostMemoryPressureHigh],
    ["io", { fr: "Pression : disques", en: "Pressure: disks" }, lines.HostIoPressureHigh],
  ];
  return {
    title: { fr: "Pression", en: "Pressure" },
    panels: resources.map(([metric, title, limits]) => ({
      kind: "graph",
      width: 8,
      title,
      description: {
        fr: metric === "io"
          ? "Part du temps où au moins une tâche attend un disque (PSI), et où aucune n'avance ; l'alerte regarde la seconde."
          : "Part du temps où au moins une tâche attend (PSI), ce que l'alerte regarde, et où aucune n'avance.",
        en: metric === "io"
          ? "Share of time at least one task waits for a disk (PSI), and no task gets on; the alert looks at the latter."
          : "Share of time at least one task waits (PSI), which the alert looks at, and no task gets on.",
      },
      unit: "percent",
      limits,
      absent: { fr: "pression non mesurée par ce noyau", en: "pressure not measured by this kernel" },
      queries: [
        {
          expr: `100 * rate(node_pressure_${metric}_waiting_seconds_total{${HOST}}[$__rate_interval])`,
          legend: { fr: "au moins une attend", en: "at least one waits" },
        },
        // The kernel gives none for processors: whatever runs keeps them from standing still.
        ...(metric === "cpu" ? [] : [{
          expr: `100 * rate(node_pressure_${metric}_stalled_seconds_total{${HOST}}[$__rate_interval])`,
          legend: { fr: "aucune n'avance", en: "none gets on" },
        }]),
      ],
    })),
  };
}
