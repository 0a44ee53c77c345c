/** How the backup is started as a plain process: from its sources, allowed to run restic and nothing else. */

import { join } from "node:path";
import { secretsDirOf } from "../../destinations.ts";
import { addressesOf, filesDirOf, type Stack, type Target } from "../../stack.ts";
import { flagValue } from "./control.ts";
import { newest, PROJECT } from "./sources.ts";

/** What the backup is made of. */
const SOURCES = ["backup", "lib", "deno.json", "deno.lock"].map((path) => join(PROJECT, path));

/** The command of the backup. @param directory Real path of `<state>/local`. @param listen `host:port`. */
export function backupCommand(
  stack: Stack,
  target: Target,
  directory: string,
  restic: string,
  listen: string,
): string[] {
  const files = join(filesDirOf(target), "backup");
  const secrets = secretsDirOf("backup", target);
  const data = [join(directory, "data"), join(target.stateDir, "local", "data")].map(flagValue);
  const { prometheus, alertmanager } = addressesOf(stack, "local");
  return [
    Deno.execPath(),
    "run",
    "--quiet",
    "--no-prompt",
    `--config=${join(PROJECT, "deno.json")}`,
    `--allow-read=${[...new Set([...data, flagValue(files), flagValue(secrets)])]}`,
    `--allow-write=${[...new Set(data)]}`,
    `--allow-net=${[listen, prometheus, alertmanager]}`,
    `--allow-run=${flagValue(restic)}`,
    join(PROJECT, "backup", "main.ts"),
    "serve",
    `--listen=${listen}`,
    `--plan=${join(files, "backup.json")}`,
    `--secrets=${secrets}`,
    `--restic=${restic}`,
  ];
}

/** Changes when the backup's sources do. */
export async function backupFingerprint(): Promise<string> {
  return `source ${await newest(...SOURCES)}`;
}

/** Absolute paths of what the backup is made of, its cache of modules left out. */
export const BACKUP_SOURCES: readonly string[] = SOURCES;
