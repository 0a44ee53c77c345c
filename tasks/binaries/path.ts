/** Programs that are installed already: found on PATH. */

import { dirname, isAbsolute, join } from "node:path";
import type { Program } from "./program.ts";
import { type Binary, type Source, Unavailable } from "./source.ts";
import { olderWarning, versionOf } from "./version.ts";

/**
 * The source of what is installed.
 *
 * @param path Directories to look in, separated by `:`; the variable PATH by default.
 */
export function pathSource(path?: string): Source {
  return {
    name: "PATH",
    async find({ program, version: wanted, signal }): Promise<Binary> {
      const refused: string[] = [];
      for (const candidate of await executables(program, path ?? Deno.env.get("PATH") ?? "")) {
        try {
          const version = await versionOf(program, candidate, signal);
          const home = program.name === "grafana" ? await grafanaHome(candidate) : undefined;
          const warning = olderWarning(program, candidate, version, wanted);
          return { name: program.name, path: candidate, version, source: "path", warning, home };
        } catch (error) {
          if (!(error instanceof Unavailable)) throw error;
          refused.push(error.message);
        }
      }
      const names = program.fileNames.map((name) => `"${name}"`).join(" or ");
      throw new Unavailable(refused.length > 0 ? refused.join("; ") : `no ${names} on PATH`);
    },
  };
}

/**
 * The directory with Grafana's `conf/` and `public/`, found from its executable.
 *
 * @throws {Unavailable} when there is none.
 */
export async function grafanaHome(executable: string): Promise<string> {
  const real = await Deno.realPath(executable);
  const prefix = dirname(dirname(real));
  // The archive's own layout; a prefix such as Homebrew's; what the .deb and .rpm packages install.
  const candidates = [prefix, join(prefix, "share", "grafana"), "/usr/share/grafana"];
  for (const home of candidates) {
    if (await isThere(join(home, "conf", "defaults.ini")) && await isThere(join(home, "public"))) return home;
  }
  throw new Unavailable(
    `"${executable}" has no home: no conf/defaults.ini and public/ in ${
      candidates.map((c) => `"${c}"`).join(", ")
    }`,
  );
}

async function executables(program: Program, path: string): Promise<string[]> {
  // A relative entry would make the answer depend on the working directory.
  const directories = [...new Set(path.split(":").filter(isAbsolute))];
  const candidates = program.fileNames.flatMap((name) =>
    directories.map((directory) => join(directory, name))
  );
  const there = await Promise.all(candidates.map(isExecutable));
  return candidates.filter((_, i) => there[i]);
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    const { isFile, mode } = await Deno.stat(path);
    return isFile && (mode === null || (mode & 0o111) !== 0);
  } catch {
    return false;
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch {
    return false;
  }
}
