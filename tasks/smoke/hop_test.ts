import assert from "node:assert/strict";
import { type Hop, HopBroken, passHop } from "./hop.ts";
import { Unanswered } from "./http.ts";
import { fakeContext } from "./testing.ts";

const BEGINNING = { at: "2026-11-22T10:00:00.000Z", now: 0 };

function hop(overrides: Partial<Hop>): Hop {
  return {
    name: "firing",
    expectedMs: 1_000,
    deadlineMs: 500,
    look: () => Promise.resolve(undefined),
    diagnose: () => Promise.resolve(new HopBroken("nothing came", "look there")),
    ...overrides,
  };
}

const pass = (overrides: Partial<Hop>) => passHop(fakeContext({}), "smoke/x", hop(overrides), BEGINNING);

Deno.test("passHop measures by the clock of the service that saw the alert", async () => {
  let looks = 0;
  const step = await pass({
    look: () => Promise.resolve(++looks < 3 ? undefined : { at: "2026-11-22T10:00:00.123Z", detail: "here" }),
  });
  assert.deepEqual(step, {
    name: "firing",
    outcome: "passed",
    expectedMs: 1_000,
    elapsedMs: 123,
    detail: "here",
  });
});

Deno.test("passHop measures by its own clock when the service's does not agree", async () => {
  for (const at of [undefined, "", "2026-11-22T11:00:00Z", "2026-11-22T09:00:00Z"]) {
    const { elapsedMs } = await pass({ look: () => Promise.resolve({ at }) });
    assert.equal(elapsedMs, 300, `at ${at}`);
  }
  // Prometheus stamps a scrape with its planned time.
  const { elapsedMs } = await pass({ look: () => Promise.resolve({ at: "2026-11-22T09:59:59.998Z" }) });
  assert.equal(elapsedMs, 0);
});

Deno.test("passHop notes an alert that is later than the intervals allow", async () => {
  const look = () => Promise.resolve({ at: "2026-11-22T10:00:00.200Z" });
  const late = await passHop(fakeContext({}), "smoke/x", hop({ look, expectedMs: 50 }), {
    ...BEGINNING,
    at: "2026-11-22T09:59:58.500Z",
    now: -2_000,
  });
  assert.equal(late.outcome, "note");
  assert.equal(late.elapsedMs, 1_700);
  assert.match(late.detail!, /^later than the 50 ms that the intervals allow/);
});

Deno.test("passHop says why the alert did not arrive", async () => {
  const step = await pass({});
  assert.equal(step.outcome, "failed");
  assert.equal(step.problem?.message, `The alert's way breaks at the hop "firing": nothing came`);
  assert.equal(step.problem?.cure, "look there");
});

Deno.test("passHop does not wait for what is known not to come", async () => {
  let looks = 0;
  const step = await pass({
    look: () => {
      looks++;
      throw new HopBroken("the target is down", "start it");
    },
  });
  assert.equal(looks, 1);
  assert.match(step.detail!, /: the target is down$/);
});

Deno.test("passHop survives a missing answer, and gives it as the reason when it stays", async () => {
  let looks = 0;
  const hiccup = await pass({
    look: () => ++looks === 1 ? Promise.reject(new Unanswered("Cannot reach it")) : Promise.resolve({}),
  });
  assert.equal(hiccup.outcome, "passed");
  const silent = await pass({ look: () => Promise.reject(new Unanswered("Cannot reach it")) });
  assert.match(silent.detail!, /: Cannot reach it$/);
  const unexplained = await pass({ diagnose: () => Promise.reject(new Unanswered("Cannot ask it either")) });
  assert.match(unexplained.detail!, /: Cannot ask it either$/);
});

Deno.test("passHop does not hide a defect", async () => {
  await assert.rejects(pass({ look: () => Promise.reject(new TypeError("defect")) }), TypeError);
});
