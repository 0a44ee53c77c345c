/** The face of backups. */

import { type Files } from "../lib/files.ts";
import type { Plan } from "./plan.ts";

export * from "./plan.ts";

/** `backup/backup.json`, which the service reads. */
export function renderBackup(plan: Plan): Files {
  return new Map([["backup/backup.json", JSON.stringify(plan, null, 2) + "\n"]]);
}
