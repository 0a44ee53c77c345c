/** What every task that works with a stack starts with: the configuration loaded, the engine chosen. */

import { dirname } from "node:path";
import { EXIT, Failure, type Flag, type Invocation } from "./cli.ts";
import { chooseEngine, readRecord } from "./engine/choose.ts";
import type { Engine } from "./engine/engine.ts";
import { loadConfig } from "./load_config.ts";
import type { Stack, Target } from "./stack.ts";

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
  readonly stack: Stack;
  readonly target: Target;
  readonly engine: Engine;
}

/**
 * Loads the configuration and chooses the engine.
 *
 * @throws {Failure} when either cannot be had; the message says why.
 */
export async function openSession(invocation: Invocation): Promise<Session> {
  const { config, buildDir, stateDir } = invocation;
  const { stack } = await loadConfig(config, { stateDir });
  const paths = { buildDir, stateDir, configDir: dirname(config) };
  const { engine, target } = await chooseEngine(stack, paths, engineFlag(invocation));
  return { stack, target, engine };
}

/**
 * The stack as it was last brought up, whatever config.ts says now; config.ts when it never was.
 *
 * @throws {Failure} as `openSession` does.
 */
export async function openRunning(invocation: Invocation): Promise<Session> {
  const { buildDir, stateDir, config } = invocation;
  const record = await readRecord(stateDir);
  const asked = engineFlag(invocation);
  if (!record || (asked !== undefined && asked !== "auto" && asked !== record.engine)) {
    return openSession(invocation);
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
