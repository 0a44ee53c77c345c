/** What a container of the stack must keep to. */

import type { Rule } from "./finding.ts";

/** A container as `docker inspect` tells it, as far as it is looked at. */
export interface InspectedContainer {
  readonly Config: {
    readonly User: string;
    readonly Image: string;
    readonly Labels: Readonly<Record<string, string>>;
    readonly Env: readonly string[] | null;
    readonly Cmd: readonly string[] | null;
    readonly Entrypoint: readonly string[] | null;
    readonly Healthcheck?: { readonly Test: readonly string[] | null };
  };
  readonly AppArmorProfile?: string;
  readonly HostConfig: {
    readonly Privileged: boolean;
    readonly CapAdd: readonly string[] | null;
    readonly CapDrop: readonly string[] | null;
    readonly SecurityOpt: readonly string[] | null;
    readonly NetworkMode: string;
    readonly PidMode: string;
    readonly IpcMode: string;
    readonly UTSMode: string;
    readonly UsernsMode: string;
    readonly ReadonlyRootfs: boolean;
    readonly Memory: number;
    readonly NanoCpus: number;
    readonly CpuQuota: number;
    readonly PidsLimit: number | null;
    readonly Devices: readonly { readonly PathOnHost: string }[] | null;
    readonly RestartPolicy: { readonly Name: string };
    readonly LogConfig: { readonly Type: string; readonly Config: Readonly<Record<string, string>> };
    readonly PortBindings:
      | Readonly<Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[] | null>>
      | null;
  };
  readonly Mounts: readonly {
    readonly Type: string;
    readonly Source: string;
    readonly Destination: string;
    readonly RW: boolean;
    readonly Propagation: string;
  }[];
}

/** What the engine says of itself. */
export interface DockerFacts {
  /** Its `SecurityOptions`, such as `name=seccomp,profile=builtin`. */
  readonly securityOptions: readonly string[];
  /** Real path of the state directory: what is mounted from there is the stack's own. */
  readonly stateDir: string;
  /** Real path of the build directory. */
  readonly buildDir: string;
}

/** A rule about one container. */
export interface ContainerRule extends Rule {
  /** @returns what breaks it; nothing when it is kept. */
  find(container: InspectedContainer, facts: DockerFacts): readonly string[];
}

const BY_CONFIGURATION =
  "what is generated does not do that: run `deno task up`, or take your own change of the container back";

const cis = (number: string) => `CIS Docker Benchmark 1.5.0, ${number}`;
/** Directories of the host that tell or change what the host is: the list of the benchmark, and what holds sockets. */
const SENSITIVE = [
  "/boot",
  "/dev",
  "/etc",
  "/lib",
  "/proc",
  "/root",
  "/run",
  "/sys",
  "/usr",
  "/var/run",
  "/home",
];
const LOOPBACK = /^(127\.|::1$)/;

/** Every rule about a container. */
export const CONTAINER_RULES: readonly ContainerRule[] = [
  {
    id: "security/privileged",
    severity: "high",
    title: "No container is privileged",
    cure: BY_CONFIGURATION,
    reference: cis("5.4"),
    find: ({ HostConfig }) => HostConfig.Privileged ? ["Privileged: true"] : [],
  },
  {
    id: "security/capabilities",
    severity: "high",
    title: "Every container has dropped all capabilities",
    cure: BY_CONFIGURATION,
    reference: cis("5.3"),
    find: ({ HostConfig: { CapAdd, CapDrop } }) => [
      ...(CapDrop?.some((name) => /^(CAP_)?ALL$/i.test(name)) ? [] : ["CapDrop is without ALL"]),
      ...(CapAdd ?? []).map((name) => `CapAdd: ${name.replace(/^CAP_/, "")}`),
    ],
  },
  {
    id: "security/root-user",
    severity: "medium",
    title: "No container runs as root",
    cure: BY_CONFIGURATION,
    reference: cis("4.1"),
    find: ({ Config: { User } }) => /^(0|root)?(:|$)/.test(User) ? [`User: "${User}"`] : [],
  },
  {
    id: "security/new-privileges",
    severity: "medium",
    title: "No container can gain privileges",
    cure: BY_CONFIGURATION,
    reference: cis("5.25"),
    find: ({ HostConfig: { SecurityOpt } }) =>
      SecurityOpt?.some((option) => /^no-new-privileges([:=]true)?$/.test(option))
        ? []
        : ["SecurityOpt is without no-new-privileges"],
  },
  {
    id: "security/seccomp",
    severity: "medium",
    title: "Every container has a seccomp profile",
    cure: "let the engine use its builtin profile: no `seccomp=unconfined`, and a kernel with CONFIG_SECCOMP",
    reference: cis("5.21"),
    find: ({ HostConfig: { SecurityOpt } }, { securityOptions }) => [
      ...(SecurityOpt ?? []).filter((option) => /^seccomp[:=]unconfined$/.test(option)),
      ...(securityOptions.some((option) => /name=seccomp/.test(option)) ? [] : ["the engine has no seccomp"]),
      ...securityOptions.filter((option) => /name=seccomp,profile=unconfined/.test(option)),
    ],
  },
  {
    id: "security/apparmor",
    severity: "medium",
    title: "Every container has an AppArmor profile, where the machine has AppArmor",
    cure: BY_CONFIGURATION,
    reference: cis("5.1"),
    find: ({ AppArmorProfile }, { securityOptions }) =>
      securityOptions.some((option) => /name=apparmor/.test(option)) &&
        (!AppArmorProfile || AppArmorProfile === "unconfined")
        ? [`AppArmorProfile: "${AppArmorProfile ?? ""}"`]
        : [],
  },
  {
    id: "security/docker-socket",
    severity: "high",
    title: "No container sees the engine's socket",
    cure: BY_CONFIGURATION,
    reference: cis("5.31"),
    find: ({ Mounts }) =>
      Mounts.filter(({ Source }) =>
        /(^|\/)(docker|containerd|podman)\.sock$/.test(Source) || /^\/(var\/)?run(\/docker)?$/.test(Source)
      ).map(shown),
  },
  {
    id: "security/host-mount",
    severity: "high",
    title: "No container sees sensitive directories of the host",
    cure: BY_CONFIGURATION,
    reference: cis("5.5"),
    find: ({ Mounts }, { stateDir, buildDir }) =>
      Mounts.filter(({ Type, Source }) =>
        Type === "bind" && !isBelow(Source, stateDir) && !isBelow(Source, buildDir) &&
        (Source === "/" || SENSITIVE.some((path) => isBelow(Source, path)))
      ).map(shown),
  },
  {
    id: "security/writable-mount",
    severity: "high",
    title: "No container writes to directories of the host",
    cure: BY_CONFIGURATION,
    reference: cis("5.5"),
    find: ({ Mounts }) => Mounts.filter(({ Type, RW }) => Type === "bind" && RW).map(shown),
  },
  {
    id: "security/shared-mount",
    severity: "medium",
    title: "No mount of a container appears on the host",
    cure: BY_CONFIGURATION,
    reference: cis("5.19"),
    find: ({ Mounts }) => Mounts.filter(({ Propagation }) => /^r?shared$/.test(Propagation)).map(shown),
  },
  {
    id: "security/writable-root",
    severity: "medium",
    title: "Every container's root file system is read-only",
    cure: BY_CONFIGURATION,
    reference: cis("5.12"),
    find: ({ HostConfig }) => HostConfig.ReadonlyRootfs ? [] : ["ReadonlyRootfs: false"],
  },
  {
    id: "security/host-namespace",
    severity: "high",
    title: "No container is in a namespace of the host",
    cure: BY_CONFIGURATION,
    reference: cis("5.9, 5.15, 5.16, 5.20, 5.30"),
    find: ({ HostConfig: { NetworkMode, PidMode, IpcMode, UTSMode, UsernsMode } }) =>
      Object.entries({ NetworkMode, PidMode, IpcMode, UTSMode, UsernsMode })
        .flatMap(([name, mode]) => mode === "host" ? [`${name}: host`] : []),
  },
  {
    id: "security/default-bridge",
    severity: "low",
    title: "No container is in the engine's default network, where it would meet those of others",
    cure: BY_CONFIGURATION,
    reference: cis("5.29"),
    find: ({ HostConfig: { NetworkMode } }) =>
      /^(default|bridge)$/.test(NetworkMode) ? [`NetworkMode: ${NetworkMode}`] : [],
  },
  {
    id: "security/device",
    severity: "high",
    title: "No container has a device of the host",
    cure: BY_CONFIGURATION,
    reference: cis("5.17"),
    find: ({ HostConfig: { Devices } }) => (Devices ?? []).map(({ PathOnHost }) => PathOnHost),
  },
  {
    id: "security/published-port",
    severity: "high",
    title: "Ports are published on the loopback alone",
    cure: 'set `bind: "127.0.0.1"` in config.ts, or `tls`, so that the entry alone is open',
    reference: cis("5.13"),
    find: ({ HostConfig: { PortBindings } }) =>
      Object.entries(PortBindings ?? {}).flatMap(([port, bindings]) =>
        (bindings ?? []).filter(({ HostIp }) => !LOOPBACK.test(HostIp))
          .map(({ HostIp, HostPort }) => `${HostIp || "0.0.0.0"}:${HostPort} -> ${port}`)
      ),
  },
  {
    id: "security/limits",
    severity: "medium",
    title: "Every container has limits of memory, processors and processes",
    cure: BY_CONFIGURATION,
    reference: cis("5.10, 5.11, 5.28"),
    find: ({ HostConfig: { Memory, NanoCpus, CpuQuota, PidsLimit } }) => [
      ...(Memory > 0 ? [] : ["no limit of memory"]),
      ...(NanoCpus > 0 || CpuQuota > 0 ? [] : ["no limit of processors"]),
      ...(PidsLimit !== null && PidsLimit > 0 ? [] : ["no limit of processes"]),
    ],
  },
  {
    id: "security/log-limit",
    severity: "low",
    title: "No container's log fills the disk",
    cure: BY_CONFIGURATION,
    reference: "https://docs.docker.com/engine/logging/drivers/json-file/",
    find: ({ HostConfig: { LogConfig: { Type, Config } } }) =>
      Type === "json-file" && Config["max-size"] === undefined
        ? ["LogConfig: json-file without max-size"]
        : [],
  },
  {
    id: "security/restart-policy",
    severity: "low",
    title: "No container is started again for ever",
    cure: BY_CONFIGURATION,
    reference: cis("5.14"),
    find: ({ HostConfig: { RestartPolicy: { Name } } }) =>
      Name === "on-failure" || Name === "no" ? [] : [`RestartPolicy: ${Name}`],
  },
  {
    id: "security/health",
    severity: "low",
    title: "Every container's health is asked for",
    cure: BY_CONFIGURATION,
    reference: cis("5.26"),
    find: ({ Config: { Healthcheck } }) =>
      !Healthcheck?.Test?.length || Healthcheck.Test[0] === "NONE" ? ["no health check"] : [],
  },
  {
    id: "security/image-version",
    severity: "medium",
    title: "Every image has a version",
    cure: BY_CONFIGURATION,
    reference: cis("5.27"),
    find: ({ Config: { Image } }) => /:latest$|^[^:@]+$|\/[^:@]+$/.test(Image) ? [Image] : [],
  },
  {
    id: "security/image-digest",
    severity: "low",
    title: "Every image is named by its digest",
    cure: "name the digest in `versions` of config.ts, where your registry has one",
    reference: cis("4.2"),
    find: ({ Config: { Image } }) => Image.includes("@sha256:") ? [] : [Image],
  },
];

function shown({ Source, Destination, RW }: InspectedContainer["Mounts"][number]): string {
  return `${Source} -> ${Destination} (${RW ? "writable" : "read-only"})`;
}

function isBelow(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}
