/** What every task that works with a stack starts with: the configuration loaded, the engine chosen. */

import { dirname } from "node:path";
import { EXIT, Failure, type Flag, type Invocation } from "./cli.ts";
import { chooseEngine, makeEngine, readRecord } from "./engine/choose.ts";
import type { Engine } from "./engine/engine.ts";
import { loadConfig } from "./load_config.ts";
import type { ConfigIssue, Stack, Target } from "./stack.ts";
import { lockState } from "./state_directory.ts";
import { heldStack } from "./upgrade/held.ts";

/** The flag that names the engine. */
export const ENGINE_FLAG: Readonly<Record<string, Flag>> = {
  engine: {
    type: "string",
    value: "NAME",
    help: "auto, docker or local (what runs now, else what config.ts says)",
  },
};

/** A stack and where it runs. */
export interface Session {
  /** What config.ts says, with the versions that run: only `upgrade` changes one. */
  readonly stack: Stack;
  /** What config.ts says, versions included; left out when the stack is the one that was brought up last. */
  readonly configured?: Stack;
  readonly target: Target;
  readonly engine: Engine;
}

/**
 * Loads the configuration and chooses the engine, for a task that changes what is on disk or what runs: as long as it is not
 * disposed, no other one gets this far.
 *
 * @throws {Failure} before anything is written when the configuration cannot be used.
 */
export async function openToChange(invocation: Invocation): Promise<Session & Disposable> {
  engineFlag(invocation);
  const stack = await loadStack(invocation);
  return await withLock(invocation, () => sessionOf(stack, invocation));
}

/** Like `openToChange`, for a task that only judges: secrets that are not set on this machine are named, and missed by nobody. */
export async function openToJudge(
  invocation: Invocation,
): Promise<Session & Disposable & { readonly unset: readonly ConfigIssue[] }> {
  engineFlag(invocation);
  const { config, stateDir } = invocation;
  const { stack, unset } = await loadConfig(config, { stateDir, mayLackSecrets: true });
  return { ...await withLock(invocation, () => sessionOf(stack, invocation)), unset };
}

/** Like `openRunning`, for a task that changes what runs. */
export async function openRunningToChange(invocation: Invocation): Promise<Session & Disposable> {
  return await withLock(invocation, () => openRunning(invocation));
}

async function withLock(
  { stateDir, signal, progress }: Invocation,
  open: () => Promise<Session>,
): Promise<Session & Disposable> {
  const onWait = () => progress.step("wait for another task that works on this stack");
  const lock = await lockState(stateDir, { signal, onWait });
  try {
    return { ...await open(), [Symbol.dispose]: () => lock[Symbol.dispose]() };
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

async function loadStack({ config, stateDir }: Invocation, machine = true): Promise<Stack> {
  return (await loadConfig(config, { stateDir, machine })).stack;
}

async function sessionOf(stack: Stack, invocation: Invocation): Promise<Session> {
  const { config, buildDir, stateDir } = invocation;
  const paths = { buildDir, stateDir, configDir: dirname(config) };
  const { target } = await chooseEngine(stack, paths, engineFlag(invocation));
  const held = heldStack(stack, (await readRecord(stateDir))?.versions);
  return { stack: held, configured: stack, ...await makeEngine(held, target) };
}

/**
 * The stack as it was last brought up, whatever config.ts says now; config.ts when it never was.
 *
 * @throws {Failure} when neither the record nor the configuration can be used.
 */
export async function openRunning(invocation: Invocation): Promise<Session> {
  const { buildDir, stateDir, config } = invocation;
  const record = await readRecord(stateDir);
  const asked = engineFlag(invocation);
  if (!record || (asked !== undefined && asked !== "auto" && asked !== record.engine)) {
    // To stop or to look at a stack, this machine need not have what starting it takes.
    return await sessionOf(await loadStack(invocation, false), invocation);
  }
  const paths = { buildDir, stateDir, configDir: dirname(config) };
  return { stack: record.stack, ...await chooseEngine(record.stack, paths, record.engine) };
}

/** What `--engine` says; undefined when it is not given. */
export function engineFlag({ flags }: Pick<Invocation, "flags">): "auto" | "docker" | "local" | undefined {
  const name = flags.engine;
  if (name === undefined || name === "auto" || name === "docker" || name === "local") return name;
  throw new Failure(`Cannot use the engine "${name}": expected "auto", "docker" or "local"`, EXIT.usage);
}
