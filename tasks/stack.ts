/** From what config.ts says to everything that is generated: the only place where the domains meet. */

import { basename, dirname, join } from "node:path";
import * as z from "zod";
import { gatewayOf, renderCompose } from "../compose/mod.ts";
import { runShape } from "../compose/schema.ts";
import { type Service, SERVICES, VERSIONS } from "../compose/versions.ts";
import { renderGrafana } from "../grafana/mod.ts";
import { grafanaSchema } from "../grafana/schema.ts";
import { type Files, mergeFiles, under } from "../lib/files.ts";
import { name } from "../lib/schema.ts";
import { durationMs } from "../lib/units.ts";
import { type Receiver, renderAlertmanager } from "../prometheus/alertmanager/mod.ts";
import {
  type NativeDestination,
  nativeDestinations,
  routingShape,
} from "../prometheus/alertmanager/schema.ts";
import { renderPrometheus } from "../prometheus/mod.ts";
import { measureShape } from "../prometheus/schema.ts";
import { channelSchemas } from "../webhook/channels/mod.ts";
import { renderWebhook } from "../webhook/mod.ts";
import { ConfigError, parseConfig } from "./config_issue.ts";
import { crossCheck } from "./cross_check.ts";

export { ConfigError, type ConfigIssue } from "./config_issue.ts";

const destination = z.discriminatedUnion("kind", [...channelSchemas, ...nativeDestinations]);

/** The schema of config.ts. */
export const configSchema = z.strictObject({
  /** Name of the stack: of its Compose project, containers and volumes. Two stacks on one machine have two names. */
  name: name.default("vigie")
    .describe(
      "Name of the stack: of its Compose project, containers and volumes. Two stacks on one machine have two names.",
    ),
  /** Language of alerts, dashboards and messages. */
  locale: z.enum(["fr", "en"]).default("fr").describe("Language of alerts, dashboards and messages."),
  ...runShape,
  ...measureShape,
  /** Whom to tell, by which labels. */
  notify: z.strictObject({
    /** Named receivers, each with one destination or more. */
    receivers: z.record(
      name,
      z.array(destination).min(1, 'expected at least one destination, such as { kind: "console" }'),
    )
      .default({ console: [{ kind: "console" }] }).describe(
        "Named receivers, each with one destination or more.",
      ),
    ...routingShape,
  }).prefault({}).describe("Whom to tell, by which labels."),
  /** Grafana's settings. */
  grafana: grafanaSchema.prefault({}).describe("Grafana's settings."),
});

/** What config.ts may say. */
export type StackInput = z.input<typeof configSchema>;
/** A valid configuration, every default filled in. */
export type Stack = z.output<typeof configSchema>;
/** Where a stack runs. */
export type EngineName = "docker" | "local";

// Stacks that defineStack made, each with the stack trace of the call: it tells where in config.ts a late problem belongs.
const made = new WeakMap<object, string>();

/**
 * The stack that `input` describes, every default filled in.
 *
 * @throws {ConfigError} with all problems at once.
 */
export function defineStack(input: StackInput): Stack {
  const stack = parsed(input);
  const issues = crossCheck(stack);
  if (issues.length > 0) throw new ConfigError(issues);
  made.set(stack, new Error().stack ?? "");
  return stack;
}

/** The input parsed; when that fails, what its sound parts contradict is told as well. */
function parsed(input: StackInput): Stack {
  try {
    return parseConfig(configSchema, input);
  } catch (error) {
    if (!(error instanceof ConfigError) || error.issues.some(({ path }) => path.length === 0)) throw error;
    const refused = new Set(error.issues.map(({ path }) => path[0]!));
    const sound = Object.fromEntries(Object.entries(input).filter(([key]) => !refused.has(key)));
    throw new ConfigError([...error.issues, ...crossCheck(parseConfig(configSchema, sound), refused)]);
  }
}

/** The stack trace of the call of `defineStack` that made `value`; undefined when none did. */
export function originOf(value: unknown): string | undefined {
  return typeof value === "object" && value !== null ? made.get(value) : undefined;
}

/** Where a rendered stack is to run. */
export interface Target {
  readonly engine: EngineName;
  /** Absolute path of the build directory. */
  readonly buildDir: string;
  /** Absolute path of the state directory. */
  readonly stateDir: string;
  /** Absolute path of the directory that relative paths in config.ts start from. */
  readonly configDir: string;
  /** Services that the local engine cannot run on this machine, and why: they are not scraped there. */
  readonly leftOut?: LeftOut;
}

/** Services that an engine leaves out, each with the reason. */
export type LeftOut = Readonly<Partial<Record<Service, string>>>;

/** Services that run on `engine`. */
export function servicesOf(stack: Stack, engine: EngineName): ReadonlySet<Service> {
  return new Set(SERVICES.filter((service) => {
    if (service === "cadvisor" && engine === "local") return false;
    return !(service in stack.services) || stack.services[service as keyof Stack["services"]];
  }));
}

/** Base URL of each service, as people and tasks on this machine reach it. */
export function urlsOf(stack: Stack): Readonly<Record<Service, string>> {
  const host = stack.bind === "0.0.0.0"
    ? "127.0.0.1"
    : stack.bind.includes(":")
    ? `[${stack.bind}]`
    : stack.bind;
  return byService((service) => `http://${host}:${stack.ports[service]}`);
}

/** Version of each service that is not built here. */
export function versionsOf(stack: Stack): Readonly<Record<Exclude<Service, "webhook">, string>> {
  return Object.fromEntries(
    Object.entries(VERSIONS).map(([service, { version }]) => [
      service,
      stack.versions[service as keyof Stack["versions"]] ?? version,
    ]),
  ) as Record<Exclude<Service, "webhook">, string>;
}

/** Where a secret file that config.ts names is copied to, and where its service sees it. */
export interface SecretFile {
  readonly service: Service;
  /** Absolute path on this machine, as config.ts means it. */
  readonly source: string;
  /** File name in the service's secrets directory. */
  readonly file: string;
}

/** Secret files that config.ts names. */
export function secretFilesOf(stack: Stack, configDir: string): SecretFile[] {
  return nativeOf(stack).flatMap(({ receiver, index, destination }) => {
    const path = destination.kind === "email" ? destination.passwordFile : destination.urlFile;
    if (path === undefined) return [];
    return [{
      service: "alertmanager" as const,
      source: resolve(configDir, path),
      file: secretName(receiver, index),
    }];
  });
}

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
  const services = servicesOf(stack, engine);
  const running = new Set(
    [...services].filter((service) => engine === "docker" || !target.leftOut?.[service]),
  );
  const urls = urlsOf(stack);
  const addresses = addressesOf(stack, engine);
  const fileSd = fileSdOf(stack, target);
  const secretsDir = engine === "docker" ? "/run/secrets/vigie" : join(stateDir, "secrets", "alertmanager");
  const files = [
    renderPrometheus(stack, stack.locale, {
      addresses: Object.fromEntries([...running].map((service) => [service, addresses[service]])) as Record<
        Service,
        string
      >,
      filePaths: fileSd.paths,
    }),
    renderAlertmanager(stack.notify, receiversOf(stack, secretsDir), stack.locale, {
      webhookUrl: `http://${addresses.webhook}/webhook`,
    }),
    renderWebhook(webhookConfigOf(stack)),
  ];
  if (services.has("grafana")) {
    files.push(renderGrafana(stack.grafana, stack.locale, {
      prometheusUrl: `http://${addresses.prometheus}`,
      alertmanagerUrl: `http://${addresses.alertmanager}`,
      dashboardsPath: engine === "docker"
        ? "/etc/grafana/dashboards"
        : join(filesDirOf(target), "grafana", "dashboards"),
      scrapeIntervalSeconds: durationMs(stack.scrape.interval) / 1_000,
      thresholds: stack.thresholds,
      services: running,
      hosts: stack.hosts.some(({ address }) => address !== undefined || services.has("node-exporter")),
    }));
  }
  if (engine === "docker") {
    files.push(renderCompose({
      ...stack,
      services,
      versions: versionsOf(stack),
      subnet: stack.network.subnet,
      urls,
      secretsDir: join(stateDir, "secrets"),
      secrets: new Set([
        ...(services.has("grafana") ? ["grafana" as const] : []),
        ...secretFilesOf(stack, target.configDir).map(({ service }) => service),
      ]),
      mounts: fileSd.mounts,
    }));
  }
  return mergeFiles(...files);
}

/** The directory that holds the files of one engine. */
export function filesDirOf({ engine, buildDir }: Pick<Target, "engine" | "buildDir">): string {
  return engine === "docker" ? buildDir : join(buildDir, "local");
}

/** `host:port` of each service, as the other services reach it. */
export function addressesOf(stack: Stack, engine: EngineName): Readonly<Record<Service, string>> {
  if (engine === "local") return byService((service) => urlsOf(stack)[service].slice("http://".length));
  const inside = {
    prometheus: 9090,
    alertmanager: 9093,
    webhook: 9094,
    "node-exporter": 0,
    blackbox: 9115,
    grafana: 3000,
    cadvisor: 8080,
  };
  return byService((service) =>
    // The node exporter sits in the host's own network, or it would report the container's.
    service === "node-exporter"
      ? `${gatewayOf(stack.network.subnet)}:${stack.ports[service]}`
      : `${service}:${inside[service]}`
  );
}

function byService<T>(give: (service: Service) => T): Readonly<Record<Service, T>> {
  return Object.fromEntries(SERVICES.map((service) => [service, give(service)])) as Record<Service, T>;
}

function resolve(from: string, path: string): string {
  return path.startsWith("/") ? path : join(from, path);
}

function secretName(receiver: string, index: number): string {
  return `${receiver}-${index}`;
}

function nativeOf(stack: Stack): { receiver: string; index: number; destination: NativeDestination }[] {
  return Object.entries(stack.notify.receivers).flatMap(([receiver, destinations]) =>
    destinations.flatMap((destination, index) =>
      destination.kind === "console" ? [] : [{ receiver, index, destination }]
    )
  );
}

function receiversOf(stack: Stack, secretsDir: string): Receiver[] {
  return Object.entries(stack.notify.receivers).map(([receiver, destinations]) => ({
    name: receiver,
    webhook: destinations.some(({ kind }) => kind === "console"),
    native: nativeOf(stack).filter((entry) => entry.receiver === receiver).map(({ index, destination }) => {
      const file = join(secretsDir, secretName(receiver, index));
      if (destination.kind === "slack") return { ...destination, urlFile: file };
      return destination.passwordFile === undefined ? destination : { ...destination, passwordFile: file };
    }),
  }));
}

/** A channel's name is its receiver's, with its kind where the receiver has several. */
function webhookConfigOf(stack: Stack) {
  const channels = Object.entries(stack.notify.receivers).flatMap(([receiver, destinations]) =>
    destinations.flatMap((settings, index) =>
      settings.kind === "console"
        ? [{
          receiver,
          name: destinations.length === 1 ? receiver : `${receiver}-${settings.kind}-${index + 1}`,
          settings,
        }]
        : []
    )
  );
  return {
    locale: stack.locale,
    channels: channels.map(({ name, settings }) => ({ name, settings })),
    routes: [...new Set(channels.map(({ receiver }) => receiver))].map((receiver) => ({
      receiver,
      channels: channels.filter((channel) => channel.receiver === receiver).map(({ name }) => name),
    })),
  };
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
