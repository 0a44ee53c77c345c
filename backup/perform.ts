/** What the agent can be asked to do, once: by a task on the local engine, or through a container's standard input on the other. */

import { join } from "node:path";
import { lockFile } from "../lib/lock.ts";
import { BackupFailure } from "./failure.ts";
import { type Fetched, fetchParts } from "./fetch.ts";
import type { Manifest } from "./manifest.ts";
import { PART_KINDS } from "./parts/mod.ts";
import { type Bundle, type Part, PARTS, type Plan } from "./plan.ts";
import { chooseSnapshot, manifestOf, openRepository, type Snapshot, snapshotsOf } from "./repository.ts";
import { type Backup, type Reporter, save } from "./save.ts";
import { readState, type State } from "./state.ts";
import { discard, isSwapped, swap, undo } from "./swap.ts";

/** What every request says. */
interface Common {
  readonly plan: Plan;
  readonly secrets: Readonly<Record<string, string>>;
}

/** A request. */
export type Request =
  & Common
  & (
    | {
      readonly action: "save";
      readonly bundle: Bundle;
      readonly newRepository?: boolean;
      readonly verify?: boolean;
    }
    | { readonly action: "list" }
    /** Which backup is meant, and what it says of itself. */
    | { readonly action: "choose"; readonly wanted?: string; readonly stack?: string }
    | {
      readonly action: "fetch";
      readonly snapshot: Snapshot;
      readonly parts: readonly Part[];
      readonly bundle: boolean;
    }
    /** Services whose data is concerned do not run. */
    | { readonly action: "swap"; readonly parts: readonly Part[] }
    | { readonly action: "undo" }
    | { readonly action: "finish" }
    /** Whether data was exchanged, and neither kept nor put back. */
    | { readonly action: "unfinished" }
    | { readonly action: "state" }
  );

/** What each request gives. */
export interface Results {
  readonly save: Backup;
  readonly list: readonly Snapshot[];
  readonly choose: { readonly snapshot: Snapshot; readonly manifest: Manifest };
  readonly fetch: Fetched;
  readonly swap: null;
  readonly undo: null;
  readonly finish: null;
  readonly unfinished: readonly Part[];
  readonly state: State;
}

/** Does what is asked. @param program Path of restic. @throws {BackupFailure} */
export async function perform<R extends Request>(
  request: R,
  program: string,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<Results[R["action"]]> {
  return await answer(request, program, reporter, signal) as Results[R["action"]];
}

async function answer(
  request: Request,
  program: string,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<Results[Request["action"]]> {
  const { plan } = request;
  const own = PARTS.flatMap((part) => plan.parts[part] ? [[part, plan.parts[part]] as const] : []);
  switch (request.action) {
    case "save":
      return await save({ ...request, program }, reporter, signal);
    case "list":
      return await snapshotsOf(await openRepository({ ...request, program }), signal);
    case "choose": {
      const to = await openRepository({ ...request, program });
      const snapshot = chooseSnapshot(await snapshotsOf(to, signal), request.wanted, request.stack);
      return { snapshot, manifest: await manifestOf(to, snapshot, signal) };
    }
    case "fetch":
      return await fetchParts({ ...request, program }, reporter, signal);
    case "swap": {
      using _lock = await lockFile(join(plan.data, "lock"), { signal });
      for (const part of request.parts) {
        signal.throwIfAborted();
        const target = plan.parts[part];
        if (!target) {
          throw new BackupFailure(
            `Cannot restore ${part}: this stack has none`,
            2,
            "leave it out with --only",
          );
        }
        await swap(target, PART_KINDS[part]);
      }
      return null;
    }
    case "undo": {
      await Deno.mkdir(plan.data, { recursive: true, mode: 0o700 });
      using _lock = await lockFile(join(plan.data, "lock"), { signal });
      for (const [part, target] of own) await undo(target, PART_KINDS[part]);
      return null;
    }
    case "finish":
      for (const [, target] of own) await discard(target);
      return null;
    case "unfinished": {
      const states = await Promise.all(
        own.map(async ([part, target]) => await isSwapped(target) ? [part] : []),
      );
      return states.flat();
    }
    case "state":
      return await readState(plan.data);
  }
}
