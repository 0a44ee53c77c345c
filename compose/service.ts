/** What every service has in common: hardening, limits, logs, health, and how configuration and secrets reach it. */

import { builtImage } from "./network.ts";
import type { ServiceDefinition } from "./definition.ts";
import type { ComposePlan } from "./plan.ts";
import type { PortName, Service } from "./services/mod.ts";
import { VERSIONS } from "./versions.ts";

/** What is special about one service; `composeService` adds the rest. */
export interface ServiceSpec {
  /** `uid:gid` it runs as. */
  readonly user: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Program and arguments that end with 0 when it works, "image" when its image brings them; left out for busybox's `wget`, which most
   * images have, of its ready path.
   */
  readonly health?: readonly string[] | "image";
  /** How long it may take to become healthy; 60s when left out. */
  readonly startPeriod?: string;
  /** Most memory, as Compose writes it. */
  readonly memory: string;
  /** Most processors. Not above 1: Docker refuses more than the machine has. */
  readonly cpus: number;
  /** Most processes and threads. */
  readonly pids: number;
  /** Where it finds its configuration: directory below build/ → path in the container. */
  readonly config?: Readonly<Record<string, string>>;
  /** Where it keeps its data. */
  readonly data?: string;
  /** Directories of this machine that it watches, source → target, read-only. */
  readonly host?: readonly { readonly source: string; readonly target: string; readonly slave?: boolean }[];
  /** What it sees of others' data, in its own places. */
  readonly mounts?: readonly Mount[];
  /** Further ports of the container, each with its port and address on this machine. */
  readonly published?: readonly {
    readonly target: number;
    readonly published: number;
    readonly bind: string;
  }[];
  /** Size of /tmp, when it needs one. */
  readonly tmp?: string;
  /** Services that have to be healthy before it starts. */
  readonly after?: readonly Service[];
  /** How long it may take to stop. */
  readonly stopGrace?: string;
  /** Compose keys that no other service has. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** Another's data: a volume of the stack, or a directory of the machine that the engine runs on. */
export interface Mount {
  readonly type: "volume" | "bind";
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** Flags of a service of Prometheus's family whose `url` has a path that whoever stands before it takes away. */
export function routePrefix(url: string): string[] {
  return new URL(url).pathname === "/" ? [] : ["--web.route-prefix=/"];
}

/** The same for one that needs its URL only then. */
export function externalUrl(url: string): string[] {
  const prefix = routePrefix(url);
  return prefix.length === 0 ? [] : [`--web.external-url=${url}`, ...prefix];
}

/** Where a service that has secrets finds them. */
export const SECRETS_TARGET = "/run/secrets/vigie";
// No version: what is in it shows in its labels, and a new one takes the name over.
const BUILT_TAG = "local";

/** The image of the webhook itself, which `deno task up` builds. @param stack Name of the stack. */
export function webhookImage(stack: string): string {
  return builtImage(stack, "webhook", BUILT_TAG);
}

/** The image of the backup, which `deno task up` builds. @param stack Name of the stack. */
export function backupImage(stack: string): string {
  return builtImage(stack, "backup", BUILT_TAG);
}

/** The image that the backup's own takes restic from. */
export function resticImage({ versions }: Pick<ComposePlan, "versions">): string {
  const { image, tagPrefix } = VERSIONS.backup;
  return `${image}:${tagPrefix}${versions.backup}`;
}

/** Whether `deno task up` builds the image of `service`: no registry has it. */
export function isBuilt(service: Service): boolean {
  return service === "webhook" || service === "backup";
}

/** The image that `service` runs, or with `delivery: "image"` is based on. */
export function baseImage(service: Service, plan: Pick<ComposePlan, "name" | "versions">): string {
  if (service === "webhook") return webhookImage(plan.name);
  if (service === "backup") return backupImage(plan.name);
  const { image, tagPrefix } = VERSIONS[service];
  return `${image}:${tagPrefix}${plan.versions[service]}`;
}

/** The volume that holds the data of `service`, or with `delivery: "image"` its secrets. */
export function volumeOf(service: Service, what: "data" | "secrets"): string {
  return `${service}-${what}`;
}

/** A service as compose.yaml has it. @param spec What its definition gives for `plan`. */
export function composeService(
  definition: ServiceDefinition<Service>,
  spec: ServiceSpec,
  plan: ComposePlan,
): object {
  const { name: service, containerPort } = definition;
  const after = (spec.after ?? []).filter((other) => plan.services.has(other));
  return {
    ...imageOf(service, spec, plan),
    user: spec.user,
    command: spec.command,
    environment: spec.environment,
    ...(containerPort !== undefined && {
      networks: ["stack"],
      ports: [
        {
          target: containerPort,
          published: plan.ports[(definition.hostPort ?? service) as PortName],
          bind: plan.bind,
        },
        ...(spec.published ?? []),
      ].map(({ target, published, bind }) => ({
        target,
        published: String(published),
        host_ip: bind,
        protocol: "tcp",
      })),
    }),
    volumes: volumes(service, spec, plan),
    ...(after.length > 0 && {
      depends_on: Object.fromEntries(after.map((other) => [other, { condition: "service_healthy" }])),
    }),
    healthcheck: {
      test: healthOf(definition, spec, plan),
      interval: "30s",
      timeout: "5s",
      retries: 3,
      // Asked every second until it answers for the first time, and seldom afterwards: each question is a process.
      start_period: spec.startPeriod ?? "60s",
      start_interval: "1s",
    },
    // Not "unless-stopped": an engine that was killed takes what it then stops for stopped by hand.
    restart: "always",
    stop_grace_period: spec.stopGrace ?? "10s",
    read_only: true,
    ...(spec.tmp && { tmpfs: [`/tmp:size=${spec.tmp},mode=1777,noexec,nosuid,nodev`] }),
    cap_drop: ["ALL"],
    security_opt: ["no-new-privileges:true"],
    mem_limit: spec.memory,
    cpus: spec.cpus,
    pids_limit: spec.pids,
    logging: { driver: "json-file", options: { "max-size": "10m", "max-file": "3" } },
    ...spec.extra,
  };
}

function healthOf(
  { name, containerPort, readyPath }: ServiceDefinition<Service>,
  { health }: ServiceSpec,
  { ports }: ComposePlan,
): string[] | undefined {
  if (health === "image") return undefined;
  const url = `http://127.0.0.1:${containerPort ?? ports[name]}${readyPath}`;
  return ["CMD", ...(health ?? ["wget", "-q", "-O", "/dev/null", "-T", "4", url])];
}

function imageOf(service: Service, { config = {} }: ServiceSpec, plan: ComposePlan): object {
  const base = baseImage(service, plan);
  const directories = Object.entries(config);
  if (plan.delivery === "mount" || directories.length === 0) {
    return { image: base, ...(isBuilt(service) && { pull_policy: "never" }) };
  }
  const mounts = service === "prometheus" ? plan.mounts : [];
  const lines = [
    `FROM ${base}`,
    ...directories.map(([directory, target]) =>
      // The build's context is the directory itself, or the one that holds all of them.
      `COPY ${directories.length === 1 ? "." : directory.slice(service.length + 1)} ${target}/`
    ),
    ...mounts.map(({ target }, i) => `COPY --from=file-sd-${i} *.json *.yml *.yaml ${target}/`),
  ];
  return {
    image: builtImage(
      plan.name,
      `${service}-configured`,
      service === "webhook" || service === "backup" ? BUILT_TAG : plan.versions[service],
    ),
    pull_policy: "build",
    build: {
      context: `./${service}`,
      ...(mounts.length > 0 && {
        additional_contexts: Object.fromEntries(mounts.map(({ source }, i) => [`file-sd-${i}`, source])),
      }),
      dockerfile_inline: lines.join("\n") + "\n",
    },
  };
}

function volumes(service: Service, spec: ServiceSpec, plan: ComposePlan): object[] | undefined {
  const mounted = plan.delivery === "mount";
  const bind = (source: string, target: string, options: object = {}) => ({
    type: "bind",
    source,
    target,
    read_only: true,
    // A directory that is missing is a mistake to be told, not to be covered by an empty one of root's.
    bind: { create_host_path: false, ...options },
  });
  const all = [
    ...(mounted
      ? Object.entries(spec.config ?? {}).map(([directory, target]) =>
        bind(`./${directory}`, target, { selinux: "z" })
      )
      : []),
    // Not relabelled: these directories belong to others, who would lose them on a machine with SELinux.
    ...(mounted && service === "prometheus"
      ? plan.mounts.map(({ source, target }) => bind(source, target))
      : []),
    ...(spec.host ?? []).map(({ source, target, slave }) =>
      bind(source, target, slave ? { propagation: "rslave" } : {})
    ),
    ...(plan.secrets.has(service) ? [secrets(service, plan, bind)] : []),
    ...(spec.data ? [{ type: "volume", source: volumeOf(service, "data"), target: spec.data }] : []),
    ...(spec.mounts ?? []).map(({ type, source, target, readOnly }) => ({
      type,
      source,
      target,
      ...(readOnly && { read_only: true }),
      ...(type === "bind" && { bind: { create_host_path: false } }),
    })),
  ];
  return all.length > 0 ? all : undefined;
}

/**
 * With mounts, a directory of this machine. With images, a volume that `deno task up` fills: a directory here is out of reach of
 * a remote engine, a secret in an image would travel with it, and Compose's own `secrets: environment:` wants a writable root.
 */
function secrets(
  service: Service,
  plan: ComposePlan,
  bind: (source: string, target: string, options?: object) => object,
): object {
  return plan.delivery === "mount"
    ? bind(`${plan.secretsDir}/${service}`, SECRETS_TARGET, { selinux: "Z" })
    : { type: "volume", source: volumeOf(service, "secrets"), target: SECRETS_TARGET, read_only: true };
}
