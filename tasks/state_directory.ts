/** The state directory: one task at a time in it, and removing what tasks wrote there and nothing of others. */

import { join } from "node:path";
import { lockFile, type LockOptions } from "../lib/lock.ts";
import { EXIT, Failure } from "./cli.ts";
import { RECORD } from "./engine/choose.ts";
import { RUNNING } from "./upgrade/memory.ts";

const LOCK = "lock";
// The record last: an interrupted `clean` finds by it what it still has to remove.
const OURS = ["check", "docker", "local", "restore", "secrets", "systemd", "upgrade", RUNNING, RECORD];

/** What outlives the stack: the backups that have no other place, and below the secrets their password. */
const KEPT = "backup";

/** Keeps other tasks out of `directory`, which is made if need be, until it is disposed. A task that leaves nothing there leaves no lock. */
export async function lockState(directory: string, options: LockOptions): Promise<Disposable> {
  const path = join(directory, LOCK);
  while (true) {
    await Deno.mkdir(directory, { recursive: true });
    try {
      const lock = await lockFile(path, options);
      return {
        [Symbol.dispose]() {
          removeUnused(directory);
          lock[Symbol.dispose]();
        },
      };
    } catch (error) {
      // Another task removed the directory in between.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/**
 * Refuses a directory that was never a stack's: one that was named by mistake must not lose anything.
 *
 * @throws {Failure} when `directory` has no record of a stack, and holds what Vigie did not write.
 */
export async function refuseForeignState(directory: string): Promise<void> {
  const names = await namesIn(directory);
  const foreign = names.find((name) => ![...OURS, LOCK, KEPT].includes(name) && !isTemporary(name));
  if (names.includes(RECORD) || foreign === undefined) return;
  throw new Failure(
    `Cannot clean "${directory}": no stack was ever brought up there, and it holds "${foreign}", which Vigie did not write`,
    EXIT.usage,
    "name the state directory of the stack with --state",
  );
}

/**
 * Removes what tasks wrote into `directory`, but for the lock, which goes when it is given back, and for backups with their password.
 */
export async function removeState(directory: string): Promise<void> {
  const left = (await namesIn(directory)).filter(isTemporary);
  const keepsBackups = (await namesIn(join(directory, KEPT))).length > 0;
  for (const name of [...left, ...OURS]) {
    if (name === "secrets" && keepsBackups) {
      for (const secrets of await namesIn(join(directory, name))) {
        if (secrets !== KEPT) await Deno.remove(join(directory, name, secrets), { recursive: true });
      }
      continue;
    }
    await Deno.remove(join(directory, name), { recursive: true }).catch(ignoreMissing);
  }
}

/** Called while the lock is held: nobody else's is removed. */
function removeUnused(directory: string): void {
  try {
    if ([...Deno.readDirSync(directory)].some(({ name }) => OURS.includes(name))) return;
    Deno.removeSync(join(directory, LOCK));
    Deno.removeSync(directory);
  } catch {
    // It holds files of somebody else's, or is in use again.
  }
}

/** What a killed run left of a write of the record or of what runs. */
function isTemporary(name: string): boolean {
  return [RECORD, RUNNING].some((file) => name.startsWith(`${file}.`)) && name.endsWith(".tmp");
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await Array.fromAsync(Deno.readDir(directory), ({ name }) => name);
  } catch (error) {
    ignoreMissing(error);
    return [];
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
