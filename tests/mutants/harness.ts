/** Running the checks on a mutant. */

import { join } from "node:path";
import { type CheckContext, type Problem, Skipped } from "../../lib/check.ts";
import { type Files, writeFiles } from "../../lib/files.ts";
import { binary, type BinaryName } from "../../tasks/binaries/mod.ts";
import { type Contexts, contextsOf, runChecks } from "../../tasks/offline.ts";
import { ConfigError, defineStack, type StackInput } from "../../tasks/stack.ts";
import { baseInput } from "./base.ts";
import type { Mutant } from "./mutant.ts";

/** What the checks said of a configuration. */
export interface Found {
  readonly problems: readonly Problem[];
  /** Checks that could not look, and why. */
  readonly skipped: readonly string[];
}

/** A directory in which mutants are tried, one at a time. */
export interface Laboratory extends AsyncDisposable {
  /** What the checks say of the correct configuration. */
  base(ids?: ReadonlySet<string>): Promise<Found>;
  /** What they say of a mutant. @param ids The checks to run; all when left out. */
  try(mutant: Mutant, ids?: ReadonlySet<string>): Promise<Found>;
}

const TODAY = "2026-12-31";

/** Makes a laboratory. Its checks run in this process, with the real promtool and amtool where a check asks for one. */
export async function openLaboratory(): Promise<Laboratory> {
  const directory = await Deno.makeTempDir({ prefix: "vigie-mutants-" });
  const stagedDir = join(directory, "staged");
  const target = {
    engine: "docker" as const,
    buildDir: join(directory, "build"),
    stateDir: join(directory, "state"),
    configDir: directory,
  };
  const tools = new Map<string, Promise<string>>();
  const tool = (name: string) => {
    // What Compose itself says is not what mutants are about, and its client is slow.
    if (name === "docker") return Promise.reject(new Skipped("not asked in tests"));
    const known = tools.get(name) ?? binary(name as BinaryName).then(({ path }) => path);
    tools.set(name, known);
    return known;
  };
  let onDisk: Files = new Map();

  const contexts = (input: StackInput): Contexts =>
    contextsOf(defineStack(input), target, stagedDir, { tool, signal: new AbortController().signal });

  const run = async (all: Contexts, files: Files, ids?: ReadonlySet<string>): Promise<Found> => {
    await writeChanges(stagedDir, onDisk, files);
    onDisk = files;
    const changed = (context: CheckContext) => ({ ...context, files });
    const own = changed(all.own);
    const spoilt: Contexts = { own, compose: own, whole: { ...all.whole, files } };
    const verdicts = await runChecks(spoilt, ({ id }) => ids?.has(id) ?? true, TODAY);
    return {
      problems: verdicts.flatMap(({ problems }) => problems),
      skipped: verdicts.flatMap(({ id, skipped }) => skipped === undefined ? [] : [`${id}: ${skipped}`]),
    };
  };

  const correct = contexts(baseInput());
  return {
    base: (ids) => run(correct, correct.own.files, ids),
    async try({ config, files: spoil }, ids) {
      let all = correct;
      if (config) {
        const input = baseInput();
        config(input);
        try {
          all = contexts(input);
        } catch (error) {
          if (!(error instanceof ConfigError)) throw error;
          return { problems: error.issues.map(asProblem), skipped: [] };
        }
      }
      const files = new Map(all.own.files);
      spoil?.(files);
      return await run(all, files, ids);
    },
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

/** Makes a directory that holds `before` hold `after`: few files differ from one mutant to the next. */
async function writeChanges(directory: string, before: Files, after: Files): Promise<void> {
  if (before.size === 0) await writeFiles(directory, after);
  for (const [path, text] of after) {
    if (before.get(path) !== text) await Deno.writeTextFile(join(directory, path), text);
  }
  for (const path of before.keys()) if (!after.has(path)) await Deno.remove(join(directory, path));
}

function asProblem({ message, cure = "" }: { message: string; cure?: string }): Problem {
  return { check: "config", severity: "error", file: "config.ts", message, cure };
}
