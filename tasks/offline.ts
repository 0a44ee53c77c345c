/** The offline checks of a stack, on files that are not in use yet: what is wrong is seen before anything changes. */

import { join } from "node:path";
import { composeChecks } from "../compose/mod.ts";
import { grafanaChecks } from "../grafana/mod.ts";
import { type Check, type CheckContext, Skipped } from "../lib/check.ts";
import { compareFiles, type Files, readIfThere, writeFiles } from "../lib/files.ts";
import { alertmanagerChecks } from "../prometheus/alertmanager/mod.ts";
import { prometheusChecks } from "../prometheus/mod.ts";
import type { Invocation } from "./cli.ts";
import { dockerTool } from "./engine/docker_cli.ts";
import { type Engine, Lacking } from "./engine/engine.ts";
import type { Session } from "./session.ts";
import { renderFor, renderStack } from "./render.ts";
import { filesDirOf, type Target, urlsOf } from "./stack.ts";
import { type Verdict, verify } from "./verify.ts";

/** Every check of the rendered files, in the order they are shown. */
export const OFFLINE_CHECKS: readonly Check[] = [
  ...prometheusChecks,
  ...alertmanagerChecks,
  ...grafanaChecks,
].filter(({ online }) => !online);

/** How many stale files are named. */
const MAX_NAMED = 5;

/** What `check` needs beside the files: programs, and a way to be stopped. */
export type OfflineOptions = Pick<Invocation, "progress" | "signal">;

/**
 * Renders the stack into a directory of its own below the state directory and runs every offline check there.
 *
 * @returns the verdicts, the directory that the problems' files are in, and every file that was checked.
 */
export async function checkOffline(
  { stack, target, engine }: Session,
  { progress, signal }: OfflineOptions,
): Promise<{ verdicts: Verdict[]; directory: string; files: Files }> {
  const staging: Target = { ...target, buildDir: join(target.stateDir, "check") };
  progress.step("render the configuration");
  // Rendered for the real target: what is checked is byte for byte what would be served.
  const files = renderStack(stack, target);
  await writeFiles(staging.buildDir, files);
  const tool = toolFinder(engine, progress);
  const context = (of: Target): CheckContext => ({
    files: renderFor(stack, { ...target, engine: of.engine }),
    buildDir: filesDirOf(of),
    stateDir: target.stateDir,
    locale: stack.locale,
    urls: urlsOf(stack),
    tool,
    signal,
  });
  progress.step("check the generated files");
  const [own, compose, fresh] = await Promise.all([
    verify(OFFLINE_CHECKS, context(staging)),
    verify(composeChecks, context({ ...staging, engine: "docker" })),
    verify([buildIsFresh(target, files)], context(staging)),
  ]);
  return { verdicts: [...own, ...compose, ...fresh], directory: filesDirOf(staging), files };
}

/** Compares build/ with what config.ts gives. A build directory that was never made is not stale. */
function buildIsFresh({ buildDir }: Target, files: Files): Check {
  const id = "build/fresh";
  return {
    id,
    title: "build/ is what config.ts gives",
    online: false,
    async run() {
      if (await readIfThere(join(buildDir, ".generated.json")) === undefined) {
        throw new Skipped("nothing is generated yet");
      }
      const changes = await compareFiles(buildDir, files);
      if (changes.length === 0) return [];
      const named = changes.slice(0, MAX_NAMED).map(({ path }) => path).join(", ");
      const more = changes.length > MAX_NAMED ? ` and ${changes.length - MAX_NAMED} more` : "";
      return [{
        check: id,
        severity: "warning",
        file: "",
        message: `config.ts has changed since the files were written: ${named}${more}`,
        cure: "`deno task up` applies it, `deno task generate` only writes the files",
      }];
    },
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
