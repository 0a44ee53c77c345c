/** Putting units where systemd finds them, and what is typed then. */

import { join } from "node:path";
import { type Files, writeAtomically } from "../../lib/files.ts";
import type { Scope } from "./unit.ts";

/** Writes units into `directory`, among those of others. @returns their paths. */
export async function placeUnits(directory: string, units: Files): Promise<string[]> {
  const paths: string[] = [];
  for (const [name, text] of units) {
    paths.push(join(directory, name));
    await writeAtomically(paths.at(-1)!, text);
  }
  return paths;
}

/** The lines that install the units at `paths`, and start the one called `first` with all that belongs to it. */
export function installLines(scope: Scope, paths: readonly string[], first: string): string[] {
  const systemctl = systemctlOf(scope);
  return [
    "Install and start:",
    `  ${systemctl} link ${paths.join(" ")}`,
    `  ${systemctl} enable --now ${first}`,
    ...(scope === "user"
      ? ["  loginctl enable-linger   # so that they run while you are not signed in"]
      : []),
  ];
}

/** The command that a scope's units are managed with. */
export function systemctlOf(scope: Scope): string {
  return scope === "system" ? "systemctl" : "systemctl --user";
}
