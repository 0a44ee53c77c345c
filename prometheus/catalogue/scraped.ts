/** What the generated files make Prometheus know: which jobs it asks, which series its rules add. */

import type { Files } from "../../lib/files.ts";
import { type Expr, parsePromql } from "../../lib/promql/mod.ts";
import { durationMs } from "../../lib/units.ts";
import { fromYaml } from "../../lib/yaml.ts";
import { metricsOf } from "./mod.ts";

// Prometheus's own.
const DEFAULT_INTERVAL = "1m";

/** One scrape job. */
export interface ScrapedJob {
  readonly name: string;
  /** Labels of each of its targets, `job` and `instance` among them. */
  readonly targets: readonly Readonly<Record<string, string>>[];
  /** Whether it may have more targets than these: their labels are not known beforehand. */
  readonly open: boolean;
  /** Time between two scrapes, milliseconds. */
  readonly intervalMs: number;
  /** Whether the catalogue knows what it exposes; a job of the user's own may expose anything. */
  readonly known: boolean;
}

/** A rule that stores a series. */
export interface RecordedRule {
  /** Undefined when Prometheus would refuse its expression. */
  readonly tree?: Expr;
  /** Labels that the rule itself sets. */
  readonly labels: readonly string[];
}

/** What can be asked of Prometheus. */
export interface Scraped {
  readonly jobs: readonly ScrapedJob[];
  /** Names of the series that recording rules store. */
  readonly recordings: ReadonlySet<string>;
  /** The recording rules that store a series of this name. */
  rulesOf(name: string): readonly RecordedRule[];
  /** Names of the alerts. */
  readonly alerts: ReadonlySet<string>;
}

interface PrometheusYaml {
  readonly global?: { readonly scrape_interval?: string };
  readonly scrape_configs?: readonly {
    readonly job_name: string;
    readonly scrape_interval?: string;
    readonly static_configs?: readonly {
      readonly targets?: string[];
      readonly labels?: Record<string, string>;
    }[];
    readonly file_sd_configs?: unknown;
  }[];
}

interface RuleYaml {
  readonly record?: string;
  readonly alert?: string;
  readonly expr?: unknown;
  readonly labels?: Readonly<Record<string, string>>;
}

interface RulesYaml {
  readonly groups?: readonly {
    readonly rules?: readonly RuleYaml[];
  }[];
}

// The same files are looked at by several checks, and reading thousands of rules takes its time.
const read = new WeakMap<Files, { readonly scraped: Scraped | undefined }>();

/** What `prometheus/**` of `files` makes known; undefined when one of them cannot be read, which other checks say. */
export function scrapedOf(files: Files): Scraped | undefined {
  let known = read.get(files);
  if (known === undefined) read.set(files, known = { scraped: readScraped(files) });
  return known.scraped;
}

function readScraped(files: Files): Scraped | undefined {
  try {
    const rules = [...files].filter(([path]) => /^prometheus\/rules\/[^/]+\.ya?ml$/.test(path))
      .flatMap(([, text]) => ((fromYaml(text) ?? {}) as RulesYaml).groups ?? [])
      .flatMap((group) => group.rules ?? []);
    return {
      jobs: jobsIn(files.get("prometheus/prometheus.yml") ?? ""),
      rulesOf: (name) =>
        rules.filter(({ record }) => record === name).map(({ expr, labels = {} }) => ({
          tree: parsePromql(String(expr)).expr,
          labels: Object.keys(labels),
        })),
      recordings: new Set(rules.flatMap(({ record }) => record ?? [])),
      alerts: new Set(rules.flatMap(({ alert }) => alert ?? [])),
    };
  } catch {
    return undefined;
  }
}

/** The scrape jobs of a prometheus.yml. @throws {Error} when it cannot be read. */
export function jobsIn(text: string): ScrapedJob[] {
  const { global, scrape_configs = [] } = (fromYaml(text) ?? {}) as PrometheusYaml;
  const pools = scrape_configs.map((job) => {
    // Hosts that are asked in another way are a pool of their own, and of the same job.
    const name = job.static_configs?.[0]?.labels?.job ?? job.job_name;
    return {
      name,
      targets: (job.static_configs ?? []).flatMap(({ targets = [], labels = {} }) =>
        targets.map((instance) => ({ instance, ...visible(labels), job: name }))
      ),
      intervalMs: durationMs(job.scrape_interval ?? global?.scrape_interval ?? DEFAULT_INTERVAL),
      open: job.file_sd_configs !== undefined,
      known: metricsOf(name).size > 0,
    };
  });
  return [...Map.groupBy(pools, ({ name }) => name).values()].map((same) => ({
    ...same[0]!,
    targets: same.flatMap(({ targets }) => targets),
  }));
}

/** Labels that begin with two underscores are gone before a sample is stored. */
function visible(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !name.startsWith("__")));
}
