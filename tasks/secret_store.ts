/** Vigie's own store of secrets: `<state>/secrets/store`, a file each, closed to everybody else. */

import { join } from "node:path";
import { readIfThere, writeAtomically } from "../lib/files.ts";

/** A secret of the store, without what it is. */
export interface StoredSecret {
  readonly name: string;
  /** When it was set, milliseconds since 1970. */
  readonly setMs: number;
}

/** Path of the store. */
export function storeDir(stateDir: string): string {
  return join(stateDir, "secrets", "store");
}

/** What the secret `name` of the store is; undefined when there is none. */
export async function readStored(stateDir: string, name: string): Promise<string | undefined> {
  return await readIfThere(join(storeDir(stateDir), name));
}

/** Puts a secret into the store, whole or not at all. */
export async function writeStored(stateDir: string, name: string, text: string): Promise<void> {
  await closedDirectory(join(stateDir, "secrets"));
  await closedDirectory(storeDir(stateDir));
  await writeAtomically(join(storeDir(stateDir), name), text, 0o600);
}

/** Takes a secret out of the store. @returns whether there was one. */
export async function removeStored(stateDir: string, name: string): Promise<boolean> {
  try {
    await Deno.remove(join(storeDir(stateDir), name));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** What the store holds, by name. */
export async function listStored(stateDir: string): Promise<StoredSecret[]> {
  const found: StoredSecret[] = [];
  try {
    for await (const { name, isFile } of Deno.readDir(storeDir(stateDir))) {
      // What an interrupted write left.
      if (!isFile || name.endsWith(".tmp")) continue;
      const { mtime } = await Deno.stat(join(storeDir(stateDir), name));
      found.push({ name, setMs: mtime?.getTime() ?? 0 });
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found.sort((a, b) => a.name < b.name ? -1 : 1);
}

/** Makes a directory that nobody else gets into, or closes the one that is there. */
export async function closedDirectory(path: string): Promise<void> {
  await Deno.mkdir(path, { recursive: true, mode: 0o700 });
  await Deno.chmod(path, 0o700);
}
