/** `deno task generate`: writes the files that config.ts gives, or says how they differ from those on disk. */

import { createTwoFilesPatch } from "diff";
import pc from "picocolors";
import { join, relative } from "node:path";
import { type Change, compareFiles, writeFiles } from "../lib/files.ts";
import { type Command, EXIT, type Flag, type Invocation, main, UsageError } from "./cli.ts";
import { readRecord } from "./engine/choose.ts";
import { loadConfig } from "./load_config.ts";
import { renderStack } from "./render.ts";
import type { Stack, Target } from "./stack.ts";
import { differenceOf } from "./effects/difference.ts";
import { heldStack } from "./upgrade/held.ts";

const FLAGS: Readonly<Record<string, Flag>> = {
  diff: { type: "boolean", help: "show what would change in what runs, write nothing" },
  files: { type: "boolean", help: "with --diff: show what would change in the files, line by line" },
  check: { type: "boolean", help: "exit 1 when the files are not what config.ts gives, write nothing" },
};

/** The command; `generate` is what it does. */
export const generateCommand: Command = {
  name: "generate",
  summary: "write the files that config.ts gives",
  flags: FLAGS,
  examples: ["generate", "generate --diff", "generate --diff --files", "generate --check --json"],
  async run(invocation) {
    const { config, buildDir, stateDir, flags, signal, print } = invocation;
    // Files can be written for another machine: its secrets and its disk are not asked for here.
    const { stack: configured, configDir } = await loadConfig(config, { stateDir, machine: false });
    // What the running stack had to leave out, such as Grafana, is not scraped: files that name it would not be the ones in use.
    const record = await readRecord(stateDir);
    const leftOut = record?.leftOut;
    const stack = heldStack(configured, record?.versions);
    const target = { buildDir, stateDir, configDir, leftOut };
    const looksOnly = flags.diff === true || flags.check === true;
    const changes = looksOnly
      ? await compareFiles(buildDir, renderStack(stack, target))
      : await generate(stack, target, { signal });
    if (flags.files && !flags.diff) {
      throw new UsageError(
        'Cannot use "--files" without "--diff": `generate --diff --files` shows the lines that change',
      );
    }
    const difference = flags.diff ? await differenceOf(stack, target, record) : undefined;
    if (difference && !flags.files) print(difference.text);
    else {for (const change of changes) {
        print(flags.diff ? diffText(change, buildDir) : changeText(change, buildDir));
      }}
    print(summary(changes, invocation));
    const stale = flags.check === true && changes.length > 0;
    return {
      code: stale ? EXIT.wrong : EXIT.done,
      json: {
        buildDir,
        changes: changes.map(({ path, kind }) => ({ path, kind })),
        ...(difference && { services: difference.actions, effects: difference.effects }),
      },
    };
  },
};

/**
 * Writes every file of `stack` and removes what it no longer has. Interrupted, the next call completes it.
 *
 * @returns what changed on disk.
 * @throws {ForeignDirectory} when the build directory holds somebody else's files.
 */
export async function generate(
  stack: Stack,
  target: Omit<Target, "engine">,
  options: { signal?: AbortSignal } = {},
): Promise<Change[]> {
  return await writeFiles(target.buildDir, renderStack(stack, target), options);
}

const MARKS = { added: pc.green("+"), changed: pc.yellow("~"), removed: pc.red("-") };

function changeText({ kind, path }: Change, buildDir: string): string {
  return `${MARKS[kind]} ${shown(join(buildDir, path))}`;
}

function diffText({ kind, path, before, after }: Change, buildDir: string): string {
  const name = shown(join(buildDir, path));
  const patch = createTwoFilesPatch(
    kind === "added" ? "/dev/null" : name,
    kind === "removed" ? "/dev/null" : name,
    before,
    after,
    undefined,
    undefined,
    { context: 3 },
  );
  const lines = patch.trimEnd().split("\n").filter((line) => !/^=+$/.test(line));
  return lines.map(coloured).join("\n");
}

function coloured(line: string): string {
  if (/^(---|\+\+\+)/.test(line)) return pc.bold(line);
  if (line.startsWith("@@")) return pc.cyan(line);
  return line.startsWith("+") ? pc.green(line) : line.startsWith("-") ? pc.red(line) : line;
}

function summary(changes: readonly Change[], { buildDir, flags }: Invocation): string {
  const directory = shown(buildDir);
  if (changes.length === 0) return `${directory} is what config.ts gives`;
  const count = `${changes.length} ${changes.length === 1 ? "file" : "files"}`;
  if (flags.check) {
    return `${count} in ${directory} ${changes.length === 1 ? "is" : "are"} not what config.ts gives`;
  }
  return `${count} ${flags.diff ? "would change" : "changed"} in ${directory}`;
}

function shown(path: string): string {
  const short = relative(Deno.cwd(), path);
  return short === "" || short.startsWith("..") ? path : short;
}

if (import.meta.main) await main(generateCommand);
