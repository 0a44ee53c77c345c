/** The local engine: the stack's services as plain processes under one supervisor, for a machine without Docker. */

import { join } from "node:path";
import { DEFINITIONS, type Service, SERVICES } from "../../compose/services/mod.ts";
import { lockFile } from "../../lib/lock.ts";
import { BINARIES, binary, serviceOf } from "../binaries/mod.ts";
import { renderFor } from "../render.ts";
import { publicUrlsOf, servicesOf, type Stack, type Target, urlsOf, versionsOf } from "../stack.ts";
import { type Engine, type EngineMaker, entryStopped, Lacking, type ServiceStatus } from "./engine.ts";
import { type Alive, findAlive, readDesired, readStatus, stopAll, stopSome } from "./local/control.ts";
import { followLines, lastLines } from "./local/logs.ts";
import { type ServiceReport } from "./local/protocol.ts";
import { refuseUnits, runningTarget } from "./local/units.ts";
import { reloadCertificate } from "./local/reload.ts";
import { prepare, up } from "./local/up.ts";

const ANSWER_TIMEOUT_MS = 2_000;
const REACH_TIMEOUT_MS = 5_000;

/** Makes the local engine of a stack. */
export const localEngine: EngineMaker = (stack, target): Engine => {
  const directory = join(target.stateDir, "local");
  return {
    name: "local",
    async prepare(progress, signal) {
      insistOnLinux();
      return await prepare({ stack, progress, signal, known: target.leftOut });
    },
    async up(progress, signal) {
      insistOnLinux();
      const real = await prepareDirectory(directory);
      await refuseUnits(real, "bring the stack up");
      using _lock = await lockFile(join(real, "lock"), {
        signal,
        onWait: () => progress.step("wait for another `up` or `down` of this stack"),
      });
      return await up({ stack, target, directory: real, progress, signal });
    },
    async reloadEntry(progress, signal) {
      const real = await prepareDirectory(directory);
      using _lock = await lockFile(join(real, "lock"), {
        signal,
        onWait: () => progress.step("wait for another `up` or `down` of this stack"),
      });
      if (!(await findAlive(real)).services.some(({ service }) => service === "entry")) {
        throw entryStopped();
      }
      const files = renderFor(stack, target);
      return await reloadCertificate({
        stack,
        target,
        stateDir: target.stateDir,
        directory: real,
        files,
        signal,
      });
    },
    async down(progress) {
      insistOnLinux();
      const real = await realPath(directory);
      if (real === undefined) return [];
      await refuseUnits(real, "stop the stack");
      using _lock = await lockFile(join(real, "lock"), {
        onWait: () => progress.step("wait for another `up` or `down` of this stack"),
      });
      return await stopAll(real, (what) => progress.step(what)) as Service[];
    },
    async stop(services, progress, signal) {
      const real = await realPath(directory);
      if (real === undefined) return;
      using _lock = await lockFile(join(real, "lock"), {
        signal,
        onWait: () => progress.step("wait for another `up` or `down` of this stack"),
      });
      await stopSome(real, services, signal);
    },
    async clean(progress) {
      await this.down(progress);
      await Deno.remove(directory, { recursive: true }).catch(ignoreMissing);
    },
    status: () => status(stack, target, directory),
    async *logs(service, { tail, follow, signal }) {
      const path = join(directory, "logs", `${service}.log`);
      if (follow) yield* followLines(path, tail, signal);
      else yield* await lastLines(path, tail);
    },
    async tool(name, progress) {
      const program = BINARIES.find((candidate) => candidate === name);
      if (!program) {
        throw new TypeError(`Cannot get the program "${name}": expected one of ${BINARIES.join(", ")}`);
      }
      const version = versionsOf(stack)[serviceOf(program)];
      return (await binary(program, { progress, version })).path;
    },
    reaches: (_service, url) => reaches(url),
  };
};

async function status(stack: Stack, target: Target, directory: string): Promise<ServiceStatus[]> {
  const services = servicesOf(stack, target.engine);
  const real = await realPath(directory);
  const alive: Alive = real === undefined ? { services: [], rivals: [] } : await findAlive(real);
  const byUnits = real !== undefined && await runningTarget(real) !== undefined;
  const [report, desired] = real === undefined ? [] : [await readStatus(real), await readDesired(real)];
  return await Promise.all(
    SERVICES.filter((service) => services.has(service)).map(async (service) => {
      const known = report?.services.find((each) => each.service === service);
      const process = alive.services.find((each) =>
        each.service === service && (!known?.process || each.pid === known.process.pid)
      );
      const common = { service, url: publicUrlsOf(stack)[service], restarts: known?.restarts };
      if (!process) {
        return { ...common, ...down(known, alive, target.leftOut?.[service], desired !== undefined) };
      }
      const answers = await answersAt(`${urlsOf(stack)[service]}${DEFINITIONS[service].readyPath}`);
      return {
        ...common,
        state: answers === undefined ? "ready" as const : "starting" as const,
        since: known?.startedAt,
        id: String(process.pid),
        version: desired?.services.find((spec) => spec.service === service)?.version,
        memoryBytes: process.residentBytes,
        detail: answers ??
          (alive.supervisor || byUnits
            ? undefined
            : "Runs without its supervisor: `deno task up` starts both again") ??
          (known?.trouble && `Warning: ${known.trouble}`),
      };
    }),
  );
}

/** A service without a process. */
function down(
  known: ServiceReport | undefined,
  alive: Alive,
  leftOut: string | undefined,
  wanted: boolean,
): Pick<ServiceStatus, "state" | "detail"> {
  if (leftOut !== undefined) return { state: "left-out", detail: leftOut };
  if (!alive.supervisor || !known || !wanted) return { state: "stopped" };
  const last = known.lastError ?? known.lastExit;
  if (last === undefined) return { state: "starting" };
  const next = known.nextStartAt ? `; it is started again at ${known.nextStartAt}` : "";
  return { state: "failed", detail: `It ended by itself: ${last}${next}` };
}

/** Undefined when `url` answers 2xx, else why not. */
async function answersAt(url: string): Promise<string | undefined> {
  const { ok, detail } = await get(url, ANSWER_TIMEOUT_MS);
  return ok ? undefined : `${url}: ${detail}`;
}

/** Plain processes reach one another as this one reaches them. */
function reaches(url: string): Promise<{ ok: boolean; detail: string }> {
  return get(url, REACH_TIMEOUT_MS);
}

async function get(url: string, timeoutMs: number): Promise<{ ok: boolean; detail: string }> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    await response.body?.cancel();
    return { ok: response.ok, detail: `${response.status} ${response.statusText}`.trim() };
  } catch (error) {
    const { name, message } = error as Error;
    return {
      ok: false,
      detail: name === "TimeoutError" ? `no answer within ${timeoutMs / 1_000} s` : message,
    };
  }
}

function insistOnLinux(): void {
  if (Deno.build.os === "linux") return;
  throw new Lacking(
    `Cannot use the local engine on ${Deno.build.os}: it looks at processes as only Linux shows them`,
    'use Docker: `--engine docker`, or `engine: "docker"` in config.ts',
  );
}

async function prepareDirectory(directory: string): Promise<string> {
  // Logs and measurements are nobody else's business.
  await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
  await Deno.mkdir(join(directory, "logs"), { recursive: true });
  return await Deno.realPath(directory);
}

async function realPath(path: string): Promise<string | undefined> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
