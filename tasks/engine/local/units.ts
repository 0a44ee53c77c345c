/** Services that systemd runs, by units of `deno task systemd`, instead of this engine's supervisor. */

import { run } from "../../../lib/process.ts";
import { EXIT, Failure } from "../../cli.ts";
import { MARK } from "./protocol.ts";

const FIND_UNITS = `for file in $(grep -lsxzF "${MARK.stack}=$1" /proc/[0-9]*/environ); do
  grep -hsz '^${MARK.target}=' "$file" | tr '\\0' '\\n'
done`;

/** The target of the units that run services of the stack in `directory`; undefined when none do, as far as this user may see. */
export async function runningTarget(directory: string): Promise<string | undefined> {
  const { stdout } = await run("sh", ["-c", FIND_UNITS, "sh", directory]);
  return stdout.split("\n").filter(Boolean)[0]?.slice(MARK.target.length + 1);
}

/**
 * Refuses to do what systemd would undo: it starts again what somebody else ends.
 *
 * @param what What is refused, after "Cannot".
 * @throws {Failure} when units run services of the stack.
 */
export async function refuseUnits(directory: string, what: string): Promise<void> {
  const target = await runningTarget(directory);
  if (target === undefined) return;
  throw new Failure(
    `Cannot ${what}: systemd runs it, by the units of ${target}`,
    EXIT.usage,
    `run \`systemctl stop ${target}\` first, with --user for units of your own`,
  );
}
