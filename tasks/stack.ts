/** What a stack is: the schema of config.ts, and what follows from it for everybody. */

import { join } from "node:path";
import * as z from "zod";
import { backupSchema } from "../backup/schema.ts";
import { gatewayOf } from "../compose/mod.ts";
import { runShape } from "../compose/schema.ts";
import {
  byService,
  DEFINITIONS,
  hostPortOf,
  type Service,
  SERVICES,
  type VersionedService,
} from "../compose/services/mod.ts";
import { VERSIONS } from "../compose/versions.ts";
import { entryShape } from "../entry/schema.ts";
import { grafanaSchema } from "../grafana/schema.ts";
import { name } from "../lib/schema.ts";
import { routingShape } from "../prometheus/alertmanager/schema.ts";
import { measureShape } from "../prometheus/schema.ts";
import { serviceSchema, signOnConfigSchema } from "../webhook/mod.ts";
import { checksShape } from "./check/schema.ts";
import { ConfigError, parseConfig } from "./config_issue.ts";
import { crossCheck } from "./cross_check.ts";
import { destinations } from "./destination.ts";
import { newerSchema, schemaShape } from "./schema_version.ts";

export { secret, secretCommand, secretEnv, secretFile } from "../lib/secret_ref.ts";
export { ConfigError, type ConfigIssue } from "./config_issue.ts";

const destination = z.discriminatedUnion("kind", [...destinations]);

/** The schema of config.ts. */
export const configSchema = z.strictObject({
  ...schemaShape,
  /** Name of the stack: of its Compose project, containers and volumes. Two stacks on one machine have two names. */
  name: name.default("vigie")
    .describe(
      "Name of the stack: of its Compose project, containers and volumes. Two stacks on one machine have two names.",
    ),
  /** Language of alerts, dashboards and messages. */
  locale: z.enum(["fr", "en"]).default("fr").describe("Language of alerts, dashboards and messages."),
  ...runShape,
  ...entryShape,
  /** Who may look: users, a directory, an OpenID provider, and which groups have which role. */
  signOn: signOnConfigSchema.prefault({}).describe(
    "Who may look: users, a directory, an OpenID provider, and which groups have which role.",
  ),
  ...measureShape,
  /** Whom to tell, by which labels. */
  notify: z.strictObject({
    /** Named receivers, each with one destination or more. */
    receivers: z.record(
      name,
      z.array(destination).min(1, 'expected at least one destination, such as { kind: "console" }'),
    )
      .prefault({ console: [{ kind: "console" }] }).describe(
        "Named receivers, each with one destination or more.",
      ),
    ...routingShape,
  }).prefault({}).describe("Whom to tell, by which labels."),
  /** The webhook, which delivers what it is told to the destinations. */
  webhook: serviceSchema.prefault({}).describe(
    "The webhook, which delivers what it is told to the destinations.",
  ),
  /** Backups of all data, made as long as the stack runs; `deno task backup` makes one by hand without it, too. */
  backup: backupSchema.optional().describe(
    "Backups of all data, made as long as the stack runs; `deno task backup` makes one by hand without it, too.",
  ),
  /** Grafana's settings. */
  grafana: grafanaSchema.prefault({}).describe("Grafana's settings."),
  /** The checks of `deno task check`. */
  checks: z.strictObject(checksShape).prefault({}).describe("The checks of `deno task check`."),
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
  const newer = newerSchema(input);
  if (newer !== undefined) throw new ConfigError([{ path: ["schema"], message: newer }]);
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
    if (!DEFINITIONS[service].engines.some((able) => able === engine)) return false;
    if (service === "backup") return stack.backup !== undefined;
    if (service === "entry") return stack.tls.mode !== "off";
    return !(service in stack.services) || stack.services[service as keyof Stack["services"]];
  }));
}

/** Services that run on `target`: without those that the local engine cannot run on its machine. */
export function runningOf(
  stack: Stack,
  { engine, leftOut = {} }: Pick<Target, "engine" | "leftOut">,
): ReadonlySet<Service> {
  const services = servicesOf(stack, engine);
  return engine === "docker" ? services : new Set([...services].filter((service) => !leftOut[service]));
}

/** Whether any host is measured: by the stack's own node exporter, or by that of another host. */
export function watchesHosts(stack: Stack, engine: EngineName): boolean {
  return servicesOf(stack, engine).has("node-exporter") ||
    stack.hosts.some(({ address }) => address !== undefined);
}

/** Base URL of each service, as tasks on this machine reach it. */
export function urlsOf(stack: Stack): Readonly<Record<Service, string>> {
  const host = bracketed(bindOf(stack));
  return byService((service) => `http://${host}:${stack.ports[hostPortOf(service)]}`);
}

/** The address that every service but the entry is bound to: this machine's own, as soon as there is an entry. */
export function bindOf({ bind, tls }: Pick<Stack, "bind" | "tls">): string {
  return tls.mode === "off" ? bind : "127.0.0.1";
}

/** The name or address that people type to come to the entry. */
export function entryName({ bind, entry }: Pick<Stack, "bind" | "entry">): string {
  // What "localhost" is; another address of the loopback has no name.
  const isLocalhost = bind === "127.0.0.1" || (bind.includes(":") && isLoopback(bind));
  return entry.name ?? (isLocalhost ? "localhost" : bind);
}

/** Whether only this machine reaches `address`. */
export function isLoopback(address: string): boolean {
  return address.includes(":") ? /^(0*:)+0*1$/.test(address) : address.startsWith("127.");
}

/** Services that people reach through the entry, each with its path below the entry's name; the webhook is at its root. */
const AT_ENTRY: Readonly<Partial<Record<Service, string>>> = {
  webhook: "",
  prometheus: "prometheus",
  alertmanager: "alertmanager",
  grafana: "grafana",
  blackbox: "blackbox",
  "node-exporter": "node-exporter",
};

/** Base URL of each service, as people reach it, without a slash at its end. */
export function publicUrlsOf(stack: Stack): Readonly<Record<Service, string>> {
  const own = urlsOf(stack);
  if (stack.tls.mode === "off") return own;
  const { entry: { layout, publicPort = stack.ports.entry } } = stack;
  const host = bracketed(entryName(stack)) + (publicPort === 443 ? "" : `:${publicPort}`);
  return byService((service) => {
    const place = service === "entry" ? "" : AT_ENTRY[service];
    if (place === undefined) return own[service];
    if (place === "") return `https://${host}`;
    return layout === "hosts" ? `https://${place}.${host}` : `https://${host}/${place}`;
  });
}

/** An address as URLs have it. */
function bracketed(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}

/** Version of each service that is not built here. */
export function versionsOf(stack: Stack): Readonly<Record<VersionedService, string>> {
  return Object.fromEntries(
    Object.entries(VERSIONS).map(([service, { version }]) => [
      service,
      stack.versions[service as keyof Stack["versions"]] ?? version,
    ]),
  ) as Record<VersionedService, string>;
}

/** The directory that holds the files of one engine. */
export function filesDirOf({ engine, buildDir }: Pick<Target, "engine" | "buildDir">): string {
  return engine === "docker" ? buildDir : join(buildDir, "local");
}

/** `host:port` of each service, as the other services reach it. */
export function addressesOf(stack: Stack, engine: EngineName): Readonly<Record<Service, string>> {
  if (engine === "local") return byService((service) => urlsOf(stack)[service].slice("http://".length));
  return byService((service) => {
    const { containerPort } = DEFINITIONS[service];
    return containerPort === undefined
      ? `${gatewayOf(stack.network.subnet)}:${stack.ports[service]}`
      : `${service}:${containerPort}`;
  });
}
