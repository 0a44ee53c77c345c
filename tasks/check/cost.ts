/** `cost/series`: what is measured fits into what config.ts keeps of it, and onto the disk. */

import { join } from "node:path";
import { type Check, type Problem, Skipped } from "../../lib/check.ts";
import { bytes, durationMs, formatBytes } from "../../lib/units.ts";
import { type Cost, costOf, scrapedOf } from "../../prometheus/catalogue/mod.ts";
import { diskBelow, sizeOf } from "../machine_check.ts";
import { formatTable } from "../report.ts";
import type { StackContext } from "./context.ts";

const ID = "cost/series";
const DAY_MS = 86_400_000;

/** What `check --json` gives of the cost. */
interface CostDetails extends Cost {
  /** What `retention.time` of it takes, bytes. */
  readonly retainedBytes: number;
  /** What `retention.size` allows, bytes. */
  readonly sizeBytes: number;
  /** What the disk has left for it, bytes. */
  readonly roomBytes: number;
}

/**
 * Estimates from the catalogue how many series the jobs have and how much of them `retention.time` takes, and compares that with
 * `retention.size` and the disk.
 */
export const costCheck: Check<StackContext> = {
  id: ID,
  title: "What is measured can be kept as long as retention.time says",
  severity: "warning",
  online: false,
  async run(context) {
    const details = await detailsOf(context);
    const { retention } = context.config;
    const { retainedBytes, sizeBytes, roomBytes, bytesPerDay, recentBytes } = details;
    const problems: Problem[] = [];
    const days = Math.floor((sizeBytes - recentBytes) / bytesPerDay);
    if (retainedBytes > sizeBytes) {
      problems.push({
        check: ID,
        severity: "warning",
        file: "",
        config: ["retention", "size"],
        message: `${retention.time} of measurements take about ${
          formatBytes(retainedBytes)
        }, and retention.size keeps ${formatBytes(sizeBytes)}: after about ${
          days < 2 ? "a day" : `${days} days`
        } the oldest are lost`,
        cure: `Raise retention.size to ${
          roundedSize(retainedBytes)
        }, lower retention.time, or scrape less often`,
      });
    }
    if (Math.min(retainedBytes, sizeBytes) > roomBytes) {
      problems.push({
        check: ID,
        severity: "warning",
        file: "",
        config: ["retention", "size"],
        message: `The measurements will take about ${
          formatBytes(Math.min(retainedBytes, sizeBytes))
        }, and the disk has room for ${formatBytes(roomBytes)}`,
        cure: "Free some disk space, or lower retention.size or retention.time",
      });
    }
    return problems;
  },
  async note(context) {
    const details = await detailsOf(context);
    return { line: lineOf(details, context.config.retention.time), table: tableOf(details), details };
  },
};

const known = new WeakMap<StackContext, Promise<CostDetails>>();

/** @throws {Skipped} when the rendered files cannot be read; other checks say why. */
function detailsOf(context: StackContext): Promise<CostDetails> {
  const details = known.get(context) ?? lookAt(context);
  known.set(context, details);
  return details;
}

async function lookAt({ files, config, stateDir }: StackContext): Promise<CostDetails> {
  const scraped = scrapedOf(files);
  if (scraped === undefined) throw new Skipped("prometheus.yml or a rule file cannot be read");
  const cost = costOf(scraped, durationMs(config.evaluation.interval));
  const { free } = await diskBelow(stateDir);
  return {
    ...cost,
    retainedBytes: cost.recentBytes + cost.bytesPerDay * durationMs(config.retention.time) / DAY_MS,
    sizeBytes: bytes(config.retention.size),
    roomBytes: free + await sizeOf(join(stateDir, "local", "data", "prometheus")),
  };
}

function lineOf({ series, bytesPerDay, retainedBytes, sizeBytes }: CostDetails, time: string): string {
  return `about ${count(series)} series, ${formatBytes(bytesPerDay)} a day; ${time} take ${
    formatBytes(retainedBytes)
  } of ${formatBytes(sizeBytes)}`;
}

function tableOf({ jobs, recorded }: CostDetails): string {
  const rows = jobs.map(({ job, targets, series, samplesPerDay, assumed }) => [
    job,
    `${targets} ${targets === 1 ? "target" : "targets"}`,
    `${count(series)} series${assumed ? " (a guess)" : ""}`,
    `${count(samplesPerDay)} samples a day`,
  ]);
  return formatTable([...rows, ["recording rules", "", `${count(recorded)} series`]]);
}

function count(value: number): string {
  return value < 1e6 ? String(Math.round(value)) : `${(value / 1e6).toFixed(1)} million`;
}

/** A size that Prometheus takes, with some room. */
function roundedSize(needed: number): string {
  return `${Math.ceil(needed * 1.2 / 1024 ** 3)}GB`;
}
