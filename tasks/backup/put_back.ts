/** config.ts and the secrets of a backup, put where they belong; nothing is overwritten silently. */

import { dirname, extname, join } from "node:path";
import { type BundledFile, bytesOf } from "../../backup/mod.ts";

/** What happened to a file. */
export interface Placed {
  /** Absolute path that it has now. */
  readonly path: string;
  /** `beside`: there is another one of that name, which stays. */
  readonly how: "written" | "same" | "beside" | "left out";
}

/**
 * Puts the files of the configuration into the directory of config.ts: what is missing, and beside what differs.
 *
 * @param configDir Absolute path.
 */
export async function placeConfig(files: readonly BundledFile[], configDir: string): Promise<Placed[]> {
  const placed: Placed[] = [];
  for (const file of files) {
    if (!file.path.startsWith("config/")) continue;
    const name = file.path.slice("config/".length);
    // What lay elsewhere on another machine is not for us to place.
    if (name.startsWith("elsewhere/")) {
      placed.push({ path: name.slice("elsewhere".length), how: "left out" });
      continue;
    }
    const path = join(configDir, name);
    const there = await readBytes(path);
    const bytes = bytesOf(file.base64);
    if (there === undefined) {
      await write(path, bytes, file.mode);
      placed.push({ path, how: "written" });
    } else if (equal(there, bytes)) {
      placed.push({ path, how: "same" });
    } else {
      const extension = extname(path);
      const beside = `${path.slice(0, path.length - extension.length)}.restored${extension}`;
      await write(beside, bytes, file.mode);
      placed.push({ path: beside, how: "beside" });
    }
  }
  return placed;
}

/**
 * Puts secrets into the state directory. What differs is kept in `keep` first.
 *
 * @param isWanted Which, by their paths below `secrets/`.
 */
export async function placeSecrets(
  files: readonly BundledFile[],
  stateDir: string,
  keep: string,
  isWanted: (path: string) => boolean,
): Promise<void> {
  for (const file of files) {
    const name = file.path.slice("secrets/".length);
    if (!file.path.startsWith("secrets/") || !isWanted(name)) continue;
    const path = join(stateDir, "secrets", name);
    const bytes = bytesOf(file.base64);
    const there = await readBytes(path);
    // The password of the repository that is in use stays.
    if (there !== undefined && (equal(there, bytes) || name.startsWith("backup/"))) continue;
    const kept = join(keep, name);
    // An earlier try of the same restore kept the right one.
    if (there !== undefined && await readBytes(kept) === undefined) await write(kept, there, 0o600);
    await write(path, bytes, file.mode);
  }
}

/** Puts secrets back that `placeSecrets` kept. */
export async function returnSecrets(stateDir: string, keep: string): Promise<void> {
  const walk = async (below: string) => {
    for await (const { name, isDirectory } of Deno.readDir(join(keep, below))) {
      const path = join(below, name);
      if (isDirectory) await walk(path);
      else {
        const target = join(stateDir, "secrets", path);
        const { mode } = await Deno.stat(target).catch(() => ({ mode: 0o600 }));
        await write(target, await Deno.readFile(join(keep, path)), (mode ?? 0o600) & 0o777);
      }
    }
  };
  await walk("").catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}

async function write(path: string, bytes: Uint8Array, mode: number): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  await Deno.writeFile(temporary, bytes, { mode });
  await Deno.chmod(temporary, mode);
  await Deno.rename(temporary, path);
}

async function readBytes(path: string): Promise<Uint8Array | undefined> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
