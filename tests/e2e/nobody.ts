/** The ordinary user that tests become when they are run by root. */

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../lib/process.ts";
import { ASSETS_DIRECTORY, ensureAssets } from "../../tasks/assets.ts";
import { BINARIES, binary } from "../../tasks/binaries/mod.ts";

const PROJECT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const NOBODY = "65534";

/** This project as nobody has it. */
export interface NobodysProject {
  /** The command that is Deno for nobody, with an environment of its own; its arguments follow. */
  readonly deno: readonly string[];
  /** Path of the copy. */
  readonly project: string;
}

/**
 * Gives nobody a copy of all that is needed, as another user's home is closed to them.
 *
 * @param root A directory for it, left to the caller to remove; nobody owns it then.
 */
export async function prepareForNobody(root: string): Promise<NobodysProject> {
  for (const directory of ["project", "home", "cache", "deno", "tmp"]) {
    await Deno.mkdir(join(root, directory));
  }
  const parts = [
    "backup",
    "compose",
    "docs",
    "entry",
    "grafana",
    "lib",
    "prometheus",
    "tasks",
    "tests",
    "webhook",
    "deno.json",
    "deno.lock",
    "config.ts",
  ];
  await copy(parts.map((part) => join(PROJECT, part)), join(root, "project"));
  // Its bundler is fetched, which nobody may have to do without.
  await ensureAssets();
  await Deno.mkdir(join(root, "project", "dist"));
  await copy([ASSETS_DIRECTORY], join(root, "project", "dist"));
  await copy([Deno.execPath()], join(root, "deno-program"));
  const info = JSON.parse((await run(Deno.execPath(), ["info", "--json"])).stdout);
  await copy([info.npmCache], join(root, "deno", "npm"));
  // What this user has fetched, as from then on the cache of the other.
  const programs = new Set<string>();
  for (const name of BINARIES.filter((name) => name !== "grafana")) {
    const { path, source } = await binary(name);
    const unit = /^(.*\/programs\/[^/]+)\//.exec(path)?.[1];
    if (source !== "path" && unit) programs.add(unit);
  }
  await Deno.mkdir(join(root, "cache", "vigie", "programs"), { recursive: true });
  if (programs.size > 0) await copy([...programs], join(root, "cache", "vigie", "programs"));
  await must("chown", ["-R", `${NOBODY}:${NOBODY}`, root]);
  const deno = [
    "setpriv",
    `--reuid=${NOBODY}`,
    `--regid=${NOBODY}`,
    "--clear-groups",
    "env",
    "-i",
    "NO_COLOR=1",
    `PATH=${Deno.env.get("PATH")}`,
    `HOME=${join(root, "home")}`,
    `XDG_CACHE_HOME=${join(root, "cache")}`,
    `DENO_DIR=${join(root, "deno")}`,
    `TMPDIR=${join(root, "tmp")}`,
    join(root, "deno-program"),
  ];
  return { deno, project: join(root, "project") };
}

async function copy(sources: readonly string[], destination: string): Promise<void> {
  await must("cp", ["-r", ...sources, destination]);
}

async function must(command: string, args: readonly string[]): Promise<void> {
  const { code, stderr } = await run(command, args, { timeoutMs: 120_000 });
  if (code !== 0) throw new Error(`Cannot prepare the test: ${command} failed: ${stderr}`);
}

/** Why the test as another user cannot be made here; undefined when it can. */
export async function reasonAgainstNobody(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return "only on Linux";
  if (Deno.uid() !== 0) return "only root can become another user";
  try {
    const asNobody = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
    const temporary = Deno.env.get("TMPDIR") ?? "/tmp";
    if ((await run("setpriv", [...asNobody, "test", "-x", temporary])).code !== 0) {
      return `"${temporary}" is closed to other users; name another directory with TMPDIR`;
    }
    const { code, stderr } = await run("setpriv", [...asNobody, "unshare", "-Urm", "true"]);
    return code === 0 ? undefined : `this machine does not let users make namespaces: ${stderr.trim()}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "there is no setpriv here";
    throw error;
  }
}
