/** What it takes to save and to restore the data of a service. */

import type { PartPlan } from "../plan.ts";

/** Where the copies of a run are made, and how it is told of trouble. */
export interface SaveContext {
  readonly plan: PartPlan;
  /** An empty directory of this part's own, for what has to be copied. */
  readonly staging: string;
  readonly signal: AbortSignal;
}

/** What was saved of a part. */
export interface Saved {
  /** The directory with it: `staging`, or where the service itself put it. */
  readonly directory: string;
  /** Files in it that belong to it; all when left out. */
  readonly isWanted?: (path: string) => boolean;
  /** What a restored service must show again. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** Called when it is stored, or was not. */
  readonly release?: () => Promise<void>;
}

/** How a service's data is saved, and which of its files a restore replaces. */
export interface PartKind {
  /** @throws {BackupFailure} when it cannot be saved as a whole. */
  save(context: SaveContext): Promise<Saved>;
  /** Whether the entry `name` of its data directory is replaced as a whole. */
  replaces(name: string): boolean;
  /** Why what lies in `directory` is not what was saved; undefined when it is sound. */
  problemOf?(directory: string): string | undefined;
}

/** Asks a service, in JSON. @throws with what it answers, when it does not answer well. */
export async function ask(
  url: string,
  { method = "GET", timeoutMs = 60_000, signal }: {
    readonly method?: string;
    readonly timeoutMs?: number;
    readonly signal: AbortSignal;
  },
): Promise<unknown> {
  const response = await fetch(url, {
    method,
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  });
  const text = await response.text();
  if (response.ok) return JSON.parse(text);
  throw new Error(`it answers ${response.status}: ${text.trim().slice(0, 200)}`);
}
