/** The root certificate of the stack's own authority, put where a person finds it. */

import { join } from "node:path";
import { readIfThere, writeAtomically } from "../lib/files.ts";
import { containersOf } from "./engine/docker_containers.ts";
import { tryDocker } from "./engine/docker_cli.ts";
import type { Stack, Target } from "./stack.ts";

/** Where it lies, relative to the state directory. */
export const ENTRY_ROOT = "entry-root.crt";

const IN_STORAGE = "pki/authorities/local/root.crt";

/**
 * Copies the root of the running entry's own authority to `<state>/entry-root.crt`, for browsers to import; with another `tls.mode` removes
 * what an earlier one left.
 *
 * @returns its path; undefined when the entry has no authority of its own.
 */
export async function exportEntryRoot({ tls, name }: Stack, target: Target): Promise<string | undefined> {
  const path = join(target.stateDir, ENTRY_ROOT);
  const text = tls.mode === "internal" ? await rootOf(name, target) : undefined;
  const before = await readIfThere(path);
  if (text === undefined) {
    if (before !== undefined) await Deno.remove(path);
    return undefined;
  }
  if (before !== text) await writeAtomically(path, text);
  return path;
}

async function rootOf(project: string, { engine, stateDir }: Target): Promise<string | undefined> {
  if (engine === "local") return await readIfThere(join(stateDir, "local", "data", "entry", IN_STORAGE));
  const container = (await containersOf(project)).find(({ service }) => service === "entry");
  if (!container) return undefined;
  const { code, stdout } = await tryDocker(["exec", container.id, "cat", `/data/caddy/${IN_STORAGE}`]);
  return code === 0 ? stdout : undefined;
}
