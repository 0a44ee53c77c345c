import assert from "node:assert/strict";
import { Skipped } from "../../lib/check.ts";
import { failed, runSmoke, smokeCheck } from "./check.ts";
import { fakeContext } from "./testing.ts";

const fine = smokeCheck("smoke/fine", "Fine", async function* () {
  yield { name: "one", outcome: "passed" };
  yield { name: "two", outcome: "note", elapsedMs: 7, detail: "so so" };
});
const broken = smokeCheck("smoke/broken", "Broken", async function* () {
  yield failed("smoke/broken", "part", "It is broken", "mend it", { file: "a.yml", line: 3 });
});
const absent = smokeCheck("smoke/absent", "Absent", async function* () {
  yield { name: "start", outcome: "passed" };
  throw new Skipped("there is nothing here");
});

Deno.test("runSmoke times every step and tells the outcome of every check", async () => {
  const told: string[] = [];
  const results = await runSmoke([fine, broken, absent], fakeContext({}), {
    started: ({ id }) => void told.push(`started ${id}`),
    step: ({ name }) => void told.push(`step ${name}`),
    ended: ({ outcome }) => void told.push(`ended ${outcome}`),
  });
  assert.deepEqual(told, [
    "started smoke/fine",
    "step one",
    "step two",
    "ended passed",
    "started smoke/broken",
    "step part",
    "ended failed",
    "started smoke/absent",
    "step start",
    "ended skipped",
  ]);
  assert.deepEqual(results[0]!.steps.map(({ elapsedMs }) => elapsedMs), [100, 7]);
  assert.equal(results[2]!.reason, "there is nothing here");
  assert.deepEqual(results[1]!.problems, [{
    check: "smoke/broken",
    severity: "error",
    file: "a.yml",
    line: 3,
    message: "It is broken",
    cure: "mend it",
  }]);
});

Deno.test("smokeCheck is a check that lists the problems of its steps", async () => {
  assert.deepEqual((await broken.run(fakeContext({}))).map(({ message }) => message), ["It is broken"]);
  assert.deepEqual(await fine.run(fakeContext({})), []);
});

Deno.test("runSmoke throws what the signal was aborted with, after the check has cleaned up", async () => {
  const stop = new AbortController();
  let cleaned = false;
  const interrupted = smokeCheck("smoke/interrupted", "Interrupted", async function* ({ signal }) {
    try {
      yield { name: "begun", outcome: "passed" };
      signal.throwIfAborted();
    } finally {
      cleaned = true;
    }
  });
  const listener = { started() {}, step: () => stop.abort(new Error("enough")), ended() {} };
  const running = runSmoke([interrupted, fine], fakeContext({}, { signal: stop.signal }), listener);
  await assert.rejects(running, /enough/);
  assert.ok(cleaned);
});

Deno.test("runSmoke does not hide a defect of a check", async () => {
  const defect = smokeCheck("smoke/defect", "Defect", async function* () {
    yield { name: "begun", outcome: "passed" };
    throw new TypeError("undefined is not a function");
  });
  await assert.rejects(runSmoke([defect], fakeContext({})), TypeError);
});
