/** `deno task compile`: the webhook as one program that needs nothing installed. */

import { basename, dirname, join, resolve } from "node:path";
import { run } from "../lib/process.ts";
import { formatBytes } from "../lib/units.ts";
import { writeAssets } from "./assets.ts";
import { bundle, reasonIn } from "./bundler.ts";
import { type Command, EXIT, main, UsageError } from "./cli.ts";
import { Lacking, type Progress } from "./engine/engine.ts";
import { silent } from "./progress.ts";

const ROOT = join(import.meta.dirname!, "..");
const COMPILE_MS = 10 * 60_000;
const START_MS = 30_000;

/**
 * What the webhook may do, baked into the program: listen and call out; read its configuration and secrets; write its data, wherever
 * `--data` says. It may not run programs, read the environment, or load code.
 */
export const WEBHOOK_PERMISSIONS = ["--allow-net", "--allow-read", "--allow-write"] as const;

/**
 * V8's defaults are for desktops: it lets garbage pile up to 32 MB, and lets the heap double before it looks. With these a burst of alerts leaves
 * two thirds of the memory behind, and takes no longer (`deno task bench webhook`). Collecting on one thread saves a little more, and holds
 * answers back for 300 ms at times.
 */
export const V8_FLAGS = "--v8-flags=--max-semi-space-size=4,--heap-growing-percent=15";

/** A program of Vigie's own. */
export interface OwnProgram {
  readonly name: string;
  /** Its main module, relative to the project. */
  readonly main: string;
  /** Whether browsers load something beside its pages. */
  readonly hasAssets?: boolean;
  /** Flags that are baked into it. */
  readonly flags: readonly string[];
}

/** The webhook. */
export const WEBHOOK_PROGRAM: OwnProgram = {
  name: "webhook",
  main: "webhook/main.ts",
  hasAssets: true,
  flags: [V8_FLAGS, ...WEBHOOK_PERMISSIONS],
};

/** The backup, as its image has it: it may run restic and nothing else. */
export const BACKUP_PROGRAM: OwnProgram = {
  name: "backup",
  main: "backup/main.ts",
  flags: [V8_FLAGS, "--allow-net", "--allow-read", "--allow-write", "--allow-run=/restic"],
};

/** Platforms that Deno compiles for. */
export const TARGETS = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
] as const;

/** A platform that Deno compiles for. */
export type CompileTarget = typeof TARGETS[number];

/** How to make a program of ours. */
export interface ProgramOptions {
  /** The webhook by default. */
  readonly program?: OwnProgram;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/** How to bundle. */
export interface BundleOptions extends ProgramOptions {
  /** Where the files are written; it is made. */
  readonly directory: string;
}

/** How to compile. */
export interface CompileOptions extends ProgramOptions {
  /** The file to write; its directory is made. */
  readonly output: string;
  /** This machine's platform by default. */
  readonly target?: CompileTarget;
}

/** A compiled program. */
export interface Compiled {
  /** Absolute path. */
  readonly output: string;
  readonly target: CompileTarget;
  readonly bytes: number;
}

/**
 * Writes a program of ours, the webhook by default, and all it imports as JavaScript: `NAME.js`, which `deno run` runs without this project, and
 * beside it what it loads only when it needs it. In one file V8 would have to read all of it at every start.
 *
 * @returns name of the program's file.
 * @throws {Lacking} when the bundler cannot be had.
 */
export async function bundleWebhook(options: BundleOptions): Promise<string> {
  const { program = WEBHOOK_PROGRAM, progress = silent, signal } = options;
  const directory = resolve(options.directory);
  progress.step(`bundle the ${program.name}`);
  await Deno.mkdir(directory, { recursive: true });
  await bundle({
    what: `the ${program.name}`,
    main: program.main,
    output: directory,
    isSplit: true,
    flags: ["--platform=deno"],
    cwd: ROOT,
    signal,
  });
  const main = `${program.name}.js`;
  await Deno.rename(join(directory, basename(program.main).replace(/\.ts$/, ".js")), join(directory, main));
  for await (const { name } of Deno.readDir(directory)) {
    if (name.endsWith(".js")) await writeAsAscii(join(directory, name));
  }
  return main;
}

/** One letter beyond Latin-1 makes V8 keep the whole source with two bytes for each character: 3 MB of the webhook's memory. */
async function writeAsAscii(path: string): Promise<void> {
  const source = await Deno.readTextFile(path);
  const escape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  await Deno.writeTextFile(path, source.replace(/[\u0080-\uffff]/g, escape));
}

/**
 * Compiles a program of ours, the webhook by default, into one file, its permissions baked in. Only the bundle is embedded. The output appears whole or not at all.
 *
 * @throws {Lacking} when the runtime to embed, `denort`, cannot be had or is of another version.
 */
export async function compileWebhook(options: CompileOptions): Promise<Compiled> {
  const { program = WEBHOOK_PROGRAM, progress = silent, signal, target = hostTarget() } = options;
  const output = resolve(options.output);
  // Deno embeds what lies around the main module, so it lies alone.
  const directory = await Deno.makeTempDir({ prefix: "vigie-compile-" });
  // Beside the output, as a rename does not cross file systems; of its name, as Deno takes the program's name from it.
  const aside = `${output}.${crypto.randomUUID().slice(0, 8)}.partial`;
  const made = target.includes("windows") ? `${aside}.exe` : aside;
  try {
    const main = await bundleWebhook({ directory, program, progress, signal });
    if (program.hasAssets) await writeAssets(join(directory, "assets"), { progress, signal });
    progress.step(`compile ${basename(output)} for ${target}`);
    await Deno.mkdir(dirname(output), { recursive: true });
    const { code, stderr } = await run(Deno.execPath(), [
      "compile",
      "--quiet",
      "--no-config",
      "--no-lock",
      "--no-check",
      `--target=${target}`,
      `--output=${aside}`,
      ...program.flags,
      ...(program.hasAssets ? ["--include=assets"] : []),
      main,
    ], { cwd: directory, timeoutMs: COMPILE_MS, signal });
    signal?.throwIfAborted();
    if (code !== 0) throw refusal(target, stderr);
    if (target === hostTarget()) await proveStart(made, target, signal);
    await Deno.rename(made, output);
    return { output, target, bytes: (await Deno.stat(output)).size };
  } finally {
    await Deno.remove(directory, { recursive: true });
    await Deno.remove(made).catch(() => {});
  }
}

/** The platform of this machine. */
export function hostTarget(): CompileTarget {
  return Deno.build.target as CompileTarget;
}

/** A denort of another version compiles well and then finds nothing in itself. */
async function proveStart(program: string, target: CompileTarget, signal?: AbortSignal): Promise<void> {
  const { code, stdout, stderr } = await run(program, ["--version"], { timeoutMs: START_MS, signal })
    .catch((error) => ({ code: -1, stdout: "", stderr: (error as Error).message }));
  signal?.throwIfAborted();
  if (code !== 0 || !/^\d+\.\d+\.\d+/.test(stdout)) {
    throw refusal(target, stderr || `it ends with code ${code}`);
  }
}

function refusal(target: CompileTarget, stderr: string): Error {
  const own = Deno.env.get("DENORT_BIN");
  if (own === undefined && !/dl\.deno\.land|denort|error sending request/i.test(stderr)) {
    return new Error(`Cannot compile the webhook for ${target}: ${stderr.trim()}`);
  }
  const { deno } = Deno.version;
  const base = own === undefined
    ? "Deno downloads the runtime to embed, denort, from dl.deno.land"
    : `DENORT_BIN names "${own}" as the runtime to embed, which must be denort ${deno} for ${target}`;
  return new Lacking(
    `Cannot compile the webhook for ${target}: ${base}: ${reasonIn(stderr)}`,
    `let this machine reach dl.deno.land, or unpack https://github.com/denoland/deno/releases/download/v${deno}/denort-${target}.zip ` +
      "elsewhere and set DENORT_BIN to the file in it",
  );
}

/** The command. */
export const compile: Command = {
  name: "compile",
  summary: "build the webhook as one program, dist/webhook",
  flags: {
    target: { type: "string", value: "TARGET", help: `the platform (this machine's): ${TARGETS.join(", ")}` },
    output: { type: "string", value: "FILE", help: "the program to write (dist/webhook)", short: "o" },
  },
  examples: ["compile", "compile --target aarch64-unknown-linux-gnu --output dist/webhook-arm64"],
  async run({ flags, progress, signal, print }) {
    const target = targetOf(flags.target as string | undefined);
    const windows = target.includes("windows") ? ".exe" : "";
    const output = (flags.output as string | undefined) ?? join("dist", `webhook${windows}`);
    const compiled = await compileWebhook({ output, target, progress, signal });
    print(`${compiled.output} (${formatBytes(compiled.bytes)}, ${target})`);
    return { code: EXIT.done, json: compiled };
  },
};

function targetOf(text: string | undefined): CompileTarget {
  if (text === undefined) return hostTarget();
  const target = TARGETS.find((one) => one === text);
  if (!target) throw new UsageError(`Cannot compile for "${text}": Deno compiles for ${TARGETS.join(", ")}`);
  return target;
}

if (import.meta.main) await main(compile);
