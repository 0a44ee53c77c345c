/** What becomes of scraping: how often, and what. */

import type { Files } from "../../lib/files.ts";
import { fromYaml } from "../../lib/yaml.ts";
import { compareNamed, type Effect, fieldChanges, named } from "./effect.ts";

type Labels = Readonly<Record<string, string>>;

interface Job {
  readonly job_name: string;
  readonly static_configs?: readonly { readonly targets: readonly string[]; readonly labels?: Labels }[];
  readonly [key: string]: unknown;
}

interface Config {
  readonly global?: Readonly<Record<string, unknown>>;
  readonly scrape_configs?: readonly Job[];
  readonly [key: string]: unknown;
}

interface Target {
  readonly address: string;
  readonly labels: Labels;
}

/** What becomes of what `prometheus/prometheus.yml` says. */
export function scrapingEffects(before: Files, after: Files): Effect[] {
  const [was, is] = [configOf(before), configOf(after)];
  const jobs = ({ scrape_configs = [] }: Config) =>
    named(scrape_configs, ({ job_name }) => `job ${job_name}`);
  const whole = (config: Config) => {
    const { scrape_configs: _, ...rest } = config;
    return new Map([["every target", rest.global ?? {}], ["Prometheus", { ...rest, global: undefined }]]);
  };
  return [
    ...compareNamed("scraping", whole(was), whole(is), (a, b) => fieldChanges(a, b)),
    ...compareNamed("scraping", jobs(was), jobs(is), (a, b) => fieldChanges(without(a), without(b)), without),
    ...compareNamed("target", targetsOf(was), targetsOf(is), (a, b) => fieldChanges(a, b), ({ address }) => ({
      address,
    })),
  ];
}

function configOf(files: Files): Config {
  return (fromYaml(files.get("prometheus/prometheus.yml") ?? "") ?? {}) as Config;
}

function without({ static_configs: _, job_name: _name, ...rest }: Job): Readonly<Record<string, unknown>> {
  return rest;
}

function targetsOf({ scrape_configs = [] }: Config): Map<string, Target> {
  const targets = scrape_configs.flatMap(({ job_name, static_configs = [] }) =>
    static_configs.flatMap(({ targets, labels = {} }) =>
      targets.map((address) => ({ job: job_name, address, labels }))
    )
  );
  const all = named(targets, ({ job, address, labels }) => `${labels.instance ?? address} of job ${job}`);
  return new Map([...all].map(([name, { address, labels }]) => [name, { address, labels }]));
}
