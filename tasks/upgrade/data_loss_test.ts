import assert from "node:assert/strict";
import { renderFor } from "../render.ts";
import { defineStack, type EngineName, type StackInput } from "../stack.ts";
import { lossesOf, type Situation } from "./data_loss.ts";

function situation(input: StackInput, engine: EngineName = "docker"): Situation {
  const stack = defineStack(input);
  return {
    stack,
    engine,
    files: renderFor(stack, { engine, buildDir: "/b", stateDir: "/s", configDir: "/c" }),
  };
}

function idsOf(before: StackInput, after: StackInput, engine?: EngineName): string[] {
  return lossesOf(situation(before, engine), situation(after, engine)).map(({ id }) => id);
}

Deno.test("lossesOf finds nothing in what only grows, and in the first up", () => {
  assert.deepEqual(idsOf({}, {}), []);
  assert.deepEqual(idsOf({}, { retention: { time: "30d", size: "50GB" }, services: { cadvisor: true } }), []);
  assert.deepEqual(lossesOf(undefined, situation({})), []);
});

Deno.test("lossesOf finds a shrunk retention, by time and by size", () => {
  const [time] = lossesOf(situation({}), situation({ retention: { time: "1w" } }));
  assert.deepEqual(time, {
    id: "retention-time",
    what: "retention.time: 15d → 1w: measurements older than 1w are deleted",
  });
  assert.deepEqual(idsOf({}, { retention: { size: "512MB" } }), ["retention-size"]);
  // The same time in other words.
  assert.deepEqual(idsOf({ retention: { time: "1w" } }, { retention: { time: "7d" } }), []);
});

Deno.test("lossesOf finds history of the webhook and backups that would go", () => {
  assert.deepEqual(idsOf({}, { webhook: { retention: { age: "1d", deadAge: "2d" } } }), [
    "webhook-history",
    "webhook-history",
  ]);
  assert.deepEqual(idsOf({}, { webhook: { limits: { journal: "100MB" } } }), ["webhook-history"]);
  const keep = (daily: number): StackInput => ({ backup: { keep: { daily } } });
  assert.deepEqual(idsOf(keep(7), keep(3)), ["backups"]);
  assert.deepEqual(idsOf(keep(3), keep(7)), []);
});

Deno.test("lossesOf finds a renamed stack where its name is the volumes', and nowhere else", () => {
  assert.deepEqual(idsOf({ name: "a" }, { name: "b" }), ["name"]);
  assert.deepEqual(idsOf({ name: "a" }, { name: "b" }, "local"), []);
});

Deno.test("lossesOf finds a renamed volume and a service that has lost its own", () => {
  const before = situation({});
  const compose = before.files!.get("compose.yaml")!;
  const renamed = {
    ...before,
    files: new Map([["compose.yaml", compose.replaceAll("prometheus-data", "tsdb")]]),
  };
  assert.deepEqual(lossesOf(renamed, before), [{
    id: "volumes",
    what: 'prometheus: volume "tsdb" → "prometheus-data": it starts empty',
  }]);
});

Deno.test("lossesOf finds a service with data that is switched off, and none without", () => {
  assert.deepEqual(idsOf({}, { services: { grafana: false, blackbox: false } }), ["service"]);
});

Deno.test("lossesOf finds another engine and a state directory that moved", () => {
  const [loss, ...others] = lossesOf(
    situation({}, "docker"),
    situation({ retention: { time: "1d" } }, "local"),
  );
  assert.equal(loss!.id, "engine");
  assert.deepEqual(others, [], "what the other engine has is not touched");
  const [moved] = lossesOf(undefined, situation({}, "local"), "/old/.state");
  assert.equal(moved!.id, "state");
  assert.match(moved!.what, /"\/old\/\.state"/);
});
