/** `deno task smoke`: proves on the running stack what can be proved only there. */

import { join } from "node:path";
import { writeAtomically } from "../lib/files.ts";
import { nearest } from "../lib/nearest.ts";
import { durationMs } from "../lib/units.ts";
import { type Command, EXIT, Failure, type Invocation, main, UsageError, userPath } from "./cli.ts";
import type { Engine, ServiceStatus } from "./engine/engine.ts";
import { GRAFANA_PASSWORD } from "./secrets.ts";
import { ENGINE_FLAG, openRunning, type Session } from "./session.ts";
import { runSmoke, type SmokeCheck, type SmokeContext, type SmokeResult } from "./smoke/check.ts";
import { SMOKE_CHECKS } from "./smoke/mod.ts";
import { formatSmoke, showSmoke, smokeToJunit } from "./smoke/show.ts";
import { renderFor } from "./render.ts";
import { servicesOf, urlsOf } from "./stack.ts";

/** What a slow machine may take more than the intervals ask for. */
const MARGIN_MS = 20_000;
const POLL_MS = 150;
/** Enough of a log to find why a notification failed. */
const LOG_LINES = 200;

/** The command. */
export const smoke: Command = {
  name: "smoke",
  summary: "proves the running stack: services, targets, rules, Grafana, panels, and a test alert end to end",
  flags: {
    only: {
      type: "string",
      value: "NAMES",
      help: "only these checks, separated by commas, such as targets,rules",
    },
    list: { type: "boolean", help: "names the checks and runs none" },
    junit: { type: "string", value: "FILE", help: "writes the results as JUnit XML as well" },
    ...ENGINE_FLAG,
  },
  examples: ["smoke", "smoke --only alert-path", "smoke --junit smoke.xml"],
  async run(invocation) {
    const { flags, json, print, progress } = invocation;
    const checks = chosen(flags.only as string | undefined);
    if (flags.list) {
      print(checks.map(({ id, title }) => `${id.padEnd(18)} ${title}`).join("\n"));
      return { code: EXIT.done, json: { checks: checks.map(({ id, title }) => ({ id, title })) } };
    }
    const junit = flags.junit === undefined ? undefined : await junitPath(flags.junit as string);
    const session = await openRunning(invocation);
    insistOnRunning(await session.engine.status());

    const startedAt = new Date().toISOString();
    const context = contextOf(session, invocation);
    const began = context.now();
    print(`Smoke test of the stack "${session.stack.name}" on the ${session.engine.name} engine\n`);
    const results = await runSmoke(checks, context, json ? undefined : showSmoke(print));
    const elapsedMs = Math.round(context.now() - began);
    print(formatSmoke(results, elapsedMs));
    if (junit !== undefined) {
      await writeAtomically(junit, smokeToJunit(results, startedAt));
      progress.note(`JUnit XML written to ${junit}`);
    }
    const ok = results.every(({ outcome }) => outcome !== "failed");
    return {
      code: ok ? EXIT.done : EXIT.wrong,
      json: {
        name: session.stack.name,
        engine: session.engine.name,
        ok,
        startedAt,
        elapsedMs,
        checks: results,
      },
    };
  },
};

/** The whole smoke test of a running stack, shown to nobody. */
export async function smokeTest(session: Session, invocation: Invocation): Promise<readonly SmokeResult[]> {
  return await runSmoke(SMOKE_CHECKS, contextOf(session, invocation), undefined);
}

/** What the checks look at, for a stack that runs. */
function contextOf(
  { stack, target, engine }: Session,
  invocation: Invocation,
): SmokeContext {
  const passwordPath = join(target.stateDir, GRAFANA_PASSWORD);
  return {
    services: servicesOf(stack, target.engine),
    urls: urlsOf(stack),
    files: renderFor(stack, target),
    grafana: {
      user: stack.grafana.adminUser,
      password: () => Deno.readTextFile(passwordPath),
      passwordPath,
    },
    intervals: {
      scrapeMs: durationMs(stack.scrape.interval),
      evaluationMs: durationMs(stack.evaluation.interval),
    },
    marginMs: MARGIN_MS,
    pollMs: POLL_MS,
    leftOut: target.leftOut ?? {},
    status: () => engine.status(),
    logs: (service) => logLines(engine, service, invocation.signal),
    fetch,
    now: () => performance.now(),
    signal: invocation.signal,
    progress: invocation.progress,
  };
}

async function logLines(
  engine: Engine,
  service: ServiceStatus["service"],
  signal: AbortSignal,
): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of engine.logs(service, { tail: LOG_LINES, follow: false, signal })) lines.push(line);
  return lines;
}

/** The checks that `--only` names: ids, or what follows "smoke/" in them. */
export function chosen(only: string | undefined): readonly SmokeCheck[] {
  if (only === undefined) return SMOKE_CHECKS;
  const names = SMOKE_CHECKS.map(({ id }) => id.slice("smoke/".length));
  const wanted = only.split(",").map((name) => name.trim().replace(/^smoke\//, "")).filter(Boolean);
  for (const name of wanted) {
    if (names.includes(name)) continue;
    const near = nearest(name, names);
    throw new UsageError(
      `Cannot run the check "${name}": there is none of that name; ${
        near ? `did you mean "${near}"?` : `there are ${names.map((one) => `"${one}"`).join(", ")}`
      }`,
    );
  }
  if (wanted.length === 0) {
    throw new UsageError('Cannot use "--only" without a name: see "deno task smoke --list"');
  }
  return SMOKE_CHECKS.filter((_, i) => wanted.includes(names[i]!));
}

/** Where to write; refused before the checks take their time, not after. @throws {UsageError} */
async function junitPath(file: string): Promise<string> {
  if (file === "") throw new UsageError('Cannot write JUnit XML to "": expected the path of a file');
  const path = userPath(file);
  const isDirectory = await Deno.stat(path).then((info) => info.isDirectory, () => false);
  if (isDirectory) throw new UsageError(`Cannot write JUnit XML to "${path}": it is a directory`);
  return path;
}

/** @throws {Failure} when nothing of the stack runs. */
function insistOnRunning(services: readonly ServiceStatus[]): void {
  if (services.some(({ state }) => state !== "stopped" && state !== "left-out")) return;
  throw new Failure(
    "The stack does not run, so there is nothing to test",
    EXIT.lacking,
    "run `deno task up`",
  );
}

if (import.meta.main) await main(smoke);
