/** A restore under way: remembered on disk before anything stops, so that what is cut short is known and repaired. */

import { join } from "node:path";
import { readIfThere, writeAtomically } from "../../lib/files.ts";
import { EXIT, Failure } from "../cli.ts";

/** What is remembered of it. */
export interface Unfinished {
  /** Id of the backup. */
  readonly snapshot: string;
  /** Whether the stack ran before. */
  readonly wasRunning: boolean;
}

function pathOf(stateDir: string): string {
  return join(stateDir, "restore", "unfinished.json");
}

/** Where the secrets lie that a restore replaced. */
export function replacedSecrets(stateDir: string): string {
  return join(stateDir, "restore", "secrets");
}

/** The restore that was cut short; undefined when none was. */
export async function readUnfinished(stateDir: string): Promise<Unfinished | undefined> {
  const text = await readIfThere(pathOf(stateDir));
  return text === undefined ? undefined : JSON.parse(text);
}

/** Remembers a restore. */
export async function rememberUnfinished(stateDir: string, unfinished: Unfinished): Promise<void> {
  await Deno.mkdir(join(stateDir, "restore"), { recursive: true, mode: 0o700 });
  await writeAtomically(pathOf(stateDir), JSON.stringify(unfinished, null, 2) + "\n", 0o600);
}

/** Forgets a restore that is over: kept for good, or undone. */
export async function forgetUnfinished(stateDir: string): Promise<void> {
  await Deno.remove(join(stateDir, "restore"), { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}

/**
 * Refuses to start a stack whose data is half exchanged.
 *
 * @throws {Failure}
 */
export async function refuseUnfinishedRestore(stateDir: string): Promise<void> {
  const unfinished = await readUnfinished(stateDir);
  if (unfinished === undefined) return;
  throw new Failure(
    `Cannot start the stack: a restore of the backup ${unfinished.snapshot.slice(0, 8)} was cut short`,
    EXIT.wrong,
    "run `deno task restore` again to complete it, or `deno task restore --undo` to put back what was there",
  );
}
