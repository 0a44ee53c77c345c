/**
 * The supervisor: the one parent of a stack's services on the local engine. It runs on its own, detached from the terminal that started it.
 *
 * Usage: supervisor.ts DIRECTORY, with `services.json` in it. SIGHUP: read that again and apply the difference. SIGTERM: stop everything.
 * It imports as little as it can, and nothing of Node's: it stays in memory as long as the stack runs.
 */

import { Child, identify } from "./child.ts";
import { rotate } from "./log_file.ts";
import { type Desired, keyOf, PROTOCOL, type Status } from "./protocol.ts";

const LOOK_EVERY_MS = 5_000;
const SAVE_AGAIN_MS = 1_000;
/** More than a time service ever slews between two looks. */
const SET_BACK_MS = 1_000;

const directory = Deno.args[0]!;
const startedAt = new Date().toISOString();
const self = await identify(Deno.pid);
// In the order to start.
const children = new Map<string, Child>();
let revision = "";
let work: Promise<void> = Promise.resolve();
let saving: Promise<void> = Promise.resolve();
let waiting: Promise<void> | undefined;
// What the clock says beyond what went by.
let clockMs = Date.now() - performance.now();
let saveAgain: ReturnType<typeof setTimeout> | undefined;

Deno.addSignalListener("SIGHUP", () => void enqueue(apply));
Deno.addSignalListener("SIGTERM", () => void enqueue(stopAll));
// One service's trouble must not end the supervision of the others.
globalThis.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  log(`error: ${event.reason?.stack ?? event.reason}`);
});
setInterval(() => {
  lookAtClock();
  void rotateLogs();
}, LOOK_EVERY_MS);
await enqueue(apply);

/** One change at a time, in the order they were asked for. */
function enqueue(change: () => Promise<void>): Promise<void> {
  work = work.then(change).catch((error) => log(`error: ${error.stack ?? error}`));
  return work;
}

async function apply(): Promise<void> {
  const desired: Desired = JSON.parse(await Deno.readTextFile(`${directory}/services.json`));
  const wanted = new Map(desired.services.map((spec) => [spec.service, spec]));
  const going = [...children.values()].filter(({ spec }) => {
    const next = wanted.get(spec.service);
    return next === undefined || keyOf(next) !== keyOf(spec);
  });
  await Promise.all(going.map((child) => child.stop()));
  for (const { spec } of going) children.delete(spec.service);
  for (const spec of desired.services) {
    const present = children.get(spec.service);
    if (present) {
      present.update(spec);
      present.hurry();
      continue;
    }
    const child = new Child(spec, `${directory}/logs/${spec.service}.log`, (text) => {
      log(`${spec.service} ${text}`);
      void save();
    });
    children.set(spec.service, child);
    child.start();
  }
  revision = desired.revision;
  await save();
}

async function stopAll(): Promise<void> {
  log("stopping");
  for (const child of [...children.values()].reverse()) await child.stop();
  children.clear();
  await save();
  Deno.exit(0);
}

/** Writes status.json. Several changes at once are written together. */
function save(): Promise<void> {
  const asked = saving;
  // What is being written may be old already; what waits to be written is not.
  waiting ??= asked.then(() => {
    waiting = undefined;
    return saving = write();
  });
  return waiting;
}

async function write(): Promise<void> {
  try {
    const services = [...children.values()].map((child) => child.report());
    const status: Partial<Status> = { protocol: PROTOCOL, revision, supervisor: self, startedAt, services };
    await Deno.writeTextFile(`${directory}/status.json.tmp`, JSON.stringify(status, null, 2) + "\n");
    await Deno.rename(`${directory}/status.json.tmp`, `${directory}/status.json`);
  } catch (error) {
    // On a full disk, say: the services matter more than their report.
    log(`error: cannot write status.json: ${(error as Error).message}`);
    saveAgain ??= setTimeout(() => {
      saveAgain = undefined;
      void save();
    }, SAVE_AGAIN_MS);
  }
}

function lookAtClock(): void {
  const before = clockMs;
  clockMs = Date.now() - performance.now();
  const backMs = before - clockMs;
  if (backMs < SET_BACK_MS) return;
  const why = `the clock was set back by ${Math.round(backMs / 1_000)} s`;
  for (const child of children.values()) if (child.spec.trustsClock) child.startAnew(why);
}

async function rotateLogs(): Promise<void> {
  for (const name of ["supervisor", ...children.keys()]) {
    try {
      await rotate(`${directory}/logs/${name}.log`);
    } catch (error) {
      log(`error: cannot rotate the log of ${name}: ${(error as Error).message}`);
    }
  }
}

function log(text: string): void {
  console.log(`${new Date().toISOString()} ${text}`);
}
