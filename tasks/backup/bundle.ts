/** What a backup holds beside the services' data: config.ts with what it imports and names, and the secrets. */

import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { BUNDLE, type Bundle, type BundledFile, isDirectory } from "../../backup/mod.ts";
import { run } from "../../lib/process.ts";
import { readIfThere, writeAtomically } from "../../lib/files.ts";
import { EXIT, Failure } from "../cli.ts";
import { secretNeedsOf } from "../secret_needs.ts";
import type { Stack, Target } from "../stack.ts";
import { repositoryOf } from "./plan.ts";

const INFO_MS = 60_000;

/** What is to be saved beside the services' data. @param config Absolute path of config.ts. */
export async function bundleOf(config: string, stack: Stack, target: Target): Promise<Bundle> {
  const paths = new Set([config, ...await modulesOf(config), ...namedFiles(stack, target)]);
  const files = [
    ...await Promise.all([...paths].sort().map((path) => bundled(path, configPath(path, config)))),
    ...await secretsIn(join(target.stateDir, "secrets")),
  ];
  return {
    config: relative(dirname(config), config),
    files: files.filter((file) => file !== undefined),
  };
}

/** Gives the service what it needs of this machine: what is to be saved of config.ts and the secrets, and a directory for the repository. */
export async function prepareBackup(config: string, stack: Stack, target: Target): Promise<void> {
  const repository = repositoryOf(stack, target);
  refuseUnreachable(repository, target);
  if (isDirectory(repository)) await Deno.mkdir(repository, { recursive: true, mode: 0o700 });
  const path = join(target.stateDir, "secrets", "backup", BUNDLE);
  const text = JSON.stringify(await bundleOf(config, stack, target));
  if (await readIfThere(path) !== text) await writeAtomically(path, text, 0o600);
}

/**
 * Refuses a repository that the engine's containers have no program for.
 *
 * @throws {Failure}
 */
export function refuseUnreachable(repository: string, { engine }: Pick<Target, "engine">): void {
  if (engine === "local" || !repository.startsWith("sftp:")) return;
  throw new Failure(
    `Cannot back up to "${repository}" on the docker engine: its containers have no ssh client`,
    EXIT.usage,
    "name a directory, or a repository of another kind (`s3:`, `rest:`) in config.ts, or use the local engine",
  );
}

/** In the backup: below `config/` what lies beside config.ts, below `config/elsewhere/` the rest. */
function configPath(path: string, config: string): string {
  const inside = relative(dirname(config), path);
  return isAbsolute(inside) || inside.startsWith("..")
    ? join("config/elsewhere", path)
    : join("config", inside);
}

/** Modules that config.ts imports by their paths. Vigie's own, which it imports by name, are not the operator's. */
async function modulesOf(config: string): Promise<string[]> {
  const { code, stdout } = await run(Deno.execPath(), ["info", "--json", "--no-lock", config], {
    timeoutMs: INFO_MS,
  });
  // One that cannot be read any more is saved all the same.
  if (code !== 0) return [];
  const { modules } = JSON.parse(stdout) as {
    modules: { specifier: string; dependencies?: { specifier: string; code?: { specifier?: string } }[] }[];
  };
  const found = new Set<string>();
  const queue = [pathToFileURL(config).href];
  for (let url = queue.shift(); url !== undefined; url = queue.shift()) {
    for (const { specifier, code } of modules.find((each) => each.specifier === url)?.dependencies ?? []) {
      const target = code?.specifier;
      if (!target?.startsWith("file:") || !/^\.{0,2}\//.test(specifier) || found.has(target)) continue;
      found.add(target);
      queue.push(target);
    }
  }
  return [...found].map((url) => fileURLToPath(url));
}

/** Files that config.ts names: secrets of its own, and targets that others write. */
function namedFiles(stack: Stack, target: Target): string[] {
  const secrets = secretNeedsOf(stack, target).flatMap(({ from }) => "file" in from ? [from.file] : []);
  return [...secrets, ...stack.jobs.flatMap(({ files }) => files)].map((path) =>
    resolve(target.configDir, path)
  );
}

async function secretsIn(root: string, below = ""): Promise<(BundledFile | undefined)[]> {
  const found: (BundledFile | undefined)[] = [];
  try {
    for await (const { name, isDirectory, isFile } of Deno.readDir(join(root, below))) {
      const path = join(below, name);
      if (isDirectory) found.push(...await secretsIn(root, path));
      else if (isFile && !name.endsWith(".tmp") && path !== join("backup", BUNDLE)) {
        found.push(await bundled(join(root, path), join("secrets", path)));
      }
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found;
}

/** Undefined when there is no such file, such as targets that nobody has written yet. */
async function bundled(path: string, inBackup: string): Promise<BundledFile | undefined> {
  try {
    const bytes = await Deno.readFile(path);
    const { mode } = await Deno.stat(path);
    const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    return { path: inBackup, base64, mode: (mode ?? 0o600) & 0o777 };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.IsADirectory) return undefined;
    throw error;
  }
}
