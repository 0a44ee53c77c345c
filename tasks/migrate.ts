/** `deno task migrate`: rewrites a config.ts of an older schema. */

import { createTwoFilesPatch } from "diff";
import { basename, dirname, join, relative } from "node:path";
import pc from "picocolors";
import { readIfThere, writeAtomically } from "../lib/files.ts";
import { ask } from "./ask.ts";
import { type Command, EXIT, Failure, type Invocation, main } from "./cli.ts";
import { loadConfig } from "./load_config.ts";
import { migrate, type Migrated } from "./migrate/mod.ts";
import { renderStack } from "./render.ts";
import { SCHEMA_VERSION } from "./schema_version.ts";

/** The command. */
export const migrateCommand: Command = {
  name: "migrate",
  summary: "rewrite a config.ts of an older schema, after showing what changes; a copy of it is kept",
  flags: {
    "dry-run": { type: "boolean", help: "show what would change, write nothing" },
    yes: { type: "boolean", short: "y", help: "do not ask" },
  },
  examples: ["migrate --dry-run", "migrate", "migrate --config staging.ts --yes"],
  async run(invocation) {
    const { config, flags, print, signal } = invocation;
    const source = await readIfThere(config);
    if (source === undefined) {
      throw new Failure(`There is no "${shown(config)}"`, EXIT.usage, "name the configuration with --config");
    }
    const migrated = migratedText(source, config);
    const json = { config, from: migrated.from, to: SCHEMA_VERSION };
    if (migrated.steps.length === 0) {
      print(`${shown(config)} has schema ${SCHEMA_VERSION}, the newest`);
      return { code: EXIT.done, json: { ...json, changed: false } };
    }
    await insistOnSame(invocation, migrated);
    print(diffText(source, migrated.text, shown(config)));
    for (const { title, changed } of migrated.steps) if (changed) print(`  ${title}`);
    if (flags["dry-run"]) return { code: EXIT.done, json: { ...json, changed: false, text: migrated.text } };
    await confirm(invocation);
    const copy = await keepCopy(config, source, migrated.from);
    signal.throwIfAborted();
    const { mode } = await Deno.stat(config);
    // What a link leads to is rewritten, not the link.
    await writeAtomically(await Deno.realPath(config), migrated.text, (mode ?? 0o644) & 0o777);
    print(`${shown(config)} has schema ${SCHEMA_VERSION} now; what it was is in ${shown(copy)}`);
    return { code: EXIT.done, json: { ...json, changed: true, copy } };
  },
};

function migratedText(source: string, config: string): Migrated {
  try {
    return migrate(source);
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof RangeError)) throw error;
    throw new Failure(
      `Cannot migrate "${shown(config)}": ${lowered(error.message)}`,
      EXIT.usage,
      error instanceof SyntaxError ? "mend it first: `deno task check` shows the place" : undefined,
    );
  }
}

function lowered(message: string): string {
  return message.replace(/^Cannot migrate /, "").replace(/^[A-Z]/, (first) => first.toLowerCase());
}

/** A migration changes how things are written and nothing else: what is generated stays the same, byte for byte. */
async function insistOnSame({ config, buildDir, stateDir }: Invocation, { text }: Migrated): Promise<void> {
  const target = { buildDir, stateDir, configDir: dirname(config) };
  const before = await loadConfig(config, { stateDir, machine: false });
  // Beside it, so that what it imports is found.
  const trial = join(dirname(config), `.${crypto.randomUUID().slice(0, 8)}.${basename(config)}`);
  try {
    await Deno.writeTextFile(trial, text, { createNew: true, mode: 0o600 });
    const after = await loadConfig(trial, { stateDir, machine: false });
    const [was, is] = [before, after].map(({ stack }) => JSON.stringify([...renderStack(stack, target)]));
    if (was === is) return;
  } finally {
    await Deno.remove(trial).catch(ignoreMissing);
  }
  throw new Failure(
    `Cannot migrate "${shown(config)}": what is generated would not stay the same, and nothing was changed`,
    EXIT.wrong,
    "change it by hand: `deno task migrate --help` names what a schema changed",
  );
}

async function confirm(invocation: Invocation): Promise<void> {
  if (invocation.flags.yes) return;
  invocation.progress[Symbol.dispose]();
  if (!Deno.stdin.isTerminal() || invocation.json) {
    throw new Failure(
      "Cannot ask whether to rewrite the configuration: there is no terminal, and nothing was changed",
      EXIT.usage,
      "pass --yes; --dry-run shows what would change",
    );
  }
  if (await ask(`Rewrite ${shown(invocation.config)}?`, invocation.signal)) return;
  throw new Failure("Nothing was changed", EXIT.wrong);
}

/** @returns the path of the copy, which is new: an older one is not written over. */
async function keepCopy(config: string, source: string, from: number): Promise<string> {
  for (let i = 1;; i++) {
    const path = `${config}.schema-${from}${i === 1 ? "" : `.${i}`}`;
    const there = await readIfThere(path);
    if (there === source) return path;
    if (there !== undefined) continue;
    const { mode } = await Deno.stat(config);
    await writeAtomically(path, source, (mode ?? 0o644) & 0o777);
    return path;
  }
}

function diffText(before: string, after: string, name: string): string {
  const patch = createTwoFilesPatch(name, name, before, after, undefined, undefined, { context: 2 });
  const lines = patch.trimEnd().split("\n").filter((line) => !/^(=+$|Index: )/.test(line));
  return lines.map((line) =>
    /^(---|\+\+\+)/.test(line)
      ? pc.bold(line)
      : line.startsWith("+")
      ? pc.green(line)
      : line.startsWith("-")
      ? pc.red(line)
      : line
  ).join("\n");
}

function shown(path: string): string {
  const short = relative(Deno.cwd(), path);
  return short === "" || short.startsWith("..") ? path : short;
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

if (import.meta.main) await main(migrateCommand);
