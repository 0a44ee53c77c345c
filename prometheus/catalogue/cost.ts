/** How many series and samples a configuration makes, and how much disk they take: an estimate from the catalogue. */

import { ANY_JOB, metricsOf } from "./mod.ts";
import type { Scraped, ScrapedJob } from "./scraped.ts";

/**
 * Bytes in the blocks for each sample, its share of the index included: between the 1.5 of a machine at rest and the 2.5 of one whose every
 * counter moves, measured on the node exporter's and Prometheus's own series at 15 s with Prometheus 3.5.
 */
export const BYTES_PER_SAMPLE = 2;
/** Bytes for each sample of the last hours, which lie in the write-ahead log and are not in a block yet; measured likewise. */
const BYTES_PER_RECENT_SAMPLE = 9;
/** How long a sample lies there, at most. */
const RECENT_MS = 3 * 3_600_000;

/** Series of a target of which nobody knows what it exposes: what a program with a client library and some metrics of its own has. */
const ASSUMED_SERIES = 300;
const DAY_MS = 86_400_000;

/** What one job costs. */
export interface JobCost {
  readonly job: string;
  /** Targets that are known; those that files name are not. */
  readonly targets: number;
  readonly series: number;
  readonly samplesPerDay: number;
  /** Whether what it exposes is a guess. */
  readonly assumed: boolean;
}

/** What a configuration costs. */
export interface Cost {
  /** The dearest job first. */
  readonly jobs: readonly JobCost[];
  /** Series that recording rules add, one for each host. */
  readonly recorded: number;
  readonly series: number;
  readonly samplesPerDay: number;
  readonly bytesPerDay: number;
  /** What the last hours take beside the blocks. */
  readonly recentBytes: number;
}

/**
 * The cost of what is scraped and recorded. Counted for a small server: four processors, four filesystems, three network interfaces.
 *
 * @param evaluationMs Time between two evaluations of the recording rules, milliseconds.
 */
export function costOf({ jobs, recordings }: Scraped, evaluationMs: number): Cost {
  const costs = jobs.map(jobCost).sort((a, b) => b.samplesPerDay - a.samplesPerDay);
  const hosts = jobs.find(({ name }) => name === "node")?.targets.length ?? 0;
  const recorded = recordings.size * Math.max(1, hosts);
  const samplesPerDay = sum(costs.map((cost) => cost.samplesPerDay)) + recorded * DAY_MS / evaluationMs;
  return {
    jobs: costs,
    recorded,
    series: sum(costs.map(({ series }) => series)) + recorded,
    samplesPerDay,
    bytesPerDay: samplesPerDay * BYTES_PER_SAMPLE,
    recentBytes: samplesPerDay * RECENT_MS / DAY_MS * BYTES_PER_RECENT_SAMPLE,
  };
}

function jobCost({ name, targets, intervalMs, known, open }: ScrapedJob): JobCost {
  const own = targets.map((target) => known ? seriesOf(name, target) : ASSUMED_SERIES);
  const series = sum(own) + targets.length * seriesOf(ANY_JOB, {});
  return {
    job: name,
    targets: targets.length,
    series,
    samplesPerDay: series * DAY_MS / intervalMs,
    assumed: !known || open,
  };
}

// A probe of one kind does not have the series of another.
const OF_KIND: Readonly<Record<string, RegExp>> = {
  http: /^probe_(?!dns_(?!lookup)|icmp)/,
  tcp: /^probe_(?!dns_(?!lookup)|icmp|http|ssl|tls)/,
  icmp: /^probe_(?!dns_(?!lookup)|http|ssl|tls)/,
  dns: /^probe_(?!icmp|http|ssl|tls)/,
};

function seriesOf(job: string, { kind }: Readonly<Record<string, string>>): number {
  const isOurs = job === "probe" && kind !== undefined ? OF_KIND[kind] : undefined;
  return sum(
    [...metricsOf(job).values()].filter(({ name }) => isOurs?.test(name) ?? true).map(({ series }) => series),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}
