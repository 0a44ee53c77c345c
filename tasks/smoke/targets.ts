/** smoke/targets: every target is up. */

import { fromYaml } from "../../lib/yaml.ts";
import type { Service } from "../../compose/services/mod.ts";
import { durationMs } from "../../lib/units.ts";
import { failed, smokeCheck, type SmokeContext, type Step } from "./check.ts";
import { askPrometheus, Unanswered } from "./http.ts";
import { poll } from "./poll.ts";

const ID = "smoke/targets";
/** How long Prometheus may take to begin with new targets: its discovery's own interval. */
export const DISCOVERY_MS = 5_000;

/** A target as Prometheus's API tells it. */
export interface ActiveTarget {
  readonly labels: Readonly<Record<string, string>>;
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly health: "up" | "down" | "unknown";
  readonly lastError: string;
  /** RFC 3339; year 1 before the first scrape. */
  readonly lastScrape: string;
  /** Seconds. */
  readonly lastScrapeDuration: number;
  readonly scrapeInterval: string;
}

/** The targets that Prometheus scrapes. @throws {Unanswered} */
export async function activeTargets(context: SmokeContext): Promise<readonly ActiveTarget[]> {
  return (await askPrometheus<{ activeTargets: ActiveTarget[] }>(
    context,
    "/api/v1/targets?state=active",
  )).activeTargets;
}

/** Longest scrape interval in force among `targets`, milliseconds; `fallbackMs` when there are none. */
export function longestIntervalMs(targets: readonly ActiveTarget[], fallbackMs: number): number {
  return targets.length === 0
    ? fallbackMs
    : Math.max(...targets.map(({ scrapeInterval }) => durationMs(scrapeInterval)));
}

/**
 * Proves that Prometheus scrapes everything its configuration names and that each scrape succeeds. A target that was not
 * scraped yet is waited for, for its scrape interval; one that is down gets one more scrape before it counts, so that a
 * service that started after Prometheus is not called down.
 *
 * When it fails: the message is Prometheus's own error for that target, with what it usually means. A job of the generated
 * configuration that Prometheus does not know runs an older configuration: `deno task up` applies the new one.
 */
export const targets = smokeCheck(ID, "Every target is up", async function* (context) {
  const { intervals, marginMs, progress } = context;
  const look = () => activeTargets(context);
  const jobs = jobsOf(context);
  const firstScrapes = new Map<string, string>();
  const settled = (all: readonly ActiveTarget[]) =>
    jobs.every(({ name, named }) => all.filter(({ scrapePool }) => scrapePool === name).length >= named) &&
    all.every((target) => {
      const key = `${target.scrapePool} ${target.scrapeUrl}`;
      if (target.health === "up") return true;
      if (target.health === "unknown") return false;
      const first = firstScrapes.get(key) ?? target.lastScrape;
      firstScrapes.set(key, first);
      return first !== target.lastScrape;
    });
  try {
    // The intervals in force are known once Prometheus names its targets.
    const first = await look();
    const intervalMs = longestIntervalMs(first, intervals.scrapeMs);
    const { seen } = await poll(look, settled, {
      ...context,
      deadlineMs: DISCOVERY_MS + intervalMs + marginMs,
      waiting: () => progress.step("Waiting for the scrape of every target"),
    });
    for (const job of jobs) {
      const count = seen.filter(({ scrapePool }) => scrapePool === job.name).length;
      if (count === 0 || count < job.named) yield withoutTarget(job, count);
    }
    for (const target of seen) yield stepOf(context, target);
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    yield failed(
      ID,
      "prometheus",
      `Cannot ask Prometheus for its targets: ${error.message}`,
      "run `deno task up`",
    );
  }
});

function stepOf({ services }: SmokeContext, target: ActiveTarget): Step {
  const { scrapeUrl, health, lastError, lastScrapeDuration } = target;
  const name = nameOf(target);
  const elapsedMs = lastScrapeDuration * 1_000;
  if (health === "up") return { name, outcome: "passed", elapsedMs };
  if (health === "unknown") {
    return failed(
      ID,
      name,
      `Prometheus has not scraped the target "${name}" (${scrapeUrl}) in time`,
      "read `deno task logs prometheus`: the machine may be overloaded",
      { elapsedMs },
    );
  }
  return failed(
    ID,
    name,
    `The target "${name}" (${scrapeUrl}) is down: ${lastError}`,
    services.has(target.labels.job as Service)
      ? `\`deno task status\` shows whether it runs, and \`deno task up\` starts what is missing; else \`deno task doctor\` looks for the cause`
      : cureOf(lastError, target),
    { elapsedMs },
  );
}

function nameOf({ scrapePool, labels, scrapeUrl }: ActiveTarget): string {
  return `${scrapePool} ${labels.instance ?? scrapeUrl}`;
}

/** What Prometheus's error for a target usually means. */
function cureOf(error: string, { scrapePool, scrapeUrl, scrapeInterval }: ActiveTarget): string {
  const host = URL.parse(scrapeUrl)?.host ?? scrapeUrl;
  const place = /^node(?::|$)/.test(scrapePool) ? "hosts" : `job "${scrapePool}"`;
  if (/connection refused/.test(error)) {
    return `start what should listen on ${host}, or correct its address in config.ts (${place})`;
  }
  if (/no such host|server misbehaving/.test(error)) {
    return `correct the host name in config.ts (${place}), or give its address as numbers`;
  }
  if (/no route to host|network is unreachable/.test(error)) {
    return `make ${host} reachable from where Prometheus runs: a firewall or a missing route is in between`;
  }
  if (/deadline exceeded|timeout/i.test(error)) {
    return `find out why ${host} is slow or filtered; a slow exporter needs a longer scrape.timeout (scraped every ${scrapeInterval})`;
  }
  if (/HTTP status (401|403)/.test(error)) {
    return `let Prometheus in at ${scrapeUrl}: it asks for credentials`;
  }
  if (/HTTP status/.test(error)) {
    return `correct the path or the port in config.ts (${place})`;
  }
  if (/x509|tls:/i.test(error)) return `give ${host} a certificate that Prometheus trusts`;
  return `open ${scrapeUrl} and see what it answers`;
}

function withoutTarget({ name, named }: ScrapeJob, count: number): Step {
  if (named === 0) return { name, outcome: "note", detail: "its target files name no target" };
  const missing = count === 0
    ? `no target for the job "${name}", which the generated configuration names`
    : `${count} of the ${named} targets that the generated configuration names for the job "${name}"`;
  return failed(
    ID,
    name,
    `Prometheus has ${missing}`,
    "run `deno task up`, which makes Prometheus load the generated configuration",
    { file: "prometheus/prometheus.yml" },
  );
}

/** A scrape job of the generated configuration. */
interface ScrapeJob {
  readonly name: string;
  /** How many targets it names; those that are discovered in files come on top. */
  readonly named: number;
}

function jobsOf({ files }: SmokeContext): ScrapeJob[] {
  const config = fromYaml(files.get("prometheus/prometheus.yml") ?? "") as {
    scrape_configs?: { job_name: string; static_configs?: { targets?: string[] }[] }[];
  } | null;
  return (config?.scrape_configs ?? []).map(({ job_name, static_configs = [] }) => ({
    name: job_name,
    named: static_configs.reduce((sum, { targets = [] }) => sum + targets.length, 0),
  }));
}
