/** What the agent remembers from one run to the next. */

import { join } from "node:path";
import { readIfThere, writeAtomically } from "../lib/files.ts";

/** A run, successful or not. */
export interface Run {
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly ok: boolean;
  /** Why it failed, one sentence. */
  readonly error?: string;
}

/** A backup that was stored. */
export interface Stored {
  /** ISO 8601. */
  readonly startedAt: string;
  readonly tookMs: number;
  readonly snapshot: string;
  /** What it holds. */
  readonly bytes: number;
  /** What it added to the repository. */
  readonly addedBytes: number;
}

/** What the agent remembers. */
export interface State {
  /** When the agent first ran: a first backup is overdue from then on. ISO 8601. */
  readonly since: string;
  /** Id of the repository that was used last, and where it was. */
  readonly repository?: { readonly id: string; readonly at: string };
  readonly lastRun?: Run;
  /** The last one that has all it should have. */
  readonly lastStored?: Stored;
  readonly lastVerify?: Run;
  /** Runs that failed since the last one that did not. */
  readonly failures: number;
  /** Backups of this stack in the repository. */
  readonly snapshots?: number;
  /** What the repository takes. */
  readonly repositoryBytes?: number;
}

const FILE = "state.json";

/** What the agent remembers in `data`. */
export async function readState(data: string): Promise<State> {
  const text = await readIfThere(join(data, FILE));
  try {
    if (text !== undefined) return JSON.parse(text);
  } catch {
    // Only a memory: without it the next run is due at once.
  }
  return { since: new Date().toISOString(), failures: 0 };
}

/** Remembers `changes` over what is known. @returns all of it. */
export async function updateState(data: string, changes: Partial<State>): Promise<State> {
  const state = { ...await readState(data), ...changes };
  await writeAtomically(join(data, FILE), JSON.stringify(state, null, 2) + "\n", 0o600);
  return state;
}
