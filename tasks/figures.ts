/** The hosts' figures of this moment, and the alerts that fire: what one looks for first, without a browser. */

import pc from "picocolors";
import { formatTable } from "./report.ts";
import { query } from "./smoke/http.ts";
import type { Stack } from "./stack.ts";

/** What a host is doing. Shares are 0–1; undefined while Prometheus has no value. */
export interface HostFigures {
  readonly host: string;
  /** Share of the processors' time that is busy. */
  readonly cpu?: number;
  /** Share of the memory that is used. */
  readonly memory?: number;
  /** Share used of the fullest filesystem, and where it is mounted. */
  readonly disk?: { readonly used: number; readonly mountpoint: string };
  /** Load average over one minute, per processor. */
  readonly loadPerCpu?: number;
}

/** An alert that fires. */
export interface FiringAlert {
  readonly alert: string;
  readonly severity: string;
  readonly instance: string;
}

/** Hosts and alerts, as Prometheus knows them now. */
export interface Figures {
  readonly hosts: readonly HostFigures[];
  readonly alerts: readonly FiringAlert[];
}

/** How to ask Prometheus. */
export type Asking = Parameters<typeof query>[0];

// Recorded by prometheus/rules/host.ts and disk.ts: what the alerts watch.
const CPU = "instance:node_cpu_busy:ratio";
const MEMORY = "instance:node_memory_used:ratio";
const DISK = "1 - (bottomk by (instance) (1, instance_device_mountpoint:node_filesystem_free:ratio))";
const LOAD = "instance:node_load1_per_cpu:ratio";
// The watchdog fires always and tells nobody anything.
const ALERTS = 'ALERTS{alertstate="firing",severity!="none"}';

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/**
 * Asks Prometheus for the figures of the stack's hosts.
 *
 * @throws {Unanswered} when it does not answer.
 */
export async function figuresOf(asking: Asking, stack: Stack): Promise<Figures> {
  const ask = async (expr: string) => (await query(asking, expr)).result as readonly Sample[];
  const [cpu, memory, disk, load, alerts] = await Promise.all([CPU, MEMORY, DISK, LOAD, ALERTS].map(ask)) as [
    readonly Sample[],
    readonly Sample[],
    readonly Sample[],
    readonly Sample[],
    readonly Sample[],
  ];
  const of = (samples: readonly Sample[], host: string) =>
    samples.find(({ metric }) => metric.instance === host);
  const numberOf = (sample: Sample | undefined) => sample && Number(sample.value[1]);
  return {
    hosts: stack.hosts.map(({ name }) => {
      const fullest = of(disk, name);
      return {
        host: name,
        cpu: numberOf(of(cpu, name)),
        memory: numberOf(of(memory, name)),
        disk: fullest && { used: numberOf(fullest)!, mountpoint: fullest.metric.mountpoint ?? "" },
        loadPerCpu: numberOf(of(load, name)),
      };
    }),
    alerts: alerts.map(({ metric }) => ({
      alert: metric.alertname ?? "",
      severity: metric.severity ?? "",
      instance: metric.instance ?? "",
    })),
  };
}

/** The figures as text: a bar for each share, red beyond the alert's line. */
export function formatFigures({ hosts, alerts }: Figures, { thresholds }: Pick<Stack, "thresholds">): string {
  const head = ["HOST", "PROCESSORS", "MEMORY", "FULLEST DISK", "LOAD PER CPU"].map((text) => pc.dim(text));
  const rows = hosts.map(({ host, cpu, memory, disk, loadPerCpu }) => [
    host,
    bar(cpu, thresholds.cpu / 100),
    bar(memory, thresholds.memory / 100),
    disk ? `${bar(disk.used, 1 - thresholds.diskFreeWarning / 100)} ${disk.mountpoint}` : bar(undefined, 1),
    loadPerCpu === undefined ? "" : marked(loadPerCpu.toFixed(2), loadPerCpu > thresholds.loadPerCpu),
  ]);
  return [formatTable([head, ...rows], "  "), "", `  ${alertsText(alerts)}`].join("\n");
}

const WIDTH = 10;

function bar(share: number | undefined, limit: number): string {
  if (share === undefined) return pc.dim("no value yet");
  const full = Math.round(Math.min(Math.max(share, 0), 1) * WIDTH);
  const text = `${"█".repeat(full)}${"░".repeat(WIDTH - full)} ${
    String(Math.round(share * 100)).padStart(3)
  } %`;
  return marked(text, share > limit);
}

function marked(text: string, beyond: boolean): string {
  return beyond ? pc.red(text) : pc.green(text);
}

function alertsText(alerts: readonly FiringAlert[]): string {
  if (alerts.length === 0) return "No alert is firing";
  const texts = alerts.map(({ alert, severity, instance }) =>
    [alert, ...(instance === "" ? [] : [`on ${instance}`]), `(${severity})`].join(" ")
  );
  const colour = alerts.some(({ severity }) => severity === "critical") ? pc.red : pc.yellow;
  return `${colour(`Firing: ${[...new Set(texts)].join(", ")}`)}`;
}
