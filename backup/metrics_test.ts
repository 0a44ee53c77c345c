import assert from "node:assert/strict";
import { metricsText } from "./metrics.ts";
import type { State } from "./state.ts";

const SINCE = "2026-11-22T00:00:00.000Z";
const seconds = (iso: string) => Date.parse(iso) / 1_000;

/** Each sample of the text, name → value. */
async function samples(state: State, running = false): Promise<Record<string, number>> {
  const text = await metricsText({ state, every: "6h", running });
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return Object.fromEntries(lines.map((line) => [line.split(" ")[0], Number(line.split(" ")[1])]));
}

Deno.test("metricsText leaves out what is not known yet, and has a first backup due at once", async () => {
  assert.deepEqual(await samples({ since: SINCE, failures: 0 }), {
    vigie_backup_due_timestamp_seconds: seconds(SINCE),
    vigie_backup_interval_seconds: 6 * 3_600,
    vigie_backup_failures: 0,
    vigie_backup_running: 0,
  });
});

Deno.test("metricsText says how the last run, the last backup and the last check went", async () => {
  const [startedAt, endedAt] = ["2026-11-22T06:00:00.000Z", "2026-11-22T06:00:09.000Z"];
  const run = { startedAt, endedAt, ok: false, error: "no" };
  const told = await samples({
    since: SINCE,
    failures: 2,
    lastRun: run,
    lastVerify: { ...run, ok: true },
    lastStored: { startedAt: SINCE, tookMs: 1_500, snapshot: "a", bytes: 10, addedBytes: 4 },
    snapshots: 3,
    repositoryBytes: 99,
  }, true);
  assert.deepEqual(told, {
    vigie_backup_last_success_timestamp_seconds: seconds(SINCE),
    vigie_backup_due_timestamp_seconds: seconds(SINCE) + 6 * 3_600,
    vigie_backup_interval_seconds: 6 * 3_600,
    vigie_backup_last_run_successful: 0,
    vigie_backup_last_run_timestamp_seconds: seconds(endedAt),
    vigie_backup_failures: 2,
    vigie_backup_last_duration_seconds: 1.5,
    vigie_backup_last_size_bytes: 10,
    vigie_backup_last_added_bytes: 4,
    vigie_backup_snapshots: 3,
    vigie_backup_repository_bytes: 99,
    vigie_backup_last_verify_timestamp_seconds: seconds(startedAt),
    vigie_backup_last_verify_successful: 1,
    vigie_backup_running: 1,
  });
});
