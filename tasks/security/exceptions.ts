/** What breaks a rule and is meant to, with the reason. `doctor --security --verbose` shows it. */

import type { Exception } from "./finding.ts";

const HOST_VIEW =
  "it measures this machine, and would measure its own container otherwise; it has no capability";
const CONTAINERS_VIEW = "it measures the other containers; it has no capability, and can change nothing";

/** Exceptions on the docker engine. */
export const DOCKER_EXCEPTIONS: readonly Exception[] = [
  {
    id: "security/host-namespace",
    subjects: ["node-exporter"],
    evidence: /^(NetworkMode|PidMode): host$/,
    reason: HOST_VIEW,
  },
  {
    id: "security/host-mount",
    subjects: ["node-exporter"],
    evidence: /^\/ -> \S+ \(read-only\)$/,
    reason: HOST_VIEW,
  },
  {
    id: "security/host-mount",
    subjects: ["cadvisor"],
    evidence: /^\/(sys|run|var\/run)? -> \S+ \(read-only\)$/,
    reason: CONTAINERS_VIEW,
  },
  {
    id: "security/docker-socket",
    subjects: ["cadvisor"],
    evidence: /^\/(var\/)?run -> \S+ \(read-only\)$/,
    reason:
      "it learns the containers' names from the engine; who holds it holds the engine: switch it off with `services: { cadvisor: false }`",
  },
  {
    id: "security/root-user",
    subjects: ["cadvisor"],
    reason: "the engine's socket and the other containers' /proc are root's; it has no capability of root",
  },
  {
    id: "security/root-user",
    subjects: ["backup"],
    reason: "it reads the data of services that run as several users",
  },
  {
    id: "security/capabilities",
    subjects: ["backup"],
    evidence: /^CapAdd: (DAC_READ_SEARCH|DAC_OVERRIDE|CHOWN|FOWNER)$/,
    reason: "it reads the data of services that run as several users, and gives back what it restores",
  },
  {
    id: "security/capabilities",
    subjects: ["entry"],
    evidence: /^CapAdd: NET_BIND_SERVICE$/,
    reason: "its program carries this capability in its file, and would not start without it",
  },
  {
    id: "security/published-port",
    subjects: ["entry"],
    reason: "it is the one door: HTTPS, with sign-on",
  },
  {
    id: "security/restart-policy",
    evidence: /^RestartPolicy: always$/,
    reason:
      "what watches must come back after any failure and every reboot; the engine waits longer each time",
  },
  {
    id: "security/image-digest",
    reason:
      "the version table names released versions, whose tags their projects do not move; one table serves all processor architectures",
  },
];

/** Exceptions on the local engine. */
export const LOCAL_EXCEPTIONS: readonly Exception[] = [
  {
    id: "security/process-root",
    subjects: ["supervisor"],
    reason: "it starts each service as another user, which only root can; it talks to no network",
  },
  {
    id: "security/process-root",
    subjects: ["prometheus"],
    evidence: /, without capabilities$/,
    reason:
      "it reads the files that `jobs` in config.ts name, from a directory that is root's alone: put them where others may read them",
  },
  {
    id: "security/process-root",
    subjects: ["backup"],
    reason: "it reads the data of every service, each of which belongs to another user",
  },
  {
    id: "security/process-capabilities",
    subjects: ["supervisor"],
    evidence: /^(chown|dac_override|fowner|kill|setgid|setuid|setpcap|sys_admin|net_raw|net_bind_service)$/,
    reason: "it becomes other users, gives them their data, lays out what they see, and ends them",
  },
  {
    id: "security/process-capabilities",
    subjects: ["backup"],
    evidence: /^(dac_override|chown|fowner)$/,
    reason: "it reads the data of every service, each of which belongs to another user",
  },
  {
    id: "security/process-capabilities",
    subjects: ["blackbox"],
    evidence: /^net_raw$/,
    reason:
      "it pings, as a probe in config.ts says, and this machine's net.ipv4.ping_group_range is closed to its user",
  },
  {
    id: "security/process-capabilities",
    subjects: ["entry"],
    evidence: /^net_bind_service$/,
    reason: "its port is one of those that only root may open",
  },
  {
    id: "security/process-new-privileges",
    subjects: ["blackbox", "supervisor"],
    evidence: /pings/,
    reason: "a probe in config.ts pings, which its program may only with the privilege that its file has",
  },
  {
    id: "security/listen-wide",
    subjects: ["entry"],
    reason: "it is the one door: HTTPS, with sign-on",
  },
  {
    id: "security/process-seccomp",
    reason: "a plain process has none; units written by `deno task systemd` have one",
  },
];

/** Exceptions on both engines. */
export const COMMON_EXCEPTIONS: readonly Exception[] = [
  {
    id: "security/admin-endpoint",
    subjects: ["prometheus"],
    reason:
      "`up` reloads Prometheus by it, and backups take snapshots by it; it is open to this machine's own users alone, and not through the entry",
  },
];
