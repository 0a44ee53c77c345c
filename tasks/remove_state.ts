/** Removing a stack's state directory, and nothing that somebody else put there. */

import { join } from "node:path";
import { EXIT, Failure } from "./cli.ts";
import { RECORD } from "./engine/choose.ts";
import { LOCK } from "./session.ts";

// The record last but one: an interrupted `clean` finds by it what it still has to remove. Then the lock that it holds itself.
const OURS = ["check", "docker", "local", "secrets", RECORD, LOCK];

/**
 * Refuses a directory that was never a stack's: one that was named by mistake must not lose anything.
 *
 * @throws {Failure} when `directory` has no record of a stack, and holds what Vigie did not write.
 */
export async function refuseForeignState(directory: string): Promise<void> {
  const names = await namesIn(directory);
  const foreign = names.find((name) => !OURS.includes(name) && !isTemporary(name));
  if (names.includes(RECORD) || foreign === undefined) return;
  throw new Failure(
    `Cannot clean "${directory}": no stack was ever brought up there, and it holds "${foreign}", which Vigie did not write`,
    EXIT.usage,
    "name the state directory of the stack with --state",
  );
}

/** Removes what tasks wrote into `directory`; a directory that this leaves empty goes too. */
export async function removeState(directory: string): Promise<void> {
  const left = (await namesIn(directory)).filter(isTemporary);
  for (const name of [...left, ...OURS]) {
    await Deno.remove(join(directory, name), { recursive: true }).catch(ignoreMissing);
  }
  try {
    await Deno.remove(directory);
  } catch {
    // It holds files of somebody else's.
  }
}

/** What a killed run left of a write of the record. */
function isTemporary(name: string): boolean {
  return name.startsWith(`${RECORD}.`) && name.endsWith(".tmp");
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
