import assert from "node:assert/strict";
import { createFakeClock } from "../testing/fake_clock.ts";
import { createDeadlines } from "./deadlines.ts";

Deno.test("createDeadlines ends each in its time, by one timer, and none that was cancelled", async () => {
  const clock = createFakeClock(0);
  const deadlines = createDeadlines(10_000, clock);
  const ended: string[] = [];
  const add = (name: string) => deadlines.add((why) => void ended.push(`${name} ${why} at ${clock.now()}`));
  const cancelA = add("a");
  await clock.advance(1_000);
  add("b");
  await clock.advance(1_000);
  const cancelC = add("c");
  add("d");
  assert.equal(clock.waiting(), 1);
  cancelA();
  cancelC();
  await clock.advance(60_000);
  assert.deepEqual(ended, ["b late at 11000", "d late at 12000"]);
  assert.equal(clock.waiting(), 0);
});

Deno.test("createDeadlines leaves no timer when nothing is left to end", () => {
  const clock = createFakeClock(0);
  const deadlines = createDeadlines(10_000, clock);
  const cancel = deadlines.add(() => assert.fail("it was cancelled"));
  cancel();
  cancel();
  assert.equal(clock.waiting(), 0);
});

Deno.test("createDeadlines ends everything when it is stopped, what comes later too", () => {
  const clock = createFakeClock(0);
  const deadlines = createDeadlines(10_000, clock);
  const ended: string[] = [];
  deadlines.add((why) => void ended.push(`a ${why}`));
  const cancel = deadlines.onStop(() => assert.fail("it was cancelled"));
  cancel();
  deadlines.onStop(() => void ended.push("b"));
  assert.equal(deadlines.isStopped(), false);
  deadlines.stop();
  deadlines.add((why) => void ended.push(`c ${why}`));
  deadlines.onStop(() => void ended.push("d"));
  assert.deepEqual(ended, ["a stopped", "b", "c stopped", "d"]);
  assert.equal(deadlines.isStopped(), true);
  assert.equal(clock.waiting(), 0);
});
