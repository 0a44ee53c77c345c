/** What Prometheus knows of the hosts, the services and the alerts, for the first page. */

import { type Answered, type AskPrometheus, type Series, seriesIn } from "../prometheus.ts";

/** One figure of a host over the last hour. */
export interface Curve {
  /** The newest value; undefined when there is none now. */
  readonly now?: number;
  /** Values at equal distances, the newest last; undefined where there was none. */
  readonly points: readonly (number | undefined)[];
}

/** A host. Shares are 0 to 1. */
export interface Host {
  readonly name: string;
  readonly isUp: boolean;
  readonly cpu: Curve;
  readonly memory: Curve;
  /** Of the fullest filesystem. */
  readonly disk: Curve & { readonly mountpoint?: string };
  /** Load over one minute for each processor. */
  readonly load: Curve;
}

/** What Prometheus scrapes under one name. */
export interface Service {
  readonly name: string;
  readonly up: number;
  readonly of: number;
}

/** An alert that fires, as often as it does under the name. */
export interface Firing {
  readonly name: string;
  readonly severity: "critical" | "warning" | "info";
  readonly instances: readonly string[];
  readonly count: number;
}

/** All of it, or why there is none. */
export interface Figures {
  /** When they were asked for, ms since 1970. */
  readonly atMs: number;
  /** What did not come, one sentence each; empty when all did. */
  readonly problems: readonly string[];
  readonly hosts?: readonly Host[];
  readonly services?: readonly Service[];
  readonly firing?: readonly Firing[];
}

/** Reads the figures; what was asked for a moment ago is not asked for again. */
export type ReadFigures = () => Promise<Figures>;

// Recorded by prometheus/rules/host.ts and disk.ts: what the alerts watch, and `deno task status` shows.
const CURVES = {
  cpu: "instance:node_cpu_busy:ratio",
  memory: "instance:node_memory_used:ratio",
  disk: "1 - min by (instance) (instance_device_mountpoint:node_filesystem_free:ratio)",
  load: "instance:node_load1_per_cpu:ratio",
} as const;
const FULLEST = "bottomk by (instance) (1, instance_device_mountpoint:node_filesystem_free:ratio)";
const UP = "up";
// The watchdog fires always and tells nobody anything; a drill is no trouble.
const ALERTS = 'ALERTS{alertstate="firing",severity!="none",alertname!="VigieDrill"}';

const HOST_JOB = "node";
const SPAN_SECONDS = 3_600;
const STEP_SECONDS = 60;
const KEPT_MS = 4_000;
const SEVERITIES = ["critical", "warning", "info"] as const;

/** @param now Milliseconds since 1970. */
export function createFigures(ask: AskPrometheus, now: () => number): ReadFigures {
  let kept: { readonly atMs: number; readonly figures: Promise<Figures> } | undefined;
  return () => {
    const atMs = now();
    if (!kept || Math.abs(atMs - kept.atMs) > KEPT_MS) kept = { atMs, figures: readFigures(ask, atMs) };
    return kept.figures;
  };
}

async function readFigures(ask: AskPrometheus, atMs: number): Promise<Figures> {
  const end = Math.floor(atMs / 1_000);
  const start = end - SPAN_SECONDS;
  const problems = new Set<string>();
  const series = async (answer: Promise<Answered>) => {
    const found = resultOf(await answer);
    if (typeof found !== "string") return found;
    problems.add(found);
  };
  const curve = (query: string) =>
    series(ask({ path: "query_range", query, start, end, step: STEP_SECONDS }));
  const instant = (query: string) => series(ask({ path: "query", query, time: end }));
  const [cpu, memory, disk, load, fullest, up, alerts] = await Promise.all([
    curve(CURVES.cpu),
    curve(CURVES.memory),
    curve(CURVES.disk),
    curve(CURVES.load),
    instant(FULLEST),
    instant(UP),
    instant(ALERTS),
  ]);
  const of = (found: readonly Series[] | undefined, name: string) =>
    curveOf(found?.find(({ metric }) => metric.instance === name), start);
  return {
    atMs,
    problems: [...problems],
    hosts: up?.filter(({ metric }) => metric.job === HOST_JOB).map((host) => {
      const name = host.metric.instance ?? "";
      const mountpoint = fullest?.find(({ metric }) => metric.instance === name)?.metric.mountpoint;
      return {
        name,
        isUp: isOne(host),
        cpu: of(cpu, name),
        memory: of(memory, name),
        disk: { ...of(disk, name), mountpoint },
        load: of(load, name),
      };
    }).sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true })),
    services: up && servicesOf(up),
    firing: alerts && firingOf(alerts),
  };
}

/** @returns the sentence that says why there is none. */
function resultOf(answer: Answered): readonly Series[] | string {
  if (!answer.ok) return answer.error;
  return seriesIn(answer.text) ?? "Prometheus's answer is not as its API has it";
}

function curveOf(found: Series | undefined, start: number): Curve {
  const points: (number | undefined)[] = Array.from({ length: SPAN_SECONDS / STEP_SECONDS + 1 });
  for (const [time, text] of found?.values ?? []) {
    const at = Math.round((time - start) / STEP_SECONDS);
    const value = Number(text);
    if (at >= 0 && at < points.length && Number.isFinite(value)) points[at] = value;
  }
  return { now: points.at(-1), points };
}

function isOne({ value }: Series): boolean {
  return value?.[1] === "1";
}

/** Hosts have tiles of their own. */
function servicesOf(up: readonly Series[]): Service[] {
  const byJob = Object.groupBy(
    up.filter(({ metric }) => metric.job !== HOST_JOB),
    ({ metric }) => metric.job ?? "",
  );
  return Object.entries(byJob).map(([name, targets]) => ({
    name,
    up: targets!.filter(isOne).length,
    of: targets!.length,
  })).sort((a, b) => a.name.localeCompare(b.name, "en"));
}

function firingOf(alerts: readonly Series[]): Firing[] {
  const groups = Map.groupBy(alerts, ({ metric }) => `${metric.severity}\0${metric.alertname}`);
  return [...groups.values()].map((group) => ({
    name: group[0]!.metric.alertname ?? "",
    // What is neither is not made worse than its author said.
    severity: SEVERITIES.find((severity) => severity === group[0]!.metric.severity) ?? "info",
    instances: [...new Set(group.flatMap(({ metric }) => metric.instance ?? []))].sort(),
    count: group.length,
  })).sort((a, b) =>
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || a.name.localeCompare(b.name, "en")
  );
}
