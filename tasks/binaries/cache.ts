/** Programs that an earlier run fetched: how they lie in the cache, and how they get there whole or not at all. */

import { dirname, join } from "node:path";
import { readIfThere } from "../../lib/files.ts";
import { lockFile } from "../../lib/lock.ts";
import { systemError } from "../../lib/system_error.ts";
import type { BinaryName } from "./program.ts";
import { type Binary, type Source, Unavailable, type Wanted } from "./source.ts";
import { olderWarning, versionOf } from "./version.ts";

/** What a fetched directory holds; in its file MANIFEST. */
interface Manifest {
  /** Version of the programs, as they say it. */
  readonly version: string;
  readonly programs: Partial<Record<BinaryName, { readonly path: string; readonly bytes: number }>>;
}

const MANIFEST = ".vigie.json";

/** The default cache: `$XDG_CACHE_HOME/vigie`, else `~/.cache/vigie`. @throws {Unavailable} when neither is known. */
export function defaultCacheDir(): string {
  const xdg = Deno.env.get("XDG_CACHE_HOME");
  if (xdg) return join(xdg, "vigie");
  const home = Deno.env.get("HOME");
  if (home) return join(home, ".cache", "vigie");
  throw new Unavailable("neither XDG_CACHE_HOME nor HOME is set");
}

/** The source of what an earlier run fetched for the same version. */
export function cacheSource(): Source {
  return {
    name: "cache",
    async find(wanted): Promise<Binary> {
      const units = [releaseUnit(wanted), debianUnit(wanted)].filter((unit) => unit !== undefined);
      for (const unit of units) {
        const binary = await cached(wanted, unit, "cache");
        if (binary) return binary;
      }
      throw new Unavailable(`no ${wanted.program.name} ${wanted.version} in "${wanted.cacheDir}"`);
    },
  };
}

/** Name of the directory that a release archive is unpacked into; undefined when there is none for this machine. */
export function releaseUnit({ program, version }: Pick<Wanted, "program" | "version">): string | undefined {
  const platform = releasePlatform();
  return platform && `${program.archive.unit}-${version}.${platform.os}-${platform.arch}`;
}

/** Name of the directory that a Debian package is unpacked into; it names the version that was wanted, not the one Debian has. */
export function debianUnit({ program, version }: Pick<Wanted, "program" | "version">): string | undefined {
  return program.debian && `debian-${program.debian.package}-for-${version}.${Deno.build.arch}`;
}

/** This machine as release archives name it. */
export function releasePlatform(): { os: string; arch: string } | undefined {
  const { os, arch } = Deno.build;
  if (os !== "linux" && os !== "darwin") return undefined;
  return { os, arch: arch === "x86_64" ? "amd64" : "arm64" };
}

/** `wanted` from the cached directory `unit`; undefined when it is not there or not whole. */
export async function cached(
  wanted: Wanted,
  unit: string,
  source: Binary["source"],
): Promise<Binary | undefined> {
  const { program, cacheDir } = wanted;
  const directory = join(cacheDir, "programs", unit);
  const manifest = await readManifest(directory);
  const entry = manifest?.programs[program.name];
  if (!manifest || !entry) return undefined;
  const path = join(directory, entry.path);
  // A machine that lost power may have the name and not the content.
  const bytes = await Deno.stat(path).then(({ size }) => size, () => -1);
  if (bytes !== entry.bytes) return undefined;
  const fromDebian = unit === debianUnit(wanted);
  return {
    name: program.name,
    path,
    version: manifest.version,
    source,
    warning: olderWarning(program, path, manifest.version, wanted.version),
    overlay: fromDebian && program.debian?.wantsShare ? join(directory, "usr", "share") : undefined,
    home: program.name === "grafana" ? directory : undefined,
  };
}

/**
 * Fills the cached directory `unit` and returns `wanted` from it. Whatever happens, `unit` is absent or whole; two runs at once
 * do it once; what an interrupted run left is cleared away.
 *
 * @param programs Path of each program in the unpacked tree.
 * @param unpack Puts the tree into the empty directory that it is given.
 */
export async function fill(
  wanted: Wanted,
  unit: string,
  source: Binary["source"],
  programs: Partial<Readonly<Record<BinaryName, string>>>,
  unpack: (directory: string) => Promise<void>,
): Promise<Binary> {
  const { program, cacheDir, progress, signal } = wanted;
  await makeDirectory(join(cacheDir, "locks"));
  using _lock = await lockFile(join(cacheDir, "locks", unit), {
    signal,
    onWait: () => progress.step(`wait for ${program.archive.unit}, which is being fetched already`),
  });
  // Another run may have done it while this one waited; then it is this source's work all the same.
  const before = await cached(wanted, unit, source);
  if (before) return before;

  const target = join(cacheDir, "programs", unit);
  const unpacking = join(cacheDir, "unpacking");
  await makeDirectory(unpacking);
  await clearLeftOvers(unpacking, unit);
  // A name of its own: what unpacks for a run that was killed may go on for a while.
  const temporary = join(unpacking, `${unit}.${crypto.randomUUID().slice(0, 8)}`);
  await makeDirectory(temporary);
  try {
    await unpack(temporary);
    const version = await versionOf(program, join(temporary, programs[program.name]!), signal);
    await writeManifest(temporary, version, programs);
    await removeTree(target);
    await makeDirectory(dirname(target));
    await Deno.rename(temporary, target);
  } catch (error) {
    await removeTree(temporary);
    throw error;
  }
  const filled = await cached(wanted, unit, source);
  if (!filled) throw new Unavailable(`"${target}" was changed by another program while it was filled`);
  return filled;
}

/** Removes what killed runs left; what is written to meanwhile is left to the next run. */
async function clearLeftOvers(unpacking: string, unit: string): Promise<void> {
  for await (const { name } of Deno.readDir(unpacking)) {
    if (name.startsWith(`${unit}.`)) await removeTree(join(unpacking, name)).catch(() => {});
  }
}

async function writeManifest(
  directory: string,
  version: string,
  programs: Partial<Readonly<Record<BinaryName, string>>>,
): Promise<void> {
  const entries = await Promise.all(
    Object.entries(programs).map(async ([name, path]) => {
      const { size: bytes } = await Deno.stat(join(directory, path));
      return [name, { path, bytes }] as const;
    }),
  );
  const manifest: Manifest = { version, programs: Object.fromEntries(entries) };
  await Deno.writeTextFile(join(directory, MANIFEST), JSON.stringify(manifest, null, 2) + "\n");
}

async function readManifest(directory: string): Promise<Manifest | undefined> {
  const text = await readIfThere(join(directory, MANIFEST));
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined; // Not whole: it is fetched again.
  }
}

/** @throws {Unavailable} when the cache cannot be written. */
export async function makeDirectory(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { recursive: true });
  } catch (error) {
    throw new Unavailable(
      `cannot write to the cache: ${systemError(error)?.message ?? (error as Error).message}`,
    );
  }
}

async function removeTree(path: string): Promise<void> {
  await Deno.remove(path, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}
