/** `up` on the local engine: what is missing is started, what changed is restarted or reloaded, the rest is left alone. */

import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { type LocalService, type Service, SERVICES } from "../../../compose/services/mod.ts";
import { type Binary, binary, type BinaryName } from "../../binaries/mod.ts";
import { type Applied, Lacking, type Progress } from "../engine.ts";
import { secretsDirOf } from "../../destinations.ts";
import { renderFor } from "../../render.ts";
import { type LeftOut, runningOf, servicesOf, type Stack, type Target, versionsOf } from "../../stack.ts";
import { backupFingerprint } from "./backup.ts";
import { type Plan, specOf, START_ORDER } from "./command.ts";
import type { Start } from "./confine.ts";
import { giveSecrets, type Reader } from "../secret_owner.ts";
import { bringUp } from "./bring_up.ts";
import { type Alive, findAlive, readDesired, stopAll } from "./control.ts";
import { needsOf, stampOf } from "./needs.ts";
import { warnAboutPing } from "./ping.ts";
import { dataDir, privileges, type PrivilegesContext } from "./privileges.ts";
import type { ServiceSpec } from "./protocol.ts";
import { ensureAssets } from "../../assets.ts";
import { webhookProgram } from "./webhook.ts";

/** What `up` works with. */
export interface UpContext {
  readonly stack: Stack;
  readonly target: Target;
  /** Real path of `<state>/local`. */
  readonly directory: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

const BINARY_OF: Readonly<Record<Exclude<LocalService, "webhook">, BinaryName>> = {
  prometheus: "prometheus",
  alertmanager: "alertmanager",
  "node-exporter": "node_exporter",
  blackbox: "blackbox_exporter",
  grafana: "grafana",
  entry: "caddy",
  backup: "restic",
};

const POLL_MS = 50;
/** How long a supervisor that lives may take to report. */
const REPORT_MS = 5_000;

/** Brings the stack up. @returns what was done, in the order of the services. */
export async function up(context: UpContext): Promise<Applied[]> {
  const { stack, target, progress, signal } = context;
  const began = performance.now();
  const { wanted, binaries } = await programsOf(context);
  await warnAboutPing(stack, progress);
  const before = await repair(context);
  const plan = await makePlan(context, wanted, binaries);
  const specs = await Promise.all(wanted.map((service) => makeSpec(service, plan, binaries.get(service))));
  const step = { ...context, before, files: renderFor(stack, target), began };
  const applied = await bringUp(step, specs, wanted);
  for (const { service } of before.status?.services ?? []) {
    if (!wanted.includes(service as LocalService)) {
      applied.push({ service: service as Service, action: "stopped", readyMs: performance.now() - began });
    }
  }
  for (const [service, detail] of Object.entries(target.leftOut ?? {})) {
    applied.push({ service: service as Service, action: "left-out", readyMs: 0, detail });
  }
  signal.throwIfAborted();
  return applied.sort((a, b) => SERVICES.indexOf(a.service) - SERVICES.indexOf(b.service));
}

/**
 * Finds or fetches every program that the services need. Grafana alone may be missing: it only shows what the others know.
 *
 * @param context.known What the last `up` left out: it is not explained again.
 * @throws {Lacking} when another is not to be had.
 */
export async function prepare(
  context: Pick<UpContext, "stack" | "progress" | "signal"> & { readonly known?: LeftOut },
): Promise<LeftOut> {
  const { stack, progress, known } = context;
  const services = START_ORDER.filter((service) => servicesOf(stack, "local").has(service));
  const silently = { ...context, progress: { ...progress, warn() {} } };
  const found = await Promise.allSettled(services.map((service) => findBinary(service, silently)));
  const leftOut: Partial<Record<Service, string>> = {};
  for (const [i, result] of found.entries()) {
    if (result.status === "fulfilled") continue;
    if (services[i] !== "grafana" || !(result.reason instanceof Lacking)) throw result.reason;
    leftOut.grafana = `Grafana ${versionsOf(stack).grafana} is not on this machine and cannot be fetched`;
    if (known?.grafana === undefined) {
      progress.warn(`Grafana is left out: ${result.reason.message}\n  cure: ${result.reason.cure}`);
    }
  }
  return leftOut;
}

/** What runs here, in the order to start, and its programs. */
async function programsOf(context: UpContext) {
  const { stack, target } = context;
  const running = runningOf(stack, target);
  const wanted = START_ORDER.filter((service) => running.has(service));
  const binaries = new Map(
    await Promise.all(wanted.map(async (service) => [service, await findBinary(service, context)] as const)),
  );
  return { wanted, binaries };
}

/** How each service is started, for who starts them in another way. @param hidden See PrivilegesContext. */
export async function planOf(context: UpContext, hidden: PrivilegesContext["hidden"]) {
  const { wanted: services, binaries } = await programsOf(context);
  return { plan: await makePlan(context, services, binaries, hidden), services, binaries };
}

async function findBinary(
  service: LocalService,
  { stack, progress, signal }: Pick<UpContext, "stack" | "progress" | "signal">,
): Promise<Binary | undefined> {
  if (service === "webhook") return undefined;
  const version = versionsOf(stack)[service];
  const found = await binary(BINARY_OF[service], { version, progress, signal });
  if (found.warning) progress.warn(found.warning);
  return found;
}

/** What lives, after what an interrupted run or a killed supervisor left was cleared away. */
async function repair({ directory, progress, signal }: UpContext): Promise<Alive> {
  const end = performance.now() + REPORT_MS;
  while (true) {
    const alive = await findAlive(directory);
    const orphans = !alive.supervisor && alive.services.length > 0;
    // One that was just started has not reported yet; one of another version of Vigie never will.
    const silent = alive.supervisor && !alive.status;
    if (silent && alive.rivals.length === 0 && performance.now() < end) {
      await delay(POLL_MS, undefined, { signal });
      continue;
    }
    // A `down` was interrupted: what it told to end will end, sooner or later.
    const ending = alive.supervisor && (await readDesired(directory))?.stopping;
    if (!orphans && !silent && !ending && alive.rivals.length === 0) return alive;
    const names = [...new Set(alive.services.map(({ service }) => service))].join(", ");
    progress.note(
      orphans
        ? `The supervisor is gone: ${names} are stopped and started again`
        : ending
        ? "An interrupted `down` is completed first"
        : "The supervisor is replaced",
    );
    await stopAll(directory, (what) => progress.step(what));
    return await findAlive(directory);
  }
}

async function makePlan(
  { stack, target, directory, progress }: UpContext,
  services: readonly LocalService[],
  binaries: ReadonlyMap<LocalService, Binary | undefined>,
  hidden?: PrivilegesContext["hidden"],
): Promise<Plan> {
  for (const service of START_ORDER) await Deno.mkdir(dataDir(directory, service), { recursive: true });
  await ensureAssets({ progress }).catch((error) => {
    if (!(error instanceof Lacking)) throw error;
    // Pages can be read without.
    progress.warn(`${error.message}: until then the webhook's pages have neither style nor curves`);
  });
  const webhook = await webhookProgram(target, directory);
  const needs = await needsOf({ stack, target, webhook, services, binaries });
  const start = await privileges({ stack, directory, services, needs, progress, hidden });
  for (const service of services) await giveSecrets(secretsDirOf(service, target), userOf(start(service)));
  return {
    stack,
    target,
    directory,
    environment: Deno.env.toObject(),
    start,
    hasUdev: await exists("/run/udev/data"),
    // The first is there while systemd is process 1, the second is how it is asked.
    hasSystemd: await exists("/run/systemd/system") && await exists("/run/dbus/system_bus_socket"),
    webhook,
  };
}

/** Whom a service runs as. */
function userOf(start: Start): Reader {
  return start.as === "other" ? start.confinement : { uid: Deno.uid() ?? 0, gid: Deno.gid() ?? 0 };
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

async function makeSpec(service: LocalService, plan: Plan, found: Binary | undefined): Promise<ServiceSpec> {
  const parts = [found ? await stamp(found.path) : plan.webhook.fingerprint];
  parts.push(...await stampOf(plan.start(service)));
  if (service === "backup") parts.push(await backupFingerprint());
  // Where it listens is asked before it can be told of another place.
  if (service === "entry") parts.push(JSON.stringify([plan.stack.bind, plan.stack.ports]));
  // Grafana reads its provisioning when it starts.
  if (service === "grafana") parts.push(digest(plan));
  return specOf(service, plan, found, parts.join(" "));
}

/** Changes when a program is replaced in place. */
async function stamp(path: string): Promise<string> {
  const { size, mtime } = await Deno.stat(path);
  return `${size} ${mtime?.getTime()}`;
}

function digest({ stack, target }: Plan): string {
  const files = [...renderFor(stack, target)].filter(([path]) => path.startsWith("grafana/provisioning/"));
  return createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 16);
}
