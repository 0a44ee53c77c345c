/** The scrape jobs: every service of the stack, the hosts, the user's jobs and the probes. */

import { durationMs } from "../lib/units.ts";
import { accessConfig } from "./access.ts";
import { ENTRY_MODULE, moduleName } from "./blackbox.ts";
import type { PrometheusLinks, ScrapedService, WatchedEntry } from "./links.ts";
import type { Host, Job, Measure, Probe } from "./schema.ts";

/** One entry of `scrape_configs`. Every key that may vary is written, so that what runs can be compared with it. */
export interface ScrapeJob {
  readonly job_name: string;
  readonly [key: string]: unknown;
}

/** The job of every host's node exporter, this machine's included. */
const HOSTS_JOB = "node";
const PROBES_JOB = "probe";
// A certificate that Caddy renews, and one that a person does, are worth another warning.
const ENTRY_JOBS = { caddy: "entry-tls", hand: "entry-tls-own" } as const;

/** Names of jobs that are not one service's alone: a job of the user's needs another name. */
export const OWN_JOBS: readonly string[] = [HOSTS_JOB, PROBES_JOB, ...Object.values(ENTRY_JOBS)];

const NODE_EXPORTER_PORT = 9100;

/** The label \`job\` of what a scrape job stores. */
export function jobLabelOf(job: ScrapeJob): string {
  return job.job_name.startsWith(`${HOSTS_JOB}:`) ? HOSTS_JOB : job.job_name;
}

/** Every job, the stack's own first. */
export function scrapeJobs(
  measure: Measure,
  links: Pick<PrometheusLinks, "services" | "blackbox" | "filePaths" | "entry" | "secretsDir">,
): ScrapeJob[] {
  const { services, blackbox, filePaths, entry, secretsDir } = links;
  const jobs = services.filter(({ job }) => job !== HOSTS_JOB).map(serviceJob);
  const [secured, plain] = [
    measure.hosts.filter(isSecured),
    measure.hosts.filter((host) => !isSecured(host)),
  ];
  const hosts = hostTargets(plain, services.find(({ job }) => job === HOSTS_JOB)?.address);
  if (hosts.length > 0) jobs.push({ job_name: HOSTS_JOB, static_configs: hosts });
  jobs.push(...secured.map((host) => securedHostJob(host, secretsDir)));
  if (measure.probes.length > 0 && blackbox !== undefined) jobs.push(probeJob(measure.probes, blackbox));
  if (entry && blackbox !== undefined) jobs.push(entryJob(entry, blackbox));
  jobs.push(...measure.jobs.map((job) => userJob(job, measure, filePaths, secretsDir)));
  return jobs;
}

function serviceJob({ name, job, address, path }: ScrapedService): ScrapeJob {
  return { job_name: job, metrics_path: path, static_configs: [target(address, { instance: name })] };
}

function target(address: string, labels: Readonly<Record<string, string>>) {
  return { targets: [address], labels };
}

function hostTargets(hosts: readonly Host[], own: string | undefined) {
  const targets = hosts.flatMap(({ name, address, labels }) => {
    const at = address === undefined ? own : withPort(address, NODE_EXPORTER_PORT);
    // Without the node exporter there is nothing to ask about this machine.
    return at === undefined ? [] : [target(at, { ...labels, instance: name })];
  });
  // The stack's own node exporter runs: it is watched, even when no host of config.ts is this machine.
  if (own !== undefined && hosts.every(({ address }) => address !== undefined)) {
    targets.push(target(own, { instance: "node-exporter" }));
  }
  return targets;
}

function withPort(address: string, port: number): string {
  return /:\d+$/.test(address) ? address : `${address}:${port}`;
}

function probeJob(probes: readonly Probe[], blackbox: string): ScrapeJob {
  return {
    job_name: PROBES_JOB,
    metrics_path: "/probe",
    static_configs: probes.map((probe) => ({
      targets: [probe.target],
      labels: {
        ...probe.labels,
        instance: probe.name,
        kind: probe.kind,
        target: probe.target,
        __param_module: moduleName(probe),
      },
    })),
    relabel_configs: askedBy(blackbox),
  };
}

/** The entry's certificate, as the entry shows it: whoever renews it, it is seen when nobody does. */
function entryJob({ address, name, renewal }: WatchedEntry, blackbox: string): ScrapeJob {
  return {
    job_name: ENTRY_JOBS[renewal],
    metrics_path: "/probe",
    static_configs: [{
      targets: [address],
      labels: { instance: "entry", target: name, __param_module: ENTRY_MODULE },
    }],
    relabel_configs: askedBy(blackbox),
  };
}

function askedBy(blackbox: string) {
  return [
    { source_labels: ["__address__"], target_label: "__param_target" },
    { target_label: "__address__", replacement: blackbox },
  ];
}

function isSecured({ tls, auth }: Host): boolean {
  return tls !== undefined || auth !== undefined;
}

/** How Prometheus asks is said for a whole pool of targets. To everybody else it is one of the hosts. */
function securedHostJob(host: Host, secretsDir: string): ScrapeJob {
  const { name, address = "", labels, tls } = host;
  return {
    job_name: `${HOSTS_JOB}:${name}`,
    scheme: tls ? "https" : "http",
    ...accessConfig(host, `host-${name}`, secretsDir),
    static_configs: [
      target(withPort(address, NODE_EXPORTER_PORT), { ...labels, instance: name, job: HOSTS_JOB }),
    ],
  };
}

function userJob(
  job: Job,
  { scrape }: Measure,
  filePaths: PrometheusLinks["filePaths"],
  secretsDir: string,
): ScrapeJob {
  const interval = job.interval ?? scrape.interval;
  // A job more frequent than the others cannot wait as long as they do.
  const timeout = durationMs(interval) < durationMs(scrape.timeout) ? interval : scrape.timeout;
  return {
    job_name: job.name,
    scrape_interval: interval,
    scrape_timeout: timeout,
    metrics_path: job.path,
    scheme: job.scheme,
    ...accessConfig(job, `job-${job.name}`, secretsDir),
    static_configs: job.targets.length === 0 ? undefined : [{
      targets: job.targets,
      labels: Object.keys(job.labels).length === 0 ? undefined : job.labels,
    }],
    file_sd_configs: job.files.length === 0
      ? undefined
      : [{ files: job.files.map((path) => filePaths[path] ?? path) }],
  };
}
