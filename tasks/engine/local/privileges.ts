/** Which rights each service is started with on this machine: as few as it can do with. */

import { dirname, join } from "node:path";
import type { LocalService } from "../../../compose/services/mod.ts";
import { run } from "../../../lib/process.ts";
import { Lacking, type Progress } from "../engine.ts";
import type { Stack } from "../../stack.ts";
import { type Capability, type ClosedDirectory, isAbove, type Start, startLine } from "./confine.ts";
import { mayPing } from "./ping.ts";
import { namedUser, ownUsers, type User } from "./user.ts";

/** What is asked of this machine. */
export interface PrivilegesContext {
  readonly stack: Stack;
  /** Real path of `<state>/local`. */
  readonly directory: string;
  readonly services: readonly LocalService[];
  /** Directories and files that a service needs beside its data, absolute; what does not exist is left out. */
  readonly needs: (service: LocalService) => readonly string[];
  readonly progress: Progress;
  /** Further directories that a service is not to see but for what it needs below them; none by default. */
  readonly hidden?: (service: LocalService) => readonly string[];
}

/** Path of a service's data. */
export function dataDir(directory: string, service: LocalService): string {
  return join(directory, "data", service);
}

/**
 * Services that root keeps for itself, each with the capabilities that it needs. Why stands in tasks/security/exceptions.ts, from where the
 * doctor shows it.
 */
export const KEPT_BY_ROOT: Readonly<Record<string, readonly string[]>> = {
  backup: ["dac_override", "chown", "fowner"],
};

/**
 * How each service is started.
 *
 * Run by root, each gets a user of its own, or the one that config.ts names; run by anybody else, they are started as that user.
 *
 * @throws {Lacking} when config.ts names a user that they cannot become.
 */
export async function privileges(
  context: PrivilegesContext,
): Promise<(service: LocalService) => Start> {
  const { stack, progress } = context;
  const root = Deno.uid() === 0;
  const able = await succeeds("setpriv", ["--no-new-privs", "true"]);
  if (!root) {
    await refuseOtherUser(stack);
    const special = await pingsByItself(stack, undefined);
    return (service) =>
      able && !(service === "blackbox" && special)
        ? { as: "self", root: false }
        : { as: "unchanged", root: false };
  }
  if (stack.local.user === "root") return () => ({ as: "unchanged", root: true });
  const tried = able
    ? await asOthers(context)
    : { problem: "there is no `setpriv`, which util-linux brings", starts: new Map<LocalService, Start>() };
  if (tried.problem === undefined) {
    return (service) =>
      tried.starts.get(service) ?? { as: "self", root: true, capabilities: KEPT_BY_ROOT[service] };
  }
  if (stack.local.user !== undefined) {
    throw new Lacking(
      `Cannot run the services as "${stack.local.user}", as config.ts says in local.user: ${tried.problem}`,
      "run `up` as that user",
    );
  }
  progress.warn(
    `The services run as root: this machine does not let it start them as others (${tried.problem}). ` +
      "Cure: run `up` as an ordinary user",
  );
  return () => able ? { as: "self", root: true } : { as: "unchanged", root: true };
}

/** How root starts each service as another user, and why it cannot, if it cannot. */
async function asOthers(context: PrivilegesContext) {
  const users = await usersOf(context);
  await Deno.mkdir(join(context.directory, "stage"), { recursive: true });
  const starts = await confinements(context, users);
  return { starts, problem: await whyNot(starts, context.services) };
}

// To become another user, to see to its data, to lay out what it sees, and to end it. No reading of other programs' memory, no modules,
// no devices, no clock, no network settings.
const SUPERVISORS = [
  ...["chown", "dac_override", "fowner", "kill", "setgid", "setuid", "setpcap", "sys_admin"],
  ...["net_raw", "net_bind_service"],
];

/**
 * What the supervisor's own command line begins with: no_new_privs, and of root's capabilities those alone that starting services takes.
 * Empty where there is no setpriv, the machine has less to give, or a service keeps privileges of its own.
 *
 * @param commands The services' command lines.
 */
export async function supervisorStart(commands: readonly (readonly string[])[]): Promise<string[]> {
  if (!commands.every((command) => command.some((word) => word.includes("--no-new-privs")))) return [];
  const bounding = `--bounding-set=-all,${SUPERVISORS.map((name) => `+${name}`).join(",")}`;
  const flags = ["--no-new-privs", "--inh-caps=-all", ...(Deno.uid() === 0 ? [bounding] : [])];
  return await succeeds("setpriv", [...flags, "true"]) ? ["setpriv", ...flags, "--"] : [];
}

async function usersOf({ stack, directory, services }: PrivilegesContext): Promise<Map<LocalService, User>> {
  const { user } = stack.local;
  if (user !== undefined) {
    const named = await namedUser(user);
    return new Map(services.map((service) => [service, named]));
  }
  const own = await ownUsers(directory, services.length);
  return new Map(services.map((service, i) => [service, own[i]!]));
}

async function confinements(
  { stack, directory, services, needs, hidden = () => [] }: PrivilegesContext,
  users: ReadonlyMap<LocalService, User>,
): Promise<Map<LocalService, Start>> {
  const confined = services.filter((service) => KEPT_BY_ROOT[service] === undefined);
  const wanted = new Map(
    confined.map((service) => [service, [dataDir(directory, service), ...needs(service)]]),
  );
  // The users have nothing, and so the same is closed to one or to all.
  const someone = users.get(confined[0]!)!;
  const closed = await closedTo(someone, [...wanted.values()].flat().flatMap(ancestors));
  const lowPorts = await firstOpenPort();
  const starts = new Map<LocalService, Start>();
  for (const service of confined) {
    // What it cannot do without may be its owner's alone: then it runs as that one, without capabilities all the same.
    const { uid, gid } = await readerOf(needs(service), users.get(service)!);
    const capabilities: Capability[] = [
      ...(service === "blackbox" && await pingsByItself(stack, gid) ? ["net_raw" as const] : []),
      ...(portsOf(stack, service).some((port) => port < lowPorts) ? ["net_bind_service" as const] : []),
    ];
    starts.set(service, {
      as: "other",
      confinement: {
        uid,
        gid,
        capabilities,
        data: dataDir(directory, service),
        stage: join(directory, "stage"),
        closed: closedFor(wanted.get(service)!, [...closed, ...hidden(service)]),
      },
    });
  }
  return starts;
}

/** What of `closed` is in the way of `paths`. */
export function closedFor(paths: readonly string[], closed: readonly string[]): ClosedDirectory[] {
  const outermost = [...new Set(closed)].filter((path) =>
    !closed.some((other) => other !== path && isAbove(other, path))
  );
  return outermost.flatMap((path) => {
    const keep = [...new Set(paths.filter((each) => isAbove(path, each)))].sort();
    // What lies below another one comes with it.
    const least = keep.filter((each) => !keep.some((other) => other !== each && isAbove(other, each)));
    return least.length > 0 ? [{ path, keep: least }] : [];
  });
}

/** Those of `paths` that `user` may not pass. */
async function closedTo({ uid, gid }: User, paths: readonly string[]): Promise<string[]> {
  const script = 'for path; do [ -x "$path" ] || printf "%s\\0" "$path"; done';
  const as = [`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", "--inh-caps=-all"];
  const args = ["sh", "-c", script, "sh", ...new Set(paths)];
  const { code, stdout, stderr } = await run("setpriv", [...as, ...args]);
  if (code !== 0) {
    throw new Lacking(`Cannot become the user ${uid}: ${stderr.trim()}`, "run `up` as an ordinary user");
  }
  return stdout.split("\0").filter(Boolean);
}

/** Who is to read `paths`: `user`, or else the owner of the first that this user may not read, wherever it lies. */
async function readerOf(paths: readonly string[], user: User): Promise<User> {
  for (const path of paths) {
    const { uid, gid, mode, isDirectory } = await Deno.stat(path);
    if (!mayRead({ uid: uid!, gid: gid!, mode: mode!, isDirectory }, user)) return { uid: uid!, gid: gid! };
  }
  return user;
}

/** Whether `user` may read a file, or list and pass a directory, by its mode. */
export function mayRead(
  file: User & { readonly mode: number; readonly isDirectory: boolean },
  user: User,
): boolean {
  const shift = user.uid === file.uid ? 6 : user.gid === file.gid ? 3 : 0;
  const wanted = file.isDirectory ? 0o5 : 0o4;
  return (file.mode >> shift & wanted) === wanted;
}

function ancestors(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [] : [...ancestors(parent), parent];
}

/** Why root cannot start the services as others; undefined when it can. Tried, as there are many reasons: containers, seccomp, SELinux. */
async function whyNot(
  starts: ReadonlyMap<LocalService, Start>,
  services: readonly LocalService[],
): Promise<string | undefined> {
  const start = services.map((service) => starts.get(service)).find((each) => each !== undefined);
  if (!start) return undefined;
  const [command, ...args] = startLine({ path: "true" }, [], start);
  try {
    const { code, stderr } = await run(command!, args, { timeoutMs: 10_000 });
    return code === 0 ? undefined : stderr.trim().split("\n")[0] || `exit code ${code}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return `there is no \`${command}\``;
    throw error;
  }
}

/** Whether the blackbox exporter is to ping, and may not as it is: with a privilege it could. @param gid Its group; undefined for one's own. */
async function pingsByItself(stack: Stack, gid: number | undefined): Promise<boolean> {
  if (!stack.probes.some(({ kind }) => kind === "icmp")) return false;
  const [range, groups] = await Promise.all([
    run("cat", ["/proc/sys/net/ipv4/ping_group_range"]),
    gid === undefined ? run("id", ["-G"]) : { stdout: String(gid) },
  ]);
  return !mayPing(range.stdout, groups.stdout);
}

/** The lowest port that everybody may listen on. */
async function firstOpenPort(): Promise<number> {
  const { stdout } = await run("cat", ["/proc/sys/net/ipv4/ip_unprivileged_port_start"]);
  return Number(stdout.trim() || 1024);
}

function portsOf({ ports }: Stack, service: LocalService): number[] {
  return Object.entries(ports).flatMap(([name, port]) =>
    name === service || name.startsWith(`${service}-`) ? [port] : []
  );
}

async function refuseOtherUser({ local: { user } }: Stack): Promise<void> {
  if (user === undefined) return;
  const { stdout } = await run("id", ["-un"]);
  if (stdout.trim() === user) return;
  throw new Lacking(
    `Cannot run the services as "${user}", as config.ts says in local.user: only root can start them as another user`,
    `run \`up\` as root or as "${user}", or leave the key out`,
  );
}

async function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  try {
    return (await run(command, args)).code === 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
