import { equal } from "node:assert/strict";
import { createFakeClock } from "../testing/fake_clock.ts";
import { createRush } from "./rush.ts";

Deno.test("createRush is on while many come, and off a moment after the last", async () => {
  const clock = createFakeClock(0);
  const rush = createRush(clock);
  for (let i = 0; i < 20; i++) rush.note();
  equal(rush.isOn(), false, "20 are not many");
  rush.note();
  equal(rush.isOn(), true);
  for (let i = 0; i < 39; i++) rush.note();
  equal(rush.isFlood(), false, "60 can be told as fast");
  rush.note();
  equal(rush.isFlood(), true);
  await clock.advance(150);
  equal(rush.isOn(), true, "there were many a moment ago");
  await clock.advance(100);
  equal(rush.isOn(), false);
});

Deno.test("createRush takes no notice of what comes slowly", async () => {
  const clock = createFakeClock(0);
  const rush = createRush(clock);
  for (let i = 0; i < 100; i++) {
    rush.note();
    equal(rush.isOn(), false);
    equal(rush.isAny(), true);
    await clock.advance(20);
  }
  await clock.advance(200);
  equal(rush.isAny(), false);
});
