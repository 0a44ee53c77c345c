import { deepEqual, equal } from "node:assert/strict";
import { CHANNELS } from "../channels/mod.ts";
import { createFakeClock } from "../testing/fake_clock.ts";
import { createDeadlines } from "./deadlines.ts";
import { createPacer } from "./pacer.ts";

/** When each of `count` requests goes that want to go at once, milliseconds from the first. */
async function turns(pace: Parameters<typeof createPacer>[0], count: number): Promise<number[]> {
  const clock = createFakeClock(0);
  const pacer = createPacer(pace, clock);
  const deadlines = createDeadlines(10_000, clock);
  const times: number[] = [];
  for (let i = 0; i < count; i++) void pacer.turn(deadlines).then(() => times.push(clock.now()));
  await clock.advance(100_000_000);
  return times;
}

Deno.test("createPacer lets a burst go, then one at a time", async () => {
  deepEqual(await turns({ burst: 2, everyMs: 1_000 }, 5), [0, 0, 1_000, 2_000, 3_000]);
});

Deno.test("createPacer keeps two limits at once", async () => {
  const pace = { burst: 4, everyMs: 10_000, also: { burst: 1, everyMs: 500 } };
  deepEqual(await turns(pace, 6), [0, 500, 1_000, 1_500, 10_000, 20_000]);
  const clock = createFakeClock(0);
  const pacer = createPacer(pace, clock);
  await pacer.turn(createDeadlines(10_000, clock));
  deepEqual([pacer.available(), pacer.waitMs()], [0, 500]);
});

Deno.test("createPacer gives a turn back that was given up", async () => {
  const clock = createFakeClock(0);
  const pacer = createPacer({ burst: 1, everyMs: 1_000, also: { burst: 1, everyMs: 100 } }, clock);
  await pacer.turn(createDeadlines(10_000, clock));
  const ending = createDeadlines(10_000, clock);
  const given = pacer.turn(ending);
  ending.stop();
  equal(await given, false);
  await clock.advance(1_000);
  equal(pacer.waitMs(), 0);
});

Deno.test("createPacer has a spare request once the destination has rested, which holds up no turn", async () => {
  for (const also of [undefined, { burst: 5, everyMs: 10 }]) {
    const clock = createFakeClock(0);
    const pacer = createPacer({ burst: 2, everyMs: 1_000, also }, clock);
    equal(pacer.restedMs(), 0);
    await pacer.turn(createDeadlines(10_000, clock));
    equal(pacer.restedMs(), 1_000);
    await clock.advance(1_000);
    equal(pacer.restedMs(), 0);
    pacer.takeSpare();
    deepEqual([pacer.restedMs(), pacer.available(), pacer.waitMs()], [1_000, 2, 0]);
  }
  const free = createPacer({ burst: 1, everyMs: 0 }, createFakeClock(0));
  free.takeSpare();
  equal(free.restedMs(), 0);
});

Deno.test("the kinds' paces stay below what the destinations allow", async () => {
  const limits: Record<string, readonly (readonly [count: number, withinMs: number])[]> = {
    // Requests may not be more than these within so long; sources beside each kind's pace.
    teams: [[4, 1_000], [60, 30_000], [100, 3_600_000], [1_800, 86_400_000]],
    discord: [[5, 2_000], [30, 60_000]],
    slack: [[8, 5_000], [60, 60_000]],
    telegram: [[20, 60_000]],
    ntfy: [[60, 30_000]],
  };
  for (const [name, allowed] of Object.entries(limits)) {
    const { pace } = CHANNELS.find(({ kind }) => kind === name)!;
    const times = await turns(pace, Math.max(...allowed.map(([count]) => count)) + 40);
    for (const [count, withinMs] of allowed) {
      for (let i = count; i < times.length; i++) {
        // More than `count` begin with the i-th before: they must not all lie within.
        const spanMs = times[i]! - times[i - count]!;
        equal(
          spanMs >= withinMs,
          true,
          `${name}: ${count + 1} in ${spanMs} ms, ${count} in ${withinMs} ms allowed`,
        );
      }
    }
  }
});
