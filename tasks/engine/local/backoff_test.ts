import assert from "node:assert/strict";
import { Backoff } from "./backoff.ts";

Deno.test("Backoff doubles from half a second to 30 s", () => {
  const backoff = new Backoff();
  const waits = Array.from({ length: 9 }, () => backoff.next(0));
  assert.deepEqual(waits, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});

Deno.test("Backoff begins anew after a service ran well", () => {
  const backoff = new Backoff();
  for (let i = 0; i < 5; i++) backoff.next(59_999);
  assert.equal(backoff.next(60_000), 500);
  assert.equal(backoff.next(0), 1_000);
});
