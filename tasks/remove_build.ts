/** Removing generated files, and nothing that somebody else put beside them. */

import { join } from "node:path";
import { MANIFEST, readIfThere, writeFiles } from "../lib/files.ts";
import { STATE_MARK } from "./upgrade/memory.ts";

/** Removes what was generated into `directory`; a directory that this leaves empty goes too. */
export async function removeBuild(directory: string): Promise<void> {
  if (await readIfThere(join(directory, MANIFEST)) === undefined) return;
  await writeFiles(directory, new Map());
  await Deno.remove(join(directory, STATE_MARK)).catch(ignoreMissing);
  await Deno.remove(join(directory, MANIFEST));
  try {
    await Deno.remove(directory);
  } catch {
    // It holds files of somebody else's.
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
