import assert from "node:assert/strict";
import { dueMs, nextMs } from "./schedule.ts";

const AT = "2026-11-22T00:00:00.000Z";
const at = (text: string) => Date.parse(`2026-11-22T${text}:00.000Z`);
const stored = { startedAt: AT, tookMs: 1, snapshot: "a", bytes: 1, addedBytes: 1 };
const failed = (endedAt: string) => ({ startedAt: AT, endedAt, ok: false });

Deno.test("dueMs counts from the last backup, and from the first start when there is none", () => {
  assert.equal(dueMs({ since: AT, lastStored: stored }, "6h"), at("06:00"));
  assert.equal(dueMs({ since: AT }, "6h"), at("00:00"));
});

Deno.test("nextMs waits longer after each failure, an hour at most, and never longer than the interval", () => {
  const state = { since: AT, lastRun: failed("2026-11-22T12:00:00.000Z") };
  const after = (failures: number, every: string) => nextMs({ ...state, failures }, every) - at("12:00");
  assert.deepEqual([1, 2, 3, 9].map((failures) => after(failures, "1d") / 60_000), [5, 10, 20, 60]);
  assert.equal(after(9, "10m") / 60_000, 10);
});

Deno.test("nextMs does not bring a backup forward because another one failed", () => {
  const lastRun = failed("2026-11-22T01:00:00.000Z");
  assert.equal(nextMs({ since: AT, lastStored: stored, lastRun, failures: 1 }, "6h"), at("06:00"));
});
