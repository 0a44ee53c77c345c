/** The text of systemd's units: systemd.service(5), systemd.exec(5). */

import type { LocalService } from "../../compose/services/mod.ts";
import type { Confinement } from "../engine/local/confine.ts";

/** Whose service manager runs the units. */
export type Scope = "system" | "user";

/** A service as a unit. */
export interface UnitPlan {
  readonly scope: Scope;
  /** Name of the stack. */
  readonly stack: string;
  readonly service: LocalService;
  /** Services that start before it. */
  readonly after: readonly LocalService[];
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly data: string;
  /** With which rights it starts; left out in the user's own manager, where it can have no other user, and for who stays root. */
  readonly confinement?: Confinement;
  /** What a service that stays root keeps of its capabilities, as setpriv(1) writes them. */
  readonly rootCapabilities?: readonly string[];
  /** The tree that it wants under /usr/share. */
  readonly share?: string;
  /** Files that it is given by systemd, credential's name → path. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly stopSeconds: number;
}

/** Name of a service's unit. */
export function unitName(stack: string, service: string): string {
  return `${stack}-${service}.service`;
}

/** Name of the unit that all of them belong to. */
export function targetName(stack: string): string {
  return `${stack}.target`;
}

// Programs that make machine code while they run.
const COMPILE_AT_RUN: readonly LocalService[] = ["webhook", "backup", "grafana"];

const HOMES = ["/home", "/root", "/run/user"];
const TEMPORARY = ["/tmp", "/var/tmp"];

/** Directories that a unit hides from its service, but for what this one needs below them. */
export function hiddenFrom(service: LocalService): readonly string[] {
  // The node exporter measures every file system, homes too.
  return service === "node-exporter" ? [] : [...HOMES, ...TEMPORARY];
}

/** What none of our programs needs, tasks neither. The kernel holds it, not the program. */
export const HARDENING: readonly Line[] = [
  "NoNewPrivileges",
  "LockPersonality",
  "PrivateDevices",
  "ProtectClock",
  "ProtectControlGroups",
  "ProtectHostname",
  "ProtectKernelLogs",
  "ProtectKernelModules",
  "ProtectKernelTunables",
  "RestrictRealtime",
  "RestrictSUIDSGID",
].map((key): Line => [key, "yes"]).concat([["LimitCORE", "0"]]);

// What a service does without, beyond that.
const SERVICE_HARDENING: readonly Line[] = [
  ...HARDENING,
  ["UMask", "0077"],
  ["ProtectSystem", "strict"],
  ["RemoveIPC", "yes"],
  ["RestrictNamespaces", "yes"],
  ["SystemCallArchitectures", "native"],
  ["SystemCallErrorNumber", "EPERM"],
  ["SystemCallFilter", "@system-service"],
  ["SystemCallFilter", "~@privileged @resources"],
];

/** The unit of one service. */
export function serviceUnit(plan: UnitPlan): string {
  const { scope, stack, service, after, command, environment, data, credentials, stopSeconds } = plan;
  const [program, ...args] = command;
  return plainUnit([
    ["Unit", [
      ["Description", `${service} of the monitoring stack ${stack}`],
      ["Documentation", "man:systemd.exec(5)"],
      ["PartOf", targetName(stack)],
      ...(scope === "system"
        ? [["Wants", "network-online.target"], ["After", "network-online.target"]] as const
        : []),
      ...after.map((other) => ["After", unitName(stack, other)] as const),
      // It is started again for ever, as what watches must.
      ["StartLimitIntervalSec", "0"],
    ]],
    ["Service", [
      ["Type", "exec"],
      ...prepare(plan),
      ["ExecStart", [program!, ...args].map(quoted).join(" ")],
      ["ExecReload", "/bin/kill -HUP $MAINPID"],
      ["Restart", "always"],
      ["RestartSec", "2"],
      ["TimeoutStopSec", String(stopSeconds)],
      ["WorkingDirectory", path(data)],
      ...Object.entries(environment).map(([name, value]) =>
        ["Environment", quotedEnvironment(name, value)] as const
      ),
      ...Object.entries(credentials).map(([name, source]) =>
        ["LoadCredential", `${name}:${path(source)}`] as const
      ),
      ["SyslogIdentifier", `${stack}-${service}`],
      ...rights(plan),
      ...SERVICE_HARDENING,
      ...view(plan),
      [
        "RestrictAddressFamilies",
        service === "node-exporter" ? "AF_UNIX AF_INET AF_INET6 AF_NETLINK" : "AF_UNIX AF_INET AF_INET6",
      ],
      ...(COMPILE_AT_RUN.includes(service) ? [] : [["MemoryDenyWriteExecute", "yes"] as const]),
      ["TasksMax", "512"],
    ]],
    ["Install", [["WantedBy", targetName(stack)]]],
  ]);
}

/** The unit that all others belong to: started, stopped and enabled as one. @param units Names of the others. */
export function targetUnit(stack: string, scope: Scope, units: readonly string[]): string {
  return plainUnit([
    ["Unit", [
      ["Description", `The monitoring stack ${stack}`],
      ...units.map((name) => ["Wants", name] as const),
    ]],
    ["Install", [["WantedBy", scope === "system" ? "multi-user.target" : "default.target"]]],
  ]);
}

type Line = readonly [key: string, value: string];

/** What the service's user must own: an earlier `up`, a restore or another user may have left it. */
function prepare({ confinement, data }: UnitPlan): Line[] {
  if (!confinement) return [];
  const { uid, gid } = confinement;
  const find = ["/usr/bin/find", data, "!", "(", "-uid", `${uid}`, "-gid", `${gid}`, ")"];
  const change = ["-execdir", "/bin/chown", "-h", `${uid}:${gid}`, "{}", "+"];
  return [["ExecStartPre", `+${[...find, ...change].map(quoted).join(" ")}`]];
}

function rights({ confinement, rootCapabilities, service }: UnitPlan): Line[] {
  if (rootCapabilities) return [["CapabilityBoundingSet", capabilityList(rootCapabilities)]];
  if (!confinement) return [["CapabilityBoundingSet", ""], ["PrivateUsers", "yes"]];
  const { uid, gid, capabilities } = confinement;
  const names = capabilityList(capabilities);
  // In a user namespace of its own a capability would be worth nothing, and the node exporter would see other users as nobody.
  const apart = capabilities.length === 0 && service !== "node-exporter";
  return [
    ["User", String(uid)],
    ["Group", String(gid)],
    ["CapabilityBoundingSet", names],
    ["AmbientCapabilities", names],
    ...(apart ? [["PrivateUsers", "yes"] as const] : []),
    ["KeyringMode", "private"],
    ["ProtectProc", service === "node-exporter" ? "default" : "invisible"],
    ...(service === "node-exporter" ? [] : [["ProcSubset", "pid"] as const]),
  ];
}

function capabilityList(names: readonly string[]): string {
  return names.map((name) => `CAP_${name.toUpperCase()}`).join(" ");
}

/** What it sees of the file systems: of closed directories only what it needs, and it writes to its own data alone. */
function view({ confinement, rootCapabilities, data, share, service, command }: UnitPlan): Line[] {
  // It reads what all others keep, and writes where config.ts says.
  if (rootCapabilities) return [["ProtectSystem", "full"]];
  const closed = confinement?.closed ?? [];
  const kept = closed.flatMap(({ keep }) => keep).filter((each) => each !== data);
  // Both would hide what lies below for good.
  const shown = HOMES.filter((home) => closed.some(({ path }) => path === home));
  const homes: Line[] = service === "node-exporter"
    ? []
    : shown.length === 0
    ? [["ProtectHome", "tmpfs"]]
    : HOMES.filter((home) => !shown.includes(home)).map((home) => ["InaccessiblePaths", `-${home}`]);
  const needed = [data, ...command].join("\0");
  const temporary =
    closed.some(({ path }) => TEMPORARY.includes(path)) || /(^|\0|=|,)\/(var\/)?tmp\//.test(needed)
      ? []
      : [["PrivateTmp", "yes"] as const];
  return [
    ...(confinement ? homes : []),
    ...temporary,
    ...closed.map(({ path: directory }) => ["TemporaryFileSystem", `${path(directory)}:ro`] as const),
    ...kept.map((each) => ["BindReadOnlyPaths", path(each)] as const),
    ...(closed.length > 0 ? [["BindPaths", path(data)] as const] : []),
    ...(share
      ? [["BindReadOnlyPaths", `${path(`${share}/prometheus`)}:/usr/share/prometheus`] as const]
      : []),
    ["ReadWritePaths", path(data)],
  ];
}

/** A unit of these sections. */
export function plainUnit(sections: readonly (readonly [name: string, lines: readonly Line[]])[]): string {
  const texts = sections.map(([name, lines]) =>
    [`[${name}]`, ...lines.map(([key, value]) => `${key}=${value}`)].join("\n")
  );
  return `# Written by \`deno task systemd\`: run it again instead of editing.\n${texts.join("\n\n")}\n`;
}

/** A word of a command line: systemd.service(5), "Command lines". */
export function quoted(word: string): string {
  const escaped = word.replaceAll("\\", "\\\\").replaceAll("%", "%%").replaceAll("$", "$$$$").replaceAll(
    "\n",
    "\\n",
  );
  return /^[\w@+=:,./%{}!()-]+$/.test(escaped) ? escaped : `"${escaped.replaceAll('"', '\\"')}"`;
}

/** A path that stands for itself: a space ends it, and `%` begins a specifier. */
function path(text: string): string {
  return text.replaceAll("%", "%%").replaceAll("\\", "\\\\").replaceAll(" ", "\\x20");
}

/** A variable and its value: systemd.exec(5), "Environment=". */
export function quotedEnvironment(name: string, value: string): string {
  // `%d` is where systemd puts credentials.
  const escaped = value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll(/%(?!d\/)/g, "%%");
  return `"${name}=${escaped}"`;
}
