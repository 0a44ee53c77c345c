/** What is remembered of the stack that runs, beside its record: the files that it was brought up with, and whose build directory it is. */

import { join } from "node:path";
import { type Files, readIfThere, writeAtomically } from "../../lib/files.ts";
import { readRecord } from "../engine/choose.ts";

/** Name in the state directory of the files that run. */
export const RUNNING = "running.json";
/** Name in the build directory of the path of the state directory that it was last brought up with. */
export const STATE_MARK = ".state-directory";

/** Remembers the files that run: those of the engine in use, relative to the directory that `filesDirOf` names. */
export async function rememberFiles(stateDir: string, files: Files): Promise<void> {
  const path = join(stateDir, RUNNING);
  const text = JSON.stringify({ files: Object.fromEntries(files) }) + "\n";
  if (await readIfThere(path) !== text) await writeAtomically(path, text, 0o600);
}

/** The files that run; undefined when nothing is remembered. */
export async function runningFiles(stateDir: string): Promise<Files | undefined> {
  const text = await readIfThere(join(stateDir, RUNNING));
  if (text === undefined) return undefined;
  try {
    const entries = Object.entries(JSON.parse(text).files);
    return entries.every(([, file]) => typeof file === "string")
      ? new Map(entries as [string, string][])
      : undefined;
  } catch {
    return undefined; // Only a memory of ours: the next `up` writes it anew.
  }
}

/** Remembers that `buildDir` belongs to the stack in `stateDir`. */
export async function markBuild(buildDir: string, stateDir: string): Promise<void> {
  const path = join(buildDir, STATE_MARK);
  if (await readIfThere(path) !== `${stateDir}\n`) await writeAtomically(path, `${stateDir}\n`);
}

/** Another state directory that `buildDir` was brought up with, and in which a stack still lies; undefined when there is none. */
export async function otherStateDir(buildDir: string, stateDir: string): Promise<string | undefined> {
  const marked = (await readIfThere(join(buildDir, STATE_MARK)))?.trimEnd();
  if (!marked || marked === stateDir) return undefined;
  const isSame = await sameDirectory(marked, stateDir);
  return !isSame && await readRecord(marked) !== undefined ? marked : undefined;
}

async function sameDirectory(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all([a, b].map((path) => Deno.stat(path).catch(() => undefined)));
  return left !== undefined && left.ino === right?.ino && left.dev === right?.dev;
}
