/** Making services run and waiting until each is ready, is the right one, and runs its configuration. */

import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { DEFINITIONS, hostPortOf, type LocalService } from "../../../compose/services/mod.ts";
import type { Files } from "../../../lib/files.ts";
import { urlsOf } from "../../stack.ts";
import { waitReady } from "../apply.ts";
import { type Applied, Lacking, NotReady } from "../engine.ts";
import { foreignListener, insistOnPorts } from "./conflict.ts";
import { type Alive, apply, readDesired, readStatus } from "./control.ts";
import { lastLines } from "./logs.ts";
import { sameProcess } from "./process.ts";
import { keyOf, type ProcessId, type ServiceReport, type ServiceSpec } from "./protocol.ts";
import { reload, rememberRead } from "./reload.ts";
import type { UpContext } from "./up.ts";

/** One round of `up`. */
export interface Round extends UpContext {
  /** What lived before. */
  readonly before: Alive;
  /** What the services' files are to be, and are. */
  readonly files: Files;
  /** When `up` began, as `performance.now()` tells it. */
  readonly began: number;
}

// Reading a large write-ahead log back takes minutes, and Grafana's first start makes its database.
const READY_MS: Partial<Record<LocalService, number>> = { prometheus: 600_000, grafana: 120_000 };
const READY_DEFAULT_MS = 30_000;
const REPORT_MS = 5_000;
const POLL_MS = 20;
const LOG_LINES = 15;
/** A service that ended this often since `up` began will not come up by waiting. */
const ENDS = 2;

/**
 * Makes the supervisor run `specs` and waits for `services`, which are among them.
 *
 * @throws {NotReady} for the first service that does not come up; the others are left as they are.
 * @throws {Lacking} when a port is taken.
 */
export async function bringUp(
  round: Round,
  specs: readonly ServiceSpec[],
  services: readonly LocalService[],
): Promise<Applied[]> {
  const { stack, directory, before, progress, signal } = round;
  const running = new Map(before.status?.services.map((report) => [report.service, report]));
  const changed = specs.filter((spec) => running.get(spec.service)?.key !== keyOf(spec));
  const superfluous = [...running.keys()].some((service) => !specs.some((spec) => spec.service === service));
  // What lies in a wait between two starts does not hold its port, and is to be told apart from a foreign program too.
  const starting = specs.filter((spec) => changed.includes(spec) || !running.get(spec.service)?.process);
  const ours = new Set(before.services.map(({ pid }) => pid));
  await insistOnPorts(stack, starting.map(({ service }) => service as LocalService), ours);
  if (starting.length > 0) progress.step(`start ${starting.map(({ service }) => service).join(", ")}`);
  if (starting.length > 0 || superfluous || await watchesOther(directory, specs)) {
    await apply(directory, specs, signal);
  }

  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  let failure: unknown;
  const applied = await Promise.all(services.map(async (service) => {
    try {
      return await finish(service, { ...round, signal: either }, running.get(service));
    } catch (error) {
      failure ??= error;
      failed.abort();
    }
  }));
  if (failure !== undefined) throw failure;
  return applied.filter((each) => each !== undefined);
}

/** Whether the supervisor is to watch other files than it was told last. */
async function watchesOther(directory: string, specs: readonly ServiceSpec[]): Promise<boolean> {
  const told = (await readDesired(directory))?.services ?? [];
  const of = (list: readonly ServiceSpec[]) => JSON.stringify(list.flatMap(({ watch }) => watch ?? []));
  return of(told) !== of(specs);
}

/** Waits until `service` is ready, and reloads it when it was running before. */
async function finish(
  service: LocalService,
  round: Round,
  earlier: ServiceReport | undefined,
): Promise<Applied> {
  const { stack, target: { stateDir }, directory, files, began, progress, signal } = round;
  const url = urlsOf(stack)[service];
  const first = await reportOf(directory, service);
  const problem = await waitReady(url, DEFINITIONS[service].readyPath, {
    signal,
    deadlineMs: READY_MS[service] ?? READY_DEFAULT_MS,
    alive: async () => hopeless(await reportOf(directory, service), first?.restarts ?? 0),
  });
  if (problem !== undefined) throw await notReady(service, problem, round);
  const process = await processOf(service, round);
  if (!process) throw await notReady(service, "its port answers, but it does not run", round);
  const foreign = await foreignListener(stack.ports[hostPortOf(service)], process.pid);
  if (foreign !== undefined) {
    throw await notReady(service, `its port ${stack.ports[service]} is held by ${foreign}`, round);
  }
  const kept = sameProcess(process, earlier?.process);
  if (!kept) await rememberRead({ service, directory, stateDir, files });
  const reloaded = kept && await reload({ ...round, service, url, process, stateDir });
  progress.step(`${service} is ready`);
  const action = kept ? (reloaded ? "reloaded" : "unchanged") : (earlier?.process ? "restarted" : "started");
  return { service, action, readyMs: performance.now() - began };
}

/** The process of `service`; it may be reported a moment after it answers. Undefined when it has none for good. */
async function processOf(
  service: LocalService,
  { directory, signal }: Round,
): Promise<ProcessId | undefined> {
  const end = performance.now() + REPORT_MS;
  while (true) {
    const report = await reportOf(directory, service);
    if (report?.process || performance.now() >= end) return report?.process;
    await delay(POLL_MS, undefined, { signal });
  }
}

async function reportOf(directory: string, service: LocalService): Promise<ServiceReport | undefined> {
  const status = await readStatus(directory);
  return status?.services.find((report) => report.service === service);
}

/** Why there is no point in waiting any longer; undefined while there is. */
function hopeless(report: ServiceReport | undefined, restartsBefore: number): string | undefined {
  if (!report) return undefined;
  if (report.lastError !== undefined) return `it cannot be started: ${report.lastError}`;
  const ends = report.restarts - restartsBefore + (report.process ? 0 : 1);
  return report.lastExit !== undefined && ends >= ENDS
    ? `it ended ${ends} times, at last with ${report.lastExit}`
    : undefined;
}

async function notReady(
  service: LocalService,
  problem: string,
  { stack, directory }: Round,
): Promise<NotReady | Lacking> {
  const logs = await lastLines(join(directory, "logs", `${service}.log`), LOG_LINES);
  const text = logs.join("\n");
  const what = `Cannot bring ${service} up on port ${stack.ports[service]}: ${problem}`;
  if (/no space left on device|disk quota exceeded/i.test(`${problem}\n${text}`)) {
    return new Lacking(
      `${what}\nlast lines of its log:\n${logs.map((line) => `  ${line}`).join("\n")}`,
      "free some disk space, then run `deno task up` again",
    );
  }
  const cures: [RegExp, string][] = [
    [
      /address already in use|held by/,
      `stop that program, or choose another port in config.ts: \`ports: { "${service}": … }\``,
    ],
    [
      /unshare: |mount: .*overlay/,
      "put a released alertmanager on PATH, or let users make namespaces (`sudo sysctl -w kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0`)",
    ],
  ];
  const cure = cures.find(([sign]) => sign.test(text) || sign.test(problem))?.[1] ??
    `see \`deno task logs ${service}\`, mend the cause, then run \`deno task up\` again; the other services run`;
  return new NotReady(
    service,
    what,
    logs,
    cure,
  );
}
