import assert from "node:assert/strict";
import { askedMs, backoffMs } from "./backoff.ts";

Deno.test("backoffMs grows from 1 s to 5 min, anywhere between", () => {
  assert.deepEqual([1, 2, 3, 8, 9, 50, 5_000].map((failures) => backoffMs(failures, 1) / 1_000), [
    2,
    4,
    8,
    256,
    300,
    300,
    300,
  ]);
  assert.deepEqual([1, 9].map((failures) => backoffMs(failures, 0)), [1_000, 1_000]);
  assert.equal(backoffMs(9, 0.5), 150_500);
});

Deno.test("askedMs is never shorter than asked, but for a day at most, and 0 for what is no time", () => {
  assert.deepEqual([0.4, 30_000, 1e12, Infinity].map(askedMs), [1, 30_000, 86_400_000, 86_400_000]);
  assert.deepEqual([undefined, 0, -5, NaN].map(askedMs), [0, 0, 0, 0]);
});
