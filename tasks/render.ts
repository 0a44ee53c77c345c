/** From a stack to everything that is generated: the only place where the domains meet. */

import { basename, dirname, join, resolve } from "node:path";
import { renderBackup } from "../backup/mod.ts";
import { renderCompose } from "../compose/mod.ts";
import { DEFINITIONS } from "../compose/services/mod.ts";
import { type GrafanaLinks, LDAP_FILE, renderGrafana, renderLdap } from "../grafana/mod.ts";
import { renderEntry } from "../entry/mod.ts";
import { grafanaEnvironment, signOnEnvironment } from "../grafana/schema.ts";
import { type Files, mergeFiles, under } from "../lib/files.ts";
import { durationMs } from "../lib/units.ts";
import { renderAlertmanager } from "../prometheus/alertmanager/mod.ts";
import {
  alertLines,
  alertPlaces,
  instancesOnHosts,
  ownLabels,
  type PrometheusLinks,
  renderPrometheus,
  type ScrapedService,
} from "../prometheus/mod.ts";
import { renderWebhook } from "../webhook/mod.ts";
import { backupMounts, planOf } from "./backup/plan.ts";
import { receiversOf, secretsDirOf, webhookConfigOf, webhookUrlOf } from "./destinations.ts";
import { entryArguments, entryLinks, watchedEntry } from "./entry.ts";
import { renderGraphs } from "./graphs.ts";
import { RUNBOOK_LANGUAGE, runbooks } from "./runbooks.ts";
import { secretNeedsOf } from "./secret_needs.ts";
import { grafanaSignOnOf } from "./sign_on.ts";
import {
  addressesOf,
  bindOf,
  filesDirOf,
  publicUrlsOf,
  runningOf,
  servicesOf,
  type Stack,
  type Target,
  versionsOf,
  watchesHosts,
} from "./stack.ts";

// The hosts' own job is that of the node exporter.
const SERVICE_JOBS = Object.entries(DEFINITIONS).flatMap(([service, { scrape }]) =>
  scrape && service !== "node-exporter" ? [scrape.job] : []
);

/**
 * Every file of the stack, relative to the build directory: at the top for the docker engine, under `local/` for the local one.
 * Pure: the same arguments give the same bytes.
 */
export function renderStack(stack: Stack, target: Omit<Target, "engine">): Files {
  return mergeFiles(
    renderFor(stack, { ...target, engine: "docker" }),
    under("local", renderFor(stack, { ...target, engine: "local" })),
  );
}

/** The files of one engine, relative to the directory that `filesDirOf` names. */
export function renderFor(stack: Stack, target: Target): Files {
  const { engine, stateDir } = target;
  const { watchdog } = stack.webhook;
  const services = servicesOf(stack, engine);
  const running = runningOf(stack, target);
  const urls = publicUrlsOf(stack);
  const addresses = addressesOf(stack, engine);
  const scraped = [...running].flatMap((name): ScrapedService[] => {
    const { scrape } = DEFINITIONS[name];
    return scrape ? [{ name, address: addresses[name], job: scrape.job, path: scrape.path }] : [];
  });
  const fileSd = fileSdOf(stack, target);
  const runbookUrl = `${webhookUrlOf(stack)}/runbooks`;
  const entry = entryLinks(stack, target, running);
  const measured: PrometheusLinks = {
    stack: stack.name,
    services: scraped,
    alertmanager: addresses.alertmanager,
    blackbox: running.has("blackbox") ? addresses.blackbox : undefined,
    secretsDir: secretsDirOf("prometheus", target),
    filePaths: fileSd.paths,
    entry: entry && watchedEntry(stack, entry),
    runbookUrl,
    grafanaUrl: running.has("grafana") ? urls.grafana : undefined,
  };
  const files = [
    renderPrometheus(stack, stack.locale, measured),
    renderGraphs(stack, measured),
    renderAlertmanager(stack.notify, receiversOf(stack, target), stack.locale, {
      webhookUrl: `http://${addresses.webhook}/webhook`,
      watchdogWithin: watchdog.enabled ? watchdog.within : undefined,
      serviceJobs: SERVICE_JOBS,
      onHosts: instancesOnHosts(stack),
      ownLabels: ownLabels(stack),
    }),
    renderWebhook(webhookConfigOf(stack, target), { language: RUNBOOK_LANGUAGE, pages: runbooks() }),
  ];
  if (services.has("backup")) files.push(renderBackup(planOf(stack, target)));
  if (entry) files.push(renderEntry(entry));
  const dashboardsPath = engine === "docker"
    ? "/etc/grafana/dashboards"
    : join(filesDirOf(target), "grafana", "dashboards");
  const signOn = grafanaSignOnOf(stack, secretsDirOf("grafana", target));
  if (services.has("grafana") && signOn.directory) files.push(renderLdap(signOn.directory));
  const links: GrafanaLinks = {
    prometheusUrl: `http://${addresses.prometheus}`,
    alertmanagerUrl: `http://${addresses.alertmanager}`,
    dashboardsPath,
    scrapeIntervalSeconds: durationMs(stack.scrape.interval) / 1_000,
    lines: alertLines(stack),
    alerts: alertPlaces(stack, runbookUrl),
    services: new Map([...running].map((service) => [service, DEFINITIONS[service].scrape?.job])),
    hosts: watchesHosts(stack, engine),
    probes: stack.probes.length > 0 && running.has("blackbox"),
  };
  const grafana = renderGrafana(stack.grafana, stack.locale, links);
  if (services.has("grafana")) files.push(grafana);
  // The webhook's pages draw the same dashboards, also where no Grafana runs.
  files.push(under("webhook", dashboardsIn(grafana)));
  if (engine === "docker") {
    files.push(renderCompose({
      ...stack,
      services,
      versions: versionsOf(stack),
      subnet: stack.network.subnet,
      urls,
      bind: bindOf(stack),
      entry: { bind: stack.bind, command: ["caddy", ...entryArguments(target)] },
      secretsDir: join(stateDir, "secrets"),
      secrets: new Set([
        ...(services.has("grafana") ? ["grafana" as const] : []),
        ...(services.has("backup") ? ["backup" as const] : []),
        ...secretNeedsOf(stack, target).map(({ service }) => service),
      ]),
      mounts: fileSd.mounts,
      backup: services.has("backup") ? backupMounts(stack, target) : [],
      grafana: {
        environment: {
          ...grafanaEnvironment(stack.grafana, {
            url: urls.grafana,
            dashboardsPath,
            hosts: watchesHosts(stack, engine),
          }),
          ...signOnEnvironment(signOn, {
            ldapFile: join("/etc/grafana/ldap", basename(LDAP_FILE)),
            inImage: true,
          }),
        },
        ldap: signOn.directory !== undefined,
      },
    }));
  }
  return mergeFiles(...files);
}

function dashboardsIn(grafana: Files): Files {
  return new Map(
    [...grafana].filter(([path]) => path.startsWith("grafana/dashboards/"))
      .map(([path, text]) => [path.slice("grafana/".length), text]),
  );
}

/** file_sd files: whole directories are mounted, as a single mounted file keeps its old content when it is replaced. */
function fileSdOf(stack: Stack, { engine, configDir }: Target) {
  const sources = stack.jobs.flatMap(({ files }) => files);
  const directories = [...new Set(sources.map((path) => dirname(resolve(configDir, path))))];
  const mounts = engine === "local"
    ? []
    : directories.map((source, i) => ({ source, target: `/etc/prometheus-file-sd/${i}` }));
  const paths = Object.fromEntries(sources.map((path) => {
    const absolute = resolve(configDir, path);
    const mount = mounts[directories.indexOf(dirname(absolute))];
    return [path, mount ? join(mount.target, basename(absolute)) : absolute];
  }));
  return { mounts, paths };
}
