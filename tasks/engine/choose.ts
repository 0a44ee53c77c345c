/** Which engine a command works with. */

import { join } from "node:path";
import { readIfThere, writeAtomically } from "../../lib/files.ts";
import { configSchema, type EngineName, type LeftOut, type Stack, type Target } from "../stack.ts";
import { heldStack, readVersions, type Versions } from "../upgrade/held.ts";
import { type Engine, Lacking } from "./engine.ts";

/** Where a stack is, but for its engine. */
export type Paths = Omit<Target, "engine">;

/**
 * What `<state>/stack.json` remembers of the last `up`. What runs is found by it when config.ts has changed since, its name or ports
 * too, or cannot be read any more.
 */
export interface StackRecord {
  readonly engine: EngineName;
  /** Whether it was not stopped since. */
  readonly running: boolean;
  readonly stack: Stack;
  /** What was left out. */
  readonly leftOut: LeftOut;
  /**
   * Version of each service that was brought up; only `upgrade` changes one. A record that is read has them in `stack` too. None in
   * records of an older Vigie.
   */
  readonly versions?: Versions;
}

/**
 * The engine for `stack`: the one asked for, else the one that the stack was brought up on, else what config.ts says;
 * `auto` takes Docker when its engine answers.
 *
 * @param asked What `--engine` says, if anything.
 * @throws {Lacking} when Docker is asked for and does not answer; the message says why.
 */
export async function chooseEngine(
  stack: Stack,
  paths: Paths,
  asked?: EngineName | "auto",
): Promise<{ engine: Engine; target: Target }> {
  const record = await readRecord(paths.stateDir);
  const wanted = asked ?? (record?.running ? record.engine : stack.engine);
  const name = wanted === "auto" ? await detect(paths.stateDir) : wanted;
  if (name === "docker") await insistOnDocker();
  const leftOut = record?.engine === name ? record.leftOut : {};
  return makeEngine(stack, { leftOut, ...paths, engine: name });
}

/** The engine of a given name, whether it answers or not. */
export async function makeEngine(stack: Stack, target: Target): Promise<{ engine: Engine; target: Target }> {
  const maker = target.engine === "docker"
    ? (await import("./docker.ts")).dockerEngine
    : (await import("./local.ts")).localEngine;
  return { engine: maker(stack, target), target };
}

/** What is remembered of the last `up` or `down`; undefined when there was none. */
export async function readRecord(stateDir: string): Promise<StackRecord | undefined> {
  const text = await readIfThere(recordPath(stateDir));
  if (text === undefined) return undefined;
  try {
    const { engine, running, stack, leftOut = {}, versions } = JSON.parse(text);
    const known = configSchema.safeParse(stack);
    if ((engine !== "docker" && engine !== "local") || !known.success) return undefined;
    const held = readVersions(versions);
    return { engine, running: running === true, stack: heldStack(known.data, held), leftOut, versions: held };
  } catch {
    return undefined; // Only a memory of ours: the next `up` writes it anew.
  }
}

/** Remembers where the stack runs. */
export async function writeRecord(stateDir: string, record: StackRecord): Promise<void> {
  await writeAtomically(recordPath(stateDir), JSON.stringify(record, null, 2) + "\n");
}

/** Its name in the state directory. */
export const RECORD = "stack.json";

function recordPath(stateDir: string): string {
  return join(stateDir, RECORD);
}

async function detect(stateDir: string): Promise<EngineName> {
  // The record may be lost while the stack runs: on two engines at once it would fight with itself.
  if (await runsLocally(stateDir)) return "local";
  const { dockerAnswers } = await import("./docker.ts");
  return (await dockerAnswers()).ok ? "docker" : "local";
}

async function runsLocally(stateDir: string): Promise<boolean> {
  const directory = join(stateDir, "local");
  if (!await Deno.stat(directory).then(() => true, () => false)) return false;
  const { findMarked } = await import("./local/process.ts");
  return (await findMarked(await Deno.realPath(directory))).length > 0;
}

async function insistOnDocker(): Promise<void> {
  const { dockerAnswers } = await import("./docker.ts");
  const answer = await dockerAnswers();
  if (!answer.ok) {
    throw new Lacking(
      `Cannot use the docker engine: ${answer.reason}`,
      'start Docker (for example `sudo systemctl start docker`), or use the local engine: `--engine local`, or `engine: "local"` in config.ts',
    );
  }
}
