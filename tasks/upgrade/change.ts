/** Changing the version of one service, proving that it works, and going back when it does not. */

import type { SmokeResult } from "../smoke/check.ts";
import { asFailure, type Invocation } from "../cli.ts";
import { makeEngine, readRecord } from "../engine/choose.ts";
import { smokeTest } from "../smoke.ts";
import type { Session } from "../session.ts";
import { startStack } from "../up.ts";
import { type Backups, hasData, isOneWay } from "./backups.ts";
import { heldStack, type VersionChange } from "./held.ts";
import { type Journal, writeJournal } from "./journal.ts";

/** What changes one service. */
export interface ChangeContext {
  /** The stack as config.ts says it; its versions are those that run. */
  readonly session: Session;
  readonly invocation: Invocation;
  readonly backups: Backups;
}

/** How a change ended. */
export type Outcome =
  | { readonly change: VersionChange; readonly ended: "changed"; readonly ms: number }
  | {
    readonly change: VersionChange;
    readonly ended: "back";
    /** Why it went back. */
    readonly reason: string;
    /** Whether its data were restored from the backup. */
    readonly restored: boolean;
  };

/**
 * Makes the step that `journal` is at: changes it, or takes up where it was interrupted.
 *
 * @throws when not even going back works; the journal is kept then.
 */
export async function takeStep(context: ChangeContext, journal: Journal): Promise<Outcome> {
  const change = journal.steps[journal.at]!;
  const began = performance.now();
  if (journal.phase === "change") {
    await writeJournal(context.session.target.stateDir, journal);
    const reason = await attempt(context, change, change.to, journal.failing);
    if (reason === undefined) return { change, ended: "changed", ms: performance.now() - began };
    context.invocation.progress.warn(`${change.service} ${change.to} does not do: ${firstLine(reason)}`);
    return await goBack(context, { ...journal, phase: "back", reason });
  }
  return await goBack(context, journal);
}

/** Puts the older version back; with its data from the backup when it cannot use those that the newer one left. */
async function goBack(context: ChangeContext, journal: Journal): Promise<Outcome> {
  const { session: { target: { stateDir } }, invocation: { progress } } = context;
  const change = journal.steps[journal.at]!;
  const { service, from } = change;
  const reason = journal.reason ?? "it was interrupted";
  const canRestore = journal.snapshot !== undefined && hasData(service);
  if (journal.phase === "back" && !(canRestore && isOneWay(service))) {
    await writeJournal(stateDir, journal);
    progress.note(`${service} goes back to ${from}`);
    const failure = await attempt(context, change, from, journal.failing);
    if (failure === undefined) return { change, ended: "back", reason, restored: false };
    if (!canRestore) throw new NoWayBack(change, reason, failure, journal.snapshot);
    progress.warn(`${service} ${from} does not do with the data as they are: ${firstLine(failure)}`);
  }
  await writeJournal(stateDir, { ...journal, phase: "restore" });
  progress.note(
    `${service} goes back to ${from}, with its data from the backup ${journal.snapshot?.slice(0, 8)}`,
  );
  await apply(context, service, from).catch((error) => ignoreNotUp(error, context.invocation.signal));
  const older = await withVersion(context.session, service, from);
  await context.backups.restore(older, context.invocation, journal.snapshot!, service);
  const failure = await attempt(context, change, from, journal.failing);
  if (failure !== undefined) throw new NoWayBack(change, reason, failure, journal.snapshot);
  return { change, ended: "back", reason, restored: true };
}

/** Not even the older version works any more. */
export class NoWayBack extends Error {
  override readonly name = "NoWayBack";
  constructor(
    readonly change: VersionChange,
    /** Why it was to go back. */
    readonly reason: string,
    /** Why it could not. */
    readonly failure: string,
    readonly snapshot: string | undefined,
  ) {
    super(`Cannot go back to ${change.service} ${change.from}: ${failure}`);
  }
}

/** Runs `version` of the service and proves it. @returns why it does not do; undefined when it does. */
async function attempt(
  context: ChangeContext,
  { service }: VersionChange,
  version: string,
  failing: readonly string[],
): Promise<string | undefined> {
  const { invocation } = context;
  try {
    const session = await apply(context, service, version);
    const results = await smokeTest(session, invocation);
    const worse = failuresOf(results).filter(({ check }) => !failing.includes(check));
    return worse.length === 0
      ? undefined
      : worse.map(({ check, why }) => `${check} fails: ${why}`).join("\n");
  } catch (error) {
    invocation.signal.throwIfAborted();
    const failure = asFailure(error);
    if (failure === undefined) throw error;
    return failure.message;
  }
}

/** Smoke checks that failed, each with its first problem. */
export function failuresOf(results: readonly SmokeResult[]): { check: string; why: string }[] {
  return results.filter(({ outcome }) => outcome === "failed").map(({ check, problems }) => ({
    check,
    why: problems[0]?.message ?? "it says no more",
  }));
}

/** Brings the stack up with `version` of `service`. @returns it as it is then. */
async function apply(
  context: ChangeContext,
  service: VersionChange["service"],
  version: string,
): Promise<Session & Disposable> {
  const { invocation } = context;
  const session = await withVersion(context.session, service, version);
  // What there is to say of config.ts was said by the `up` before.
  const quiet = { ...invocation, flags: {}, print() {}, progress: { ...invocation.progress, warn() {} } };
  await startStack(session, quiet);
  return session;
}

/** The stack with another version of `service`, the others as they run. */
async function withVersion(
  session: Session,
  service: VersionChange["service"],
  version: string,
): Promise<Session & Disposable> {
  const record = await readRecord(session.target.stateDir);
  const stack = heldStack(session.stack, { ...record?.versions, [service]: version });
  // Whoever made the session has the lock, and gives it back.
  return { ...await makeEngine(stack, session.target), stack, [Symbol.dispose]() {} };
}

/** That it does not come up is why its data are restored. */
function ignoreNotUp(error: unknown, signal: AbortSignal): void {
  signal.throwIfAborted();
  if (asFailure(error) === undefined) throw error;
}

function firstLine(text: string): string {
  return text.split("\n")[0]!;
}
