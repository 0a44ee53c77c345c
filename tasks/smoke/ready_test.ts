import assert from "node:assert/strict";
import type { ServiceStatus } from "../engine/engine.ts";
import { runSmoke, type SmokeResult } from "./check.ts";
import { ready } from "./ready.ts";
import { fakeContext, messages, outcomes, type Reply } from "./testing.ts";

const ANSWERS: Record<string, Reply> = {
  "prometheus/-/ready": "ok",
  "alertmanager/-/ready": "ok",
  "webhook/health": "ok",
  "grafana/api/health": {},
};

async function run(services: readonly ServiceStatus[], answers = ANSWERS): Promise<SmokeResult> {
  const context = fakeContext(answers, { status: () => Promise.resolve(services) });
  return (await runSmoke([ready], context))[0]!;
}

const READY: readonly ServiceStatus[] = (["prometheus", "alertmanager", "webhook", "grafana"] as const)
  .map((service) => ({ service, state: "ready" }));

function but(other: ServiceStatus): ServiceStatus[] {
  return READY.map((one) => one.service === other.service ? other : one);
}

Deno.test("ready passes when every service is ready and says so itself", async () => {
  const result = await run(READY);
  assert.deepEqual(outcomes(result), [
    "prometheus: passed",
    "alertmanager: passed",
    "webhook: passed",
    "grafana: passed",
  ]);
});

Deno.test("ready waits for a service that is starting", async () => {
  let looks = 0;
  const status = () =>
    Promise.resolve(++looks < 3 ? but({ service: "prometheus", state: "starting" }) : READY);
  const [result] = await runSmoke([ready], fakeContext(ANSWERS, { status }));
  assert.equal(result!.outcome, "passed");
  assert.equal(looks, 3);
});

Deno.test("ready names a service that does not run, with the engine's reason and the cure", async () => {
  const stopped = await run(but({ service: "webhook", state: "stopped" }));
  assert.deepEqual(messages(stopped), ['The service "webhook" is stopped']);
  assert.match(stopped.problems[0]!.cure, /deno task up/);
  const failing = await run(but({ service: "prometheus", state: "failed", detail: "exited with code 1" }));
  assert.deepEqual(messages(failing), ['The service "prometheus" is failing: exited with code 1']);
  assert.match(failing.problems[0]!.cure, /deno task logs prometheus/);
  assert.deepEqual(messages(await run(READY.slice(1))), ['The service "prometheus" is not there']);
  const starting = await run(but({ service: "grafana", state: "starting" }));
  assert.deepEqual(messages(starting), ['The service "grafana" is starting']);
});

Deno.test("ready does not take the engine's word for a service that does not answer", async () => {
  const result = await run(READY, {
    ...ANSWERS,
    "alertmanager/-/ready": new Response("starting", { status: 503 }),
  });
  assert.deepEqual(messages(result), [
    'The service "alertmanager" runs and is not ready: GET http://alertmanager/-/ready was answered with 503: starting',
  ]);
});

Deno.test("ready skips a service that the engine left out, and notes one that was restarted", async () => {
  const left = await run(but({ service: "grafana", state: "left-out", detail: "there is no binary" }));
  assert.equal(left.outcome, "passed");
  assert.deepEqual(left.steps.at(-1)!.detail, "there is no binary");
  assert.equal(left.steps.at(-1)!.outcome, "skipped");
  const restarted = await run(but({ service: "webhook", state: "ready", version: "1.0.0", restarts: 2 }));
  assert.equal(restarted.steps[2]!.outcome, "note");
  assert.equal(restarted.steps[2]!.detail, "1.0.0, restarted 2 times");
});
