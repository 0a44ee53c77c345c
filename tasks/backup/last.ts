/** How backups go, for people: what the service says of itself. */

import pc from "picocolors";
import type { State } from "../../backup/mod.ts";
import { durationMs, formatBytes } from "../../lib/units.ts";
import type { ServiceStatus } from "../engine/engine.ts";

const ASK_MS = 2_000;

/** How backups go. */
export interface BackupStatus extends State {
  readonly every: string;
  /** Whether one is being made. */
  readonly running: boolean;
}

/** What the backup says; undefined when there is none, or it does not answer. */
export async function backupStatus(
  services: readonly ServiceStatus[],
  url: string,
  signal: AbortSignal,
): Promise<BackupStatus | undefined> {
  if (!services.some(({ service, state }) => service === "backup" && state === "ready")) return undefined;
  try {
    const answer = await fetch(`${url}/state`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)]),
    });
    return await answer.json();
  } catch {
    signal.throwIfAborted();
    return undefined; // Its line among the services says that it does not answer.
  }
}

/** @param age Writes how long something is ago, from milliseconds. @param nowMs Milliseconds since 1970. */
export function formatBackup(
  { lastStored, lastRun, lastVerify, snapshots, every, running }: BackupStatus,
  nowMs: number,
  age: (ms: number) => string,
): string {
  const ago = (iso: string) => `${age(nowMs - Date.parse(iso))} ago`;
  const late = lastStored && nowMs - Date.parse(lastStored.startedAt) > 1.5 * durationMs(every);
  const last = lastStored === undefined
    ? pc.yellow("none yet")
    : `${(late ? pc.red : pc.green)(ago(lastStored.startedAt))}, ${formatBytes(lastStored.bytes)}, ${
      snapshots ?? 1
    } kept`;
  const lines = [`Backup every ${every}: the last one ${last}${running ? "; one is being made" : ""}`];
  if (lastRun && !lastRun.ok) lines.push(`  ${pc.red("failed")} ${ago(lastRun.endedAt)}: ${lastRun.error}`);
  if (lastVerify && !lastVerify.ok) {
    lines.push(`  ${pc.red("damaged")} ${ago(lastVerify.endedAt)}: ${lastVerify.error}`);
  }
  return lines.join("\n");
}
