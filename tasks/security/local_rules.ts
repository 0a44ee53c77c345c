/** What a process of the local engine must keep to. */

import type { Rule } from "./finding.ts";

/** A process of the stack, as /proc tells it. */
export interface ProcessFacts {
  /** Its service, or `supervisor`. */
  readonly service: string;
  readonly pid: number;
  /** Effective user. */
  readonly uid: number;
  /** Names of the effective capabilities, as setpriv(1) writes them. */
  readonly capabilities: readonly string[];
  readonly noNewPrivileges: boolean;
  readonly seccomp: boolean;
  /** Soft limit of core dumps as /proc/PID/limits has it, such as `0` or `unlimited`. */
  readonly coreLimit: string;
  /** Addresses that it listens on beyond the loopback, `address:port`. */
  readonly wide: readonly string[];
}

/** What is known of all of them. */
export interface LocalFacts {
  /** Whether a probe of the stack pings. */
  readonly pings: boolean;
}

/** A rule about one process. */
export interface ProcessRule extends Rule {
  /** @returns what breaks it; nothing when it is kept. */
  find(process: ProcessFacts, facts: LocalFacts): readonly string[];
}

const AGAIN =
  "run `deno task down`, then `deno task up` as an ordinary user, or as root where setpriv and mount namespaces may be used";
const PROC = "https://man7.org/linux/man-pages/man5/proc_pid_status.5.html";

/** Every rule about a process. */
export const PROCESS_RULES: readonly ProcessRule[] = [
  {
    id: "security/process-root",
    severity: "high",
    title: "No service runs as root",
    cure: `take \`local.user: "root"\` out of config.ts; else ${AGAIN}`,
    reference: "CIS Docker Benchmark 1.5.0, 4.1, in its sense",
    find: ({ uid, pid, capabilities }) =>
      uid === 0
        ? [`pid ${pid} has the user 0${capabilities.length === 0 ? ", without capabilities" : ""}`]
        : [],
  },
  {
    id: "security/process-capabilities",
    severity: "high",
    title: "No process has a capability",
    cure: AGAIN,
    reference: "https://man7.org/linux/man-pages/man7/capabilities.7.html",
    find: ({ capabilities }) => capabilities,
  },
  {
    id: "security/process-new-privileges",
    severity: "medium",
    title: "No process can gain privileges",
    cure: AGAIN,
    reference: "https://docs.kernel.org/userspace-api/no_new_privs.html",
    find: ({ noNewPrivileges, pid }, { pings }) =>
      noNewPrivileges ? [] : [`pid ${pid} has NoNewPrivs 0${pings ? ", and a probe pings" : ""}`],
  },
  {
    id: "security/process-seccomp",
    severity: "low",
    title: "Every process has a seccomp filter",
    cure: "run the stack by the units that `deno task systemd` writes",
    reference: PROC,
    find: ({ seccomp, pid }) => seccomp ? [] : [`pid ${pid} has Seccomp 0`],
  },
  {
    id: "security/core-dumps",
    severity: "medium",
    title: "No process leaves its memory, with the secrets in it, in a file when it crashes",
    cure: AGAIN,
    reference: "https://man7.org/linux/man-pages/man5/core.5.html",
    find: ({ coreLimit, pid }) => coreLimit === "0" ? [] : [`pid ${pid} may dump ${coreLimit}`],
  },
  {
    id: "security/listen-wide",
    severity: "high",
    title: "Services listen on the loopback alone",
    cure: 'set `bind: "127.0.0.1"` in config.ts, or `tls`, so that the entry alone is open',
    reference: "CIS Docker Benchmark 1.5.0, 5.13, in its sense",
    find: ({ wide }) => wide,
  },
];

const NAMES = [
  ...["chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid", "setpcap"],
  ...[
    "linux_immutable",
    "net_bind_service",
    "net_broadcast",
    "net_admin",
    "net_raw",
    "ipc_lock",
    "ipc_owner",
  ],
  ...[
    "sys_module",
    "sys_rawio",
    "sys_chroot",
    "sys_ptrace",
    "sys_pacct",
    "sys_admin",
    "sys_boot",
    "sys_nice",
  ],
  ...[
    "sys_resource",
    "sys_time",
    "sys_tty_config",
    "mknod",
    "lease",
    "audit_write",
    "audit_control",
    "setfcap",
  ],
  ...["mac_override", "mac_admin", "syslog", "wake_alarm", "block_suspend", "audit_read", "perfmon", "bpf"],
  "checkpoint_restore",
];

/** Names of the capabilities in a mask such as `0000000000002000`, the lowest bit first. */
export function capabilityNames(mask: string): string[] {
  const bits = BigInt(`0x${mask || "0"}`);
  return Array.from({ length: 64 }, (_, bit) => bit).filter((bit) => bits >> BigInt(bit) & 1n)
    .map((bit) => NAMES[bit] ?? `capability ${bit}`);
}

/** Reads `/proc/PID/status` and `/proc/PID/limits`; undefined when the process is gone. */
export function parseProcess(
  service: string,
  pid: number,
  status: string,
  limits: string,
): Omit<ProcessFacts, "wide"> | undefined {
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, "m").exec(status)?.[1];
  const uid = field("Uid")?.split(/\s+/)[1];
  if (uid === undefined) return undefined;
  return {
    service,
    pid,
    uid: Number(uid),
    capabilities: capabilityNames(field("CapEff") ?? ""),
    noNewPrivileges: field("NoNewPrivs") === "1",
    seccomp: (field("Seccomp") ?? "0") !== "0",
    coreLimit: /^Max core file size\s+(\S+)/m.exec(limits)?.[1] ?? "unknown",
  };
}
