/** The backup's metrics. */

import { Gauge, Registry } from "prom-client";
import { durationMs } from "../lib/units.ts";
import { dueMs } from "./schedule.ts";
import type { State } from "./state.ts";

/** What the metrics are made of. */
export interface Measured {
  readonly state: State;
  readonly every: string;
  /** Whether one is being made. */
  readonly running: boolean;
}

type Value = (measured: Measured) => number | undefined;
const seconds = (iso: string | undefined) => iso === undefined ? undefined : Date.parse(iso) / 1_000;

/** Every metric: what it is, and where it is taken from. One that is not known yet is left out. */
const METRICS: readonly (readonly [name: string, help: string, value: Value])[] = [
  [
    "vigie_backup_last_success_timestamp_seconds",
    "When the last complete backup was begun, seconds since 1970",
    ({ state }) => seconds(state.lastStored?.startedAt),
  ],
  [
    "vigie_backup_due_timestamp_seconds",
    "When the next backup is due, seconds since 1970: in the past while it is overdue",
    ({ state, every }) => dueMs(state, every) / 1_000,
  ],
  [
    "vigie_backup_interval_seconds",
    "How often a backup is to be made",
    ({ every }) => durationMs(every) / 1_000,
  ],
  [
    "vigie_backup_last_run_successful",
    "Whether the last run succeeded",
    ({ state }) => state.lastRun && Number(state.lastRun.ok),
  ],
  [
    "vigie_backup_last_run_timestamp_seconds",
    "When the last run ended, seconds since 1970",
    ({ state }) => seconds(state.lastRun?.endedAt),
  ],
  [
    "vigie_backup_failures",
    "Runs that failed since the last one that did not",
    ({ state }) => state.failures,
  ],
  [
    "vigie_backup_last_duration_seconds",
    "How long the last complete backup took",
    ({ state }) => state.lastStored && state.lastStored.tookMs / 1_000,
  ],
  [
    "vigie_backup_last_size_bytes",
    "What the last complete backup holds",
    ({ state }) => state.lastStored?.bytes,
  ],
  [
    "vigie_backup_last_added_bytes",
    "What the last complete backup added to the repository",
    ({ state }) => state.lastStored?.addedBytes,
  ],
  ["vigie_backup_snapshots", "Backups of this stack in the repository", ({ state }) => state.snapshots],
  ["vigie_backup_repository_bytes", "What the repository takes", ({ state }) => state.repositoryBytes],
  [
    "vigie_backup_last_verify_timestamp_seconds",
    "When the repository was last checked, seconds since 1970",
    ({ state }) => seconds(state.lastVerify?.startedAt),
  ],
  [
    "vigie_backup_last_verify_successful",
    "Whether the repository was sound when it was last checked",
    ({ state }) => state.lastVerify && Number(state.lastVerify.ok),
  ],
  ["vigie_backup_running", "Whether a backup is being made", ({ running }) => Number(running)],
];

/** The metrics in Prometheus's text format. */
export async function metricsText(measured: Measured): Promise<string> {
  const registry = new Registry();
  for (const [name, help, valueOf] of METRICS) {
    const value = valueOf(measured);
    if (value !== undefined) new Gauge({ name, help, registers: [registry] }).set(value);
  }
  return await registry.metrics();
}
