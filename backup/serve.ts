/** The service: it makes a backup whenever one is due, and shows how that went. */

import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { metricsText } from "./metrics.ts";
import { BUNDLE, type Bundle, type Plan, SECRET } from "./plan.ts";
import { save } from "./save.ts";
import { nextMs } from "./schedule.ts";
import { readState } from "./state.ts";

/** What the service works with. */
export interface ServeOptions {
  /** Path of the plan. */
  readonly plan: string;
  /** Directory with its secrets. */
  readonly secrets: string;
  /** Path of restic. */
  readonly program: string;
  readonly hostname: string;
  readonly port: number;
  readonly signal: AbortSignal;
  /** Takes a line of the log. */
  readonly log: (text: string) => void;
}

// A clock that is set, and a plan that changes, are noticed within so long.
const LOOK_EVERY_MS = 15_000;
// Prometheus may have to read a large log back first.
const SETTLE_MS = 3 * 60_000;
const READY_MS = 2_000;
const READY_POLL_MS = 500;

/** Serves until `signal` aborts. */
export async function serve(options: ServeOptions): Promise<void> {
  const { signal, log } = options;
  let running = false;
  const server = Deno.serve({
    hostname: options.hostname,
    port: options.port,
    onListen: ({ hostname, port }) => log(`listening on ${hostname}:${port}`),
    onError: (error) => new Response(`${(error as Error).message}\n`, { status: 500 }),
  }, async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/health") return new Response("ok\n");
    if (pathname !== "/metrics" && pathname !== "/state") return new Response("Not found\n", { status: 404 });
    const plan = await readPlan(options.plan);
    const state = await readState(plan.data);
    return pathname === "/state"
      ? Response.json({ ...state, every: plan.every, repository: plan.repository, running })
      : new Response(await metricsText({ state, every: plan.every, running }), {
        headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
      });
  });
  try {
    while (!signal.aborted) {
      const plan = await readPlan(options.plan);
      const next = nextMs(await readState(plan.data), plan.every);
      if (Date.now() < next) {
        await delay(Math.min(LOOK_EVERY_MS, next - Date.now()), undefined, { signal });
        continue;
      }
      running = true;
      await settle(plan, options);
      await runOnce(plan, options);
      running = false;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await server.shutdown();
  }
}

/**
 * Waits until the services that are asked answer, as they may be starting. One that does not is told of by the backup.
 */
async function settle({ parts }: Plan, { signal }: ServeOptions): Promise<void> {
  const urls = [parts.prometheus?.url, parts.alertmanager?.url].filter((url) => url !== undefined);
  const end = performance.now() + SETTLE_MS;
  while (performance.now() < end) {
    const ready = await Promise.all(urls.map(async (url) => {
      try {
        const answer = await fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(READY_MS) });
        await answer.body?.cancel();
        return answer.ok;
      } catch {
        return false;
      }
    }));
    if (!ready.includes(false)) return;
    await delay(READY_POLL_MS, undefined, { signal });
  }
}

/** A run that fails is logged and tried again later: the service goes on. */
async function runOnce(plan: Plan, { secrets, program, signal, log }: ServeOptions): Promise<void> {
  log("backup begins");
  try {
    const request = { plan, ...await readSecrets(secrets, plan), program };
    const { snapshot, bytes, addedBytes, tookMs, snapshots } = await save(request, { step: log }, signal);
    log(
      `backup ${
        snapshot.slice(0, 8)
      } is stored: ${bytes} bytes, ${addedBytes} of them new, in ${tookMs} ms; ${snapshots} are kept`,
    );
  } catch (error) {
    if (signal.aborted) throw error;
    log(`error: ${(error as Error).message}`);
  }
}

/** The plan at `path`. */
export async function readPlan(path: string): Promise<Plan> {
  return JSON.parse(await Deno.readTextFile(path));
}

/** What the service was given in `directory`. */
async function readSecrets(
  directory: string,
  { credentials, sftpKey }: Plan,
): Promise<{ secrets: Record<string, string>; bundle: Bundle }> {
  const names = [SECRET.password, ...credentials, ...(sftpKey ? [SECRET.sftpKey, SECRET.knownHosts] : [])];
  const entries = await Promise.all(
    names.map(async (name) => [name, await Deno.readTextFile(join(directory, name))] as const),
  );
  const bundle = JSON.parse(await Deno.readTextFile(join(directory, BUNDLE)));
  return { secrets: Object.fromEntries(entries), bundle };
}
