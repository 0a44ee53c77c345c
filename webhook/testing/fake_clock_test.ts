import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { createFakeClock } from "./fake_clock.ts";

Deno.test("createFakeClock runs what is due in order of time, and what follows from it", async () => {
  const clock = createFakeClock(1_000);
  const seen: string[] = [];
  clock.after(30, () => seen.push(`b ${clock.now()}`));
  clock.after(10, async () => {
    seen.push(`a ${clock.now()}`);
    await setImmediate();
    clock.after(5, () => seen.push(`after a ${clock.now()}`));
  });
  clock.after(31, () => seen.push("too late"));
  await clock.advance(30);
  assert.deepEqual(seen, ["a 1010", "after a 1015", "b 1030"]);
  assert.equal(clock.now(), 1_030);
  assert.equal(clock.waiting(), 1);
});

Deno.test("createFakeClock does not run what was cancelled", async () => {
  const clock = createFakeClock();
  const cancel = clock.after(10, () => assert.fail("it was cancelled"));
  cancel();
  cancel();
  await clock.advance(20);
  assert.equal(clock.waiting(), 0);
});
