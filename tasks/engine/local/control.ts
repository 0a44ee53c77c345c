/** The engine's side of the supervisor: started, told what to run, found again, stopped. */

import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { readIfThere, writeAtomically } from "../../../lib/files.ts";
import { systemError } from "../../../lib/system_error.ts";
import { Lacking } from "../engine.ts";
import { START_ORDER, SYSTEM_PATH } from "./command.ts";
import { lastLines } from "./logs.ts";
import { supervisorStart } from "./privileges.ts";
import { findMarked, inspect, lives, type Marked, sameProcess, signal as send } from "./process.ts";
import { type Desired, MARK, parseStatus, PROTOCOL, type ServiceSpec, type Status } from "./protocol.ts";

const POLL_MS = 20;
/** Its report is there in a fraction of this, unless the disk is full. */
const REPORT_LOOK_MS = 2_000;
const START_TIMEOUT_MS = 30_000;
/** After SIGKILL a process only stays when the kernel cannot end it. */
const KILL_TIMEOUT_MS = 10_000;
const GRACE_MS = 60_000;

/** What lives of a stack. */
export interface Alive {
  readonly supervisor?: Marked;
  /** Further supervisors: there must not be any. */
  readonly rivals: readonly Marked[];
  /** Its services' processes; a service may have several, such as Grafana's plugins. */
  readonly services: readonly Marked[];
  /** What the living supervisor reports; none without a supervisor. */
  readonly status?: Status;
}

/** Looks for what lives of the stack in `directory`, from the processes themselves and from what the last supervisor reported. */
export async function findAlive(directory: string): Promise<Alive> {
  const [marked, last] = await Promise.all([findMarked(directory), readStatus(directory)]);
  // The environment of a program with privileges of its own cannot be read: for it there is the report.
  const reported =
    last?.services.flatMap(({ service, process }) => process ? [{ ...process, service }] : []) ?? [];
  const unseen = reported.filter(({ pid }) => !marked.some((process) => process.pid === pid));
  const living = await inspect(unseen.map(({ pid }) => pid));
  const found = [
    ...marked,
    ...unseen.flatMap((process) => {
      const now = living.get(process.pid);
      return now && sameProcess(now, process) ? [{ ...now, service: process.service }] : [];
    }),
  ];
  const supervisors = found.filter(({ service }) => service === "supervisor");
  const supervisor = supervisors.find((each) => sameProcess(each, last?.supervisor)) ?? supervisors[0];
  return {
    supervisor,
    rivals: supervisors.filter((each) => each !== supervisor),
    services: found.filter(({ service }) => service !== "supervisor"),
    status: supervisor && sameProcess(supervisor, last?.supervisor) ? last : undefined,
  };
}

/** What the last supervisor reported, whether it lives or not; undefined when there is nothing readable. */
export async function readStatus(directory: string): Promise<Status | undefined> {
  const text = await readIfThere(join(directory, "status.json"));
  return text === undefined ? undefined : parseStatus(text);
}

/** What should run; undefined when it was never said. */
export async function readDesired(directory: string): Promise<Desired | undefined> {
  const text = await readIfThere(join(directory, "services.json"));
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined; // Written anew by the next `up`.
  }
}

/**
 * Makes the supervisor run `services`, and returns its report once it has started and stopped what differs.
 *
 * @throws {Lacking} when it does not; the message says what its log does.
 */
export async function apply(
  directory: string,
  services: readonly ServiceSpec[],
  signal: AbortSignal,
): Promise<Status> {
  const desired: Desired = { protocol: PROTOCOL, revision: crypto.randomUUID(), services };
  await writeDesired(directory, desired);
  const { supervisor, status } = await findAlive(directory);
  await insistOnReport(directory);
  // One that has not reported yet would be ended by the signal; it has not read the file either.
  if (supervisor && status) await send(supervisor, "SIGHUP");
  const prefix = await supervisorStart(services.map(({ command }) => command));
  let started = supervisor ? undefined : startSupervisor(directory, prefix);
  const longest = Math.max(
    START_TIMEOUT_MS,
    ...services.map(({ stopGraceMs }) => stopGraceMs + KILL_TIMEOUT_MS),
  );
  const end = performance.now() + longest;
  let nextLook = performance.now() + REPORT_LOOK_MS;
  let told = supervisor === undefined || status !== undefined;
  while (performance.now() < end) {
    const now = await readStatus(directory);
    if (now?.revision === desired.revision) return now;
    if (started?.ended !== undefined) {
      const lines = await lastLines(logOf(directory), 5);
      throw new Lacking(
        `The supervisor ended at once (${started.ended}):\n${lines.map((line) => `  ${line}`).join("\n")}`,
        `its log is "${logOf(directory)}": mend what it says, then run \`deno task up\` again`,
      );
    }
    // It was ending when it was told.
    if (supervisor && !started && !await lives(supervisor)) started = startSupervisor(directory, prefix);
    if (!told && now && supervisor && sameProcess(now.supervisor, supervisor)) {
      await send(supervisor, "SIGHUP");
      told = true;
    }
    if (performance.now() >= nextLook) {
      await insistOnReport(directory);
      nextLook = performance.now() + REPORT_LOOK_MS;
    }
    await delay(POLL_MS, undefined, { signal });
  }
  throw new Lacking(
    `The supervisor did not apply what it was told within ${longest / 1_000} s: its log is "${
      logOf(directory)
    }"`,
    "run `deno task down`, then `deno task up`",
  );
}

/**
 * A supervisor that cannot report cannot be waited for.
 *
 * @throws when the disk has no room for its report, or it may not be written.
 */
async function insistOnReport(directory: string): Promise<void> {
  for (const path of [join(directory, "status.json"), logOf(directory)]) {
    await writeAtomically(`${path}.probe`, " ".repeat(4096));
    await Deno.remove(`${path}.probe`);
  }
}

/** So that the next `up` does not take a supervisor that is ending for one that goes on, whatever happens to this process. */
async function rememberStopping(directory: string): Promise<void> {
  const desired = await readDesired(directory);
  if (!desired || desired.stopping) return;
  try {
    await writeDesired(directory, { ...desired, stopping: true });
  } catch (error) {
    // On a full disk everything can be stopped all the same.
    if (systemError(error) === undefined) throw error;
  }
}

async function writeDesired(directory: string, desired: Desired): Promise<void> {
  await writeAtomically(join(directory, "services.json"), JSON.stringify(desired, null, 2) + "\n", 0o600);
}

/** Makes the supervisor go on without `services`. A stack that does not run stays as it is. */
export async function stopSome(
  directory: string,
  services: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const [{ supervisor }, desired] = [await findAlive(directory), await readDesired(directory)];
  if (!supervisor || !desired) return void await stopAll(directory, () => {});
  const left = desired.services.filter(({ service }) => !services.includes(service));
  if (left.length < desired.services.length) await apply(directory, left, signal);
}

/**
 * Stops what lives of the stack: the supervisor with its services, and services that lost theirs.
 *
 * @returns names of the services that were running.
 */
export async function stopAll(directory: string, step: (what: string) => void): Promise<string[]> {
  const alive = await findAlive(directory);
  const running = new Set(alive.services.map(({ service }) => service));
  const supervisors = [...(alive.supervisor ? [alive.supervisor] : []), ...alive.rivals];
  if (supervisors.length > 0) {
    step("stop the services");
    await rememberStopping(directory);
    for (const supervisor of supervisors) await send(supervisor, "SIGTERM");
    if (!await gone(supervisors, GRACE_MS + alive.services.length * KILL_TIMEOUT_MS)) await kill(supervisors);
  }
  const left = await findAlive(directory);
  for (const service of [...START_ORDER].reverse()) {
    const processes = left.services.filter((process) => process.service === service);
    if (processes.length === 0) continue;
    step(`stop ${service}`);
    for (const process of processes) await send(process, "SIGTERM");
    if (!await gone(processes, GRACE_MS)) await kill(processes);
  }
  return START_ORDER.filter((service) => running.has(service));
}

async function kill(processes: readonly Marked[]): Promise<void> {
  for (const process of processes) await send(process, "SIGKILL");
  if (await gone(processes, KILL_TIMEOUT_MS)) return;
  const pids = processes.map(({ pid, service }) => `${service} (pid ${pid})`).join(", ");
  throw new Error(
    `Cannot stop ${pids}: the kernel does not end it, which a broken disk or network file system does`,
  );
}

/** Waits until none of `processes` lives. @returns whether that came true. */
async function gone(processes: readonly Marked[], timeoutMs: number): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  while (true) {
    const alive = await Promise.all(processes.map(lives));
    if (!alive.includes(true)) return true;
    if (performance.now() >= end) return false;
    await delay(POLL_MS);
  }
}

function logOf(directory: string): string {
  return join(directory, "logs", "supervisor.log");
}

/** @returns how it ended, once it has; it is not to. */
function startSupervisor(directory: string, prefix: readonly string[]): { readonly ended?: string } {
  const log = openSync(logOf(directory), "a", 0o644);
  const args = [
    "run",
    "--quiet",
    "--no-prompt",
    "--no-config",
    "--no-lock",
    "--no-remote",
    "--no-npm",
    // It does next to nothing: small young generations keep it small.
    "--v8-flags=--max-semi-space-size=1,--max-old-space-size=32",
    `--allow-read=${flagValue(directory)}`,
    `--allow-write=${flagValue(directory)}`,
    // Services are started by the shell, which gives its place to them.
    "--allow-run=sh,cat",
    // It asks the services whether they still answer.
    "--allow-net",
    fileURLToPath(new URL("./supervisor.ts", import.meta.url)),
    directory,
  ];
  const inherited = ["HOME", "DENO_DIR", "XDG_CACHE_HOME"].flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  });
  const [program, ...rest] = [...prefix, Deno.execPath(), ...args];
  const child = spawn(program!, rest, {
    cwd: directory,
    env: {
      ...Object.fromEntries(inherited),
      PATH: SYSTEM_PATH,
      [MARK.stack]: directory,
      [MARK.service]: "supervisor",
    },
    stdio: ["ignore", log, log],
    // Both are needed for it to outlive this process and its terminal.
    detached: true,
  });
  const life: { ended?: string } = {};
  child.on("error", (error) => life.ended = error.message);
  child.on("exit", (code, signal) => life.ended = signal ?? `exit code ${code}`);
  child.unref();
  closeSync(log);
  return life;
}

/** A path in a list of Deno's flags, where a comma is written twice. */
export function flagValue(path: string): string {
  return path.replaceAll(",", ",,");
}
