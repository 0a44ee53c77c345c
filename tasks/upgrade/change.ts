/** Changing the version of one service, proving that it works, and going back when it does not. */

import type { SmokeResult } from "../smoke/check.ts";
import { renderFor, renderStack } from "../render.ts";
import { writeFiles } from "../../lib/files.ts";
import { asFailure, type Invocation } from "../cli.ts";
import { makeEngine, readRecord, writeRecord } from "../engine/choose.ts";
import { smokeTest } from "../smoke.ts";
import type { Session } from "../session.ts";
import { type Backups, hasData, isOneWay } from "./backups.ts";
import { heldStack, type VersionChange, type Versions } from "./held.ts";
import { type Journal, writeJournal } from "./journal.ts";
import { rememberFiles } from "./memory.ts";

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
  if (journal.phase === "change" || journal.phase === "backup") {
    await writeJournal(context.session.target.stateDir, { ...journal, phase: "change" });
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
  progress.note(`${service} goes back to ${from}, with its data from the backup ${journal.snapshot}`);
  await apply(context, service, from).catch((error) => ignoreNotUp(error, context.invocation.signal));
  await context.backups.restore(context.session, context.invocation, journal.snapshot!, service);
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

/** Makes the stack run with `version` of `service`: files, record and services, in this order, as `up` does. */
async function apply(
  { session, invocation: { progress, signal } }: ChangeContext,
  service: VersionChange["service"],
  version: string,
): Promise<Session> {
  const { stateDir, buildDir } = session.target;
  const record = await readRecord(stateDir);
  const versions: Versions = { ...record?.versions, [service]: version };
  const stack = heldStack(session.stack, versions);
  const { engine, target } = await makeEngine(stack, session.target);
  await engine.prepare(progress, signal);
  await writeFiles(buildDir, renderStack(stack, target));
  const { leftOut = {} } = target;
  await writeRecord(stateDir, { engine: engine.name, running: true, stack, leftOut, versions });
  await engine.up(progress, signal);
  await rememberFiles(stateDir, renderFor(stack, target));
  return { stack, engine, target };
}

/** That it does not come up is why its data are restored. */
function ignoreNotUp(error: unknown, signal: AbortSignal): void {
  signal.throwIfAborted();
  if (asFailure(error) === undefined) throw error;
}

function firstLine(text: string): string {
  return text.split("\n")[0]!;
}
