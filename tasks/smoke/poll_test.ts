import assert from "node:assert/strict";
import { poll } from "./poll.ts";

function options(signal = new AbortController().signal) {
  let nowMs = 0;
  return { deadlineMs: 100, pollMs: 0, now: () => nowMs += 10, signal };
}

Deno.test("poll looks until it accepts", async () => {
  let looks = 0;
  const waits: number[] = [];
  const result = await poll(() => Promise.resolve(++looks), (seen) => seen === 3, {
    ...options(),
    waiting: (ms) => waits.push(ms),
  });
  assert.deepEqual(result, { seen: 3, accepted: true, elapsedMs: 30 });
  assert.deepEqual(waits, [10, 20]);
});

Deno.test("poll gives what it saw last when the deadline has passed", async () => {
  const { seen, accepted, elapsedMs } = await poll(() => Promise.resolve("no"), () => false, options());
  assert.deepEqual({ seen, accepted, elapsedMs }, { seen: "no", accepted: false, elapsedMs: 100 });
});

Deno.test("poll throws the signal's reason, also while it pauses", async () => {
  const stop = new AbortController();
  const reason = new Error("enough");
  const running = poll(() => Promise.resolve(0), () => false, {
    ...options(stop.signal),
    pollMs: 3_600_000,
    waiting: () => queueMicrotask(() => stop.abort(reason)),
  });
  await assert.rejects(running, reason);
  await assert.rejects(poll(() => Promise.resolve(0), () => false, options(stop.signal)), reason);
});
