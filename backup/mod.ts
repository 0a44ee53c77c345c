/** The face of backups. */

import { type Files } from "../lib/files.ts";
import type { Plan } from "./plan.ts";

export { BackupFailure } from "./failure.ts";
export type { Fetched } from "./fetch.ts";
export type { AnyPart, Manifest } from "./manifest.ts";
export { perform, type Request, type Results } from "./perform.ts";
export * from "./plan.ts";
export type { Snapshot } from "./repository.ts";
export { type Backup, bytesOf, type Reporter } from "./save.ts";
export type { State } from "./state.ts";

/** `backup/backup.json`, which the service reads. */
export function renderBackup(plan: Plan): Files {
  return new Map([["backup/backup.json", JSON.stringify(plan, null, 2) + "\n"]]);
}
