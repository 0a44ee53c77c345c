/** How far an upgrade got: written before each step, so that a killed one is continued. */

import { join } from "node:path";
import { readIfThere, writeAtomically } from "../../lib/files.ts";
import { isVersioned, type VersionChange } from "./held.ts";

/** An upgrade under way. */
export interface Journal {
  /** The services to change, in this order. */
  readonly steps: readonly VersionChange[];
  /** The step under way; those before it are done. */
  readonly at: number;
  /**
   * `change`: the step's service is being changed; `back`: it is going back; `restore`: so are its data.
   */
  readonly phase: "change" | "back" | "restore";
  /** The backup that was taken first; none when the upgrade goes without. */
  readonly snapshot?: string;
  /** Smoke checks that failed before anything was changed: they say nothing about the change. */
  readonly failing: readonly string[];
  /** Why the service goes back. */
  readonly reason?: string;
}

const PHASES = ["change", "back", "restore"];

/** The upgrade that was interrupted; undefined when none was. */
export async function readJournal(stateDir: string): Promise<Journal | undefined> {
  const text = await readIfThere(pathOf(stateDir));
  if (text === undefined) return undefined;
  try {
    const journal: Journal = JSON.parse(text);
    const right = PHASES.includes(journal.phase) && Array.isArray(journal.steps) &&
      journal.steps.every(({ service, from, to }) =>
        isVersioned(service) && typeof from === "string" && typeof to === "string"
      ) &&
      journal.steps[journal.at] !== undefined && Array.isArray(journal.failing);
    return right ? journal : undefined;
  } catch {
    return undefined; // It is written whole or not at all: this is no journal of ours.
  }
}

/** Remembers how far it got. */
export async function writeJournal(stateDir: string, journal: Journal): Promise<void> {
  await writeAtomically(pathOf(stateDir), JSON.stringify(journal, null, 2) + "\n", 0o600);
}

/** Forgets an upgrade that is over. */
export async function removeJournal(stateDir: string): Promise<void> {
  await Deno.remove(join(stateDir, "upgrade"), { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}

function pathOf(stateDir: string): string {
  return join(stateDir, "upgrade", "journal.json");
}
