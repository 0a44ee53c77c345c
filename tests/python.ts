/** Python programs for tests and benchmarks, in a virtual environment of their own in the cache. */

import { join } from "node:path";
import { readIfThere } from "../lib/files.ts";
import { lockFile } from "../lib/lock.ts";
import { run } from "../lib/process.ts";
import { defaultCacheDir } from "../tasks/binaries/cache.ts";

const INSTALL_MS = 300_000;
const READY = ".ready";

/** A virtual environment: the directory of its programs, or why there is none. */
export type Venv = { readonly bin: string; readonly skip?: undefined } | {
  readonly bin?: undefined;
  readonly skip: string;
};

/**
 * A virtual environment with `packages`, made once and kept in Vigie's cache.
 *
 * @param name Of its directory.
 * @param packages Pinned, such as `flask==3.1.3`.
 */
export async function pythonVenv(name: string, packages: readonly string[]): Promise<Venv> {
  if (!await answers("python3", ["-m", "venv", "--help"])) return { skip: "there is no python3 with venv" };
  const cache = join(defaultCacheDir(), "python");
  await Deno.mkdir(cache, { recursive: true });
  const directory = join(cache, name);
  const wanted = packages.join("\n");
  await using _lock = await lockFile(`${directory}.lock`);
  if (await readIfThere(join(directory, READY)) !== wanted) {
    const made = await run("python3", ["-m", "venv", "--clear", directory], { timeoutMs: INSTALL_MS });
    if (made.code !== 0) return { skip: `python3 -m venv ends with ${made.code}` };
    const args = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...packages];
    const { code, stderr } = await run(join(directory, "bin", "python3"), args, { timeoutMs: INSTALL_MS });
    if (code !== 0) return { skip: `pip cannot have ${packages.join(", ")}: ${lastLine(stderr)}` };
    await Deno.writeTextFile(join(directory, READY), wanted);
  }
  return { bin: join(directory, "bin") };
}

/** Whether `command` is there and ends well. */
export async function answers(command: string, args: readonly string[]): Promise<boolean> {
  try {
    return (await run(command, args)).code === 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
