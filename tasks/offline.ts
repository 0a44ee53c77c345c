/** The offline checks of a stack, on files that are not in use yet: what is wrong is seen before anything changes. */

import { join } from "node:path";
import { type CheckContext, Skipped } from "../lib/check.ts";
import { type Files, writeFiles } from "../lib/files.ts";
import { COMPOSE_CHECKS, OFFLINE_CHECKS, STACK_CHECKS } from "./check/registry.ts";
import type { StackContext } from "./check/context.ts";
import { withPlaces } from "./check/placed.ts";
import { suppress } from "./check/suppress.ts";
import type { Invocation } from "./cli.ts";
import { dockerTool } from "./engine/docker_cli.ts";
import { type Engine, Lacking } from "./engine/engine.ts";
import type { Session } from "./session.ts";
import { secretsDirOf } from "./destinations.ts";
import type { Online } from "./online.ts";
import { renderFor, renderStack } from "./render.ts";
import { secretNeedsOf } from "./secret_needs.ts";
import { type EngineName, filesDirOf, type Stack, type Target, urlsOf } from "./stack.ts";
import { type Verdict, verify } from "./verify.ts";

export { OFFLINE_CHECKS } from "./check/registry.ts";

/** What `check` needs beside the files: programs, and a way to be stopped. */
export interface OfflineOptions extends Pick<Invocation, "config" | "progress" | "signal"> {
  /** The checks to run, by id; all when left out. */
  readonly ids?: ReadonlySet<string>;
  /** The stack that runs, for `--online`; it is not asked when left out. */
  readonly online?: Online;
  /** The day on which suppressions are judged, `2026-12-31`; today when left out. */
  readonly today?: string;
}

/** What the offline checks came to. */
export interface Checked {
  readonly verdicts: Verdict[];
  /** Every file that was checked, of both engines. */
  readonly files: Files;
  /** The directory that the files lie in which the problems of a check name. */
  directoryOf(id: string): string;
  /** Where these files will lie when they are in use. */
  buildDirOf(id: string): string;
}

/** What the checks look at: the files of the chosen engine, those of the docker engine, and the whole stack. */
export interface Contexts {
  readonly own: CheckContext;
  readonly compose: CheckContext;
  readonly whole: StackContext;
}

/**
 * What the checks of `stack` look at.
 *
 * @param target Where it is to run: what is rendered names its directories.
 * @param stagedDir The build directory that the files lie in while they are checked.
 */
export function contextsOf(
  stack: Stack,
  target: Target,
  stagedDir: string,
  { tool, signal, seen }: Pick<CheckContext, "tool" | "signal" | "seen">,
): Contexts {
  const context = (engine: EngineName): CheckContext => ({
    // Rendered for the real target: what is checked is byte for byte what would be served.
    files: renderFor(stack, { ...target, engine }),
    buildDir: filesDirOf({ engine, buildDir: stagedDir }),
    stateDir: target.stateDir,
    config: stack,
    secretFiles: secretNeedsOf(stack, { engine }).map(({ service, file }) =>
      join(secretsDirOf(service, { ...target, engine }), file)
    ),
    locale: stack.locale,
    urls: urlsOf(stack),
    tool,
    signal,
    seen,
  });
  const own = context(target.engine);
  const files = renderStack(stack, target);
  return {
    own,
    compose: target.engine === "docker" ? own : context("docker"),
    whole: { ...own, config: stack, inUse: { buildDir: target.buildDir, files } },
  };
}

/** Runs the chosen checks of every area, and judges what they say by the suppressions of config.ts. */
export async function runChecks(
  { own, compose, whole }: Contexts,
  isChosen: (check: { readonly id: string }) => boolean,
  today: string,
  online?: Online,
): Promise<Verdict[]> {
  const found = await Promise.all([
    verify(OFFLINE_CHECKS.filter(isChosen), own),
    verify(COMPOSE_CHECKS.filter(isChosen), compose),
    verify(STACK_CHECKS.filter(isChosen), whole),
    online?.check(whole, isChosen) ?? [],
  ]);
  return suppress(found.flat(), whole.config.checks.ignore, today).filter(isChosen);
}

/** Renders the stack into a directory of its own below the state directory and runs every offline check there. */
export async function checkOffline(
  { stack, target, engine }: Session,
  { config, progress, signal, ids, online, today = new Date().toISOString().slice(0, 10) }: OfflineOptions,
): Promise<Checked> {
  const stagedDir = join(target.stateDir, "check");
  progress.step("render the configuration");
  const tools = { tool: toolFinder(engine, progress), signal, seen: online?.seen };
  const contexts = contextsOf(stack, target, stagedDir, tools);
  const { own, compose, whole: { inUse: { files } } } = contexts;
  await writeFiles(stagedDir, files);
  progress.step("check the generated files");
  const judged = await runChecks(contexts, ({ id }) => ids?.has(id) ?? true, today, online);
  const isCompose = (id: string) => COMPOSE_CHECKS.some((check) => check.id === id);
  return {
    verdicts: await withPlaces(judged, { stack, config, files: own.files }),
    files,
    directoryOf: (id) => isCompose(id) ? compose.buildDir : own.buildDir,
    buildDirOf: (id) => filesDirOf({ ...target, ...(isCompose(id) && { engine: "docker" }) }),
  };
}

/** Finds a program once, however many checks ask for it at the same time. */
function toolFinder(engine: Engine, progress: Invocation["progress"]): CheckContext["tool"] {
  const found = new Map<string, Promise<string>>();
  return (name) => {
    // Docker's client is the one program that is never fetched.
    if (name === "docker") return dockerClient();
    const known = found.get(name) ?? engine.tool(name, progress).catch((error) => {
      if (error instanceof Lacking) throw new Skipped(error.message);
      throw error;
    });
    found.set(name, known);
    return known;
  };
}

async function dockerClient(): Promise<string> {
  try {
    return await dockerTool();
  } catch (error) {
    if (error instanceof Lacking) throw new Skipped(error.message);
    throw error;
  }
}
