/** Files that are copied, counted and removed. */

import { createHash } from "node:crypto";
import { join } from "node:path";

/** A file that was saved. */
export interface FileSum {
  readonly bytes: number;
  readonly sha256: string;
}

/** Every file below `directory`, its path relative to it; sorted. Sockets and the like, which are no data, are left out. */
export async function filesBelow(
  directory: string,
  isWanted: (path: string) => boolean = () => true,
): Promise<string[]> {
  const found: string[] = [];
  const walk = async (relative: string) => {
    for await (const { name, isDirectory, isFile } of Deno.readDir(join(directory, relative))) {
      const path = relative === "" ? name : `${relative}/${name}`;
      if (!isWanted(path)) continue;
      if (isDirectory) await walk(path);
      else if (isFile) found.push(path);
    }
  };
  await walk("");
  return found.sort();
}

/** Size and SHA-256 sum of the file at `path`. */
export async function sumOf(path: string): Promise<FileSum> {
  const hash = createHash("sha256");
  let bytes = 0;
  const file = await Deno.open(path);
  for await (const piece of file.readable) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { bytes, sha256: hash.digest("hex") };
}

/** Removes what is at `path`, if anything. */
export async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Whether there is something at `path`. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Names in `directory`, sorted; none when it is not there. */
export async function namesIn(directory: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(directory), ({ name }) => name)).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Makes what was renamed in `directory` last, where the system can. */
export async function syncDirectory(directory: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  const file = await Deno.open(directory);
  try {
    await file.sync();
  } finally {
    file.close();
  }
}
