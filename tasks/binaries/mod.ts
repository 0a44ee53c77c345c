/** Outside programs: from PATH, a cache, the projects' release archives, or Debian's packages. */

import { resolve } from "node:path";
import { systemError } from "../../lib/system_error.ts";
import { Lacking, type Progress } from "../engine/engine.ts";
import { silent } from "../progress.ts";
import { cacheSource, defaultCacheDir } from "./cache.ts";
import { debianSource } from "./debian.ts";
import { pathSource } from "./path.ts";
import { type BinaryName, PROGRAMS, tableVersion } from "./program.ts";
import { releaseSource } from "./release.ts";
import { type Binary, type Source, Unavailable } from "./source.ts";

export { BINARIES, type BinaryName, serviceOf } from "./program.ts";
export { type Binary, type Source, Unavailable } from "./source.ts";
export { compareVersions } from "./version.ts";

/** How to look for a program. */
export interface BinaryOptions {
  /** Told about downloads; nothing by default. */
  readonly progress?: Progress;
  /** Version without `v`; the version table's by default. */
  readonly version?: string;
  /** Where fetched programs are kept; `$XDG_CACHE_HOME/vigie` or `~/.cache/vigie` by default. */
  readonly cacheDir?: string;
  readonly signal?: AbortSignal;
  /** Sources to try, in turn; PATH, cache, release archives and Debian by default. */
  readonly sources?: readonly Source[];
}

// One set for the whole run: a site that cannot be reached is found out once, not once a program.
const SOURCES: readonly Source[] = [pathSource(), cacheSource(), releaseSource(), debianSource()];

/**
 * An outside program that runs on this machine, fetched into the cache if need be. Nothing is installed, and no root is needed.
 *
 * @throws {Lacking} when no source has it, saying what was tried and why each failed.
 */
export async function binary(name: BinaryName, options: BinaryOptions = {}): Promise<Binary> {
  const program = PROGRAMS[name];
  const { progress = silent, version = tableVersion(program), sources = SOURCES } = options;
  const signal = options.signal ?? new AbortController().signal;
  const failures: string[] = [];
  let cacheDir: string;
  try {
    cacheDir = resolve(options.cacheDir ?? defaultCacheDir());
  } catch (error) {
    throw new Lacking(
      `Cannot get ${name} ${version}: ${(error as Error).message}`,
      "set HOME or XDG_CACHE_HOME to a directory that can be written",
    );
  }
  for (const source of sources) {
    signal.throwIfAborted();
    try {
      return await source.find({ program, version, cacheDir, progress, signal });
    } catch (error) {
      // The cache may be full or closed to this user; a source that does not need it may still have the program.
      const refused = systemError(error);
      if (!(error instanceof Unavailable) && refused === undefined) throw error;
      failures.push(`${source.name}: ${refused?.message ?? (error as Error).message}`);
    }
  }
  throw new Lacking(
    `Cannot get ${name} ${version}:\n${failures.map((failure) => `  ${failure}`).join("\n")}`,
    cacheCure(failures.join("\n"), cacheDir) ??
      `put ${program.fileNames[0]} ${version} on PATH, or give this machine access to ${
        siteOf(program.archive.site)
      }`,
  );
}

/** What to do when it was the cache that failed; undefined when it was not. */
function cacheCure(failures: string, cacheDir: string): string | undefined {
  if (/no space left on device|disk quota exceeded/i.test(failures)) {
    return `free some disk space for "${cacheDir}", or name another cache with XDG_CACHE_HOME`;
  }
  return failures.includes(`"${cacheDir}`) &&
      /permission denied|read-only|not a directory|file exists/.test(failures)
    ? `give your user write access to "${cacheDir}", or name another cache with XDG_CACHE_HOME`
    : undefined;
}

function siteOf(site: "github" | "grafana"): string {
  return site === "grafana" ? "dl.grafana.com" : "github.com or to a Debian mirror";
}
