/** Making the running entry take its new files, without ending a connection. */

import { run } from "../../../lib/process.ts";
import { binary } from "../../binaries/mod.ts";
import { reloadArguments } from "../../entry.ts";
import { type Stack, type Target, versionsOf } from "../../stack.ts";

const RELOAD_MS = 30_000;

/**
 * Makes the entry read its configuration and its certificate again.
 *
 * @param directory The entry's data, where its socket lies.
 * @returns why it goes on with what it had; empty when it took them.
 */
export async function reloadEntry(
  stack: Stack,
  target: Target,
  directory: string,
  signal: AbortSignal,
): Promise<string[]> {
  const { path } = await binary("caddy", { version: versionsOf(stack).entry, signal });
  const { code, stderr } = await run(path, reloadArguments(target), {
    cwd: directory,
    timeoutMs: RELOAD_MS,
    signal,
  });
  return code === 0 ? [] : [refusalOf(stderr)];
}

/** What `caddy reload` says at last when it was refused. */
export function refusalOf(stderr: string): string {
  return stderr.trim().split("\n").at(-1)?.replace(/^Error: /, "") || "caddy reload ended without a word";
}
