import assert from "node:assert/strict";
import type { ChannelState } from "./delivery/mod.ts";
import { createHeartbeat, findIllness, type Heartbeat } from "./heartbeat.ts";
import { createLog } from "./log.ts";
import { webhookSchema } from "./schema.ts";
import { createFakeClock, type FakeClock } from "./testing/fake_clock.ts";

const URL = "https://hc.example/hunter2";

interface Parts {
  readonly clock: FakeClock;
  readonly asked: { url: string; init: RequestInit; atMs: number }[];
  readonly logged: string[];
  readonly state: { ill?: string; answer: (init: RequestInit) => Promise<Response>; url?: string };
  readonly heartbeat: Heartbeat;
}

async function withHeartbeat(test: (parts: Parts) => Promise<void>): Promise<void> {
  const clock = createFakeClock();
  const start = clock.now();
  const asked: Parts["asked"] = [];
  const logged: string[] = [];
  const state: Parts["state"] = { answer: () => Promise.resolve(new Response("OK")), url: URL };
  const config = webhookSchema.parse({ heartbeat: { url: URL, every: "1m" } });
  const heartbeat = createHeartbeat({
    clock,
    settings: () => ({
      config,
      heartbeatUrl: state.url,
      redact: (text) => text.replaceAll("hunter2", "<secret>"),
    }),
    fetch: ((url: string, init: RequestInit) => {
      asked.push({ url, init, atMs: clock.now() - start });
      return state.answer(init);
    }) as typeof fetch,
    whatIsIll: () => state.ill,
    log: createLog((line) => void logged.push(line.replace(/^time=\S+ /, "").trim()), clock.now),
    random: () => 0.5,
  });
  try {
    await test({ clock, asked, logged, state, heartbeat });
  } finally {
    await heartbeat.stop();
    assert.equal(clock.waiting(), 0);
  }
}

Deno.test("createHeartbeat asks its URL again and again, without following a redirect", async () => {
  await withHeartbeat(async ({ clock, asked, heartbeat }) => {
    assert.equal(heartbeat.lastMs(), undefined);
    await clock.advance(130_000);
    assert.deepEqual(asked.map(({ atMs }) => atMs), [5_000, 65_000, 125_000]);
    assert.deepEqual([asked[0]!.url, asked[0]!.init.redirect], [URL, "manual"]);
    assert.equal(heartbeat.lastMs(), clock.now() - 5_000);
  });
});

Deno.test("createHeartbeat does not beat while something is ill, and says so once", async () => {
  await withHeartbeat(async ({ clock, asked, state, logged }) => {
    state.ill = "the journal fails: the disk is full";
    await clock.advance(300_000);
    assert.deepEqual(asked, []);
    state.ill = undefined;
    await clock.advance(60_000);
    assert.equal(asked.length, 1);
    assert.deepEqual(logged, [
      'level=ERROR msg="No heartbeat" reason="withheld: the journal fails: the disk is full"',
      'level=INFO msg="The heartbeat is taken again"',
    ]);
  });
});

Deno.test("createHeartbeat logs a failure once, without its URL, and goes on", async () => {
  await withHeartbeat(async ({ clock, asked, state, logged, heartbeat }) => {
    state.answer = () =>
      Promise.reject(new TypeError("error sending request", { cause: new Error(`dns of ${URL}`) }));
    await clock.advance(125_000);
    state.answer = () => Promise.resolve(new Response("", { status: 404 }));
    await clock.advance(60_000);
    assert.equal(asked.length, 4);
    assert.equal(heartbeat.lastMs(), undefined);
    assert.deepEqual(logged, [
      'level=ERROR msg="No heartbeat" reason="dns of <secret>"',
      'level=ERROR msg="No heartbeat" reason="the answer was 404"',
    ]);
  });
});

Deno.test("createHeartbeat ends a request that hangs", async () => {
  await withHeartbeat(async ({ clock, state, logged }) => {
    state.answer = ({ signal }) =>
      new Promise((_, reject) => signal!.addEventListener("abort", () => reject(signal!.reason)));
    await clock.advance(15_000);
    assert.deepEqual(logged, ['level=ERROR msg="No heartbeat" reason="no answer within 10 s"']);
  });
});

Deno.test("createHeartbeat ends its request when it stops, and says nothing of it", async () => {
  const logs: string[][] = [];
  await withHeartbeat(async ({ clock, state, logged }) => {
    logs.push(logged);
    state.answer = ({ signal }) =>
      new Promise((_, reject) => signal!.addEventListener("abort", () => reject(signal!.reason)));
    await clock.advance(5_000);
  });
  assert.deepEqual(logs, [[]]);
});

Deno.test("createHeartbeat takes over another URL, and none", async () => {
  await withHeartbeat(async ({ clock, asked, state, heartbeat }) => {
    await clock.advance(5_000);
    state.url = "https://hc.example/other";
    heartbeat.configured();
    await clock.advance(5_000);
    assert.equal(asked[1]!.url, "https://hc.example/other");
    state.url = undefined;
    heartbeat.configured();
    await clock.advance(300_000);
    assert.equal(asked.length, 2);
  });
});

const MINUTE = 60_000;

/** What is ill of a webhook that is well but for what is told. */
function illness(
  { failure, dueMs, isWatchdogMissing, ...channel }: {
    failure?: string;
    dueMs?: number;
    isWatchdogMissing?: boolean;
  } & Partial<ChannelState>,
) {
  return findIllness({
    journal: { failure: () => failure, nextDueMs: () => dueMs },
    channels: [{
      name: "a",
      kind: "console",
      queued: 0,
      dead: 3,
      circuit: "closed",
      consecutiveFailures: 0,
      ...channel,
    }],
    isWatchdogMissing,
    nowMs: 100 * MINUTE,
  });
}

Deno.test("findIllness finds nothing while all is well", () => {
  assert.equal(illness({}), undefined);
  assert.equal(illness({ isWatchdogMissing: false }), undefined);
  assert.equal(illness({ consecutiveFailures: 4, oldestMs: 91 * MINUTE, dueMs: 91 * MINUTE }), undefined);
  // Held back, as it flaps.
  assert.equal(illness({ oldestMs: 50 * MINUTE, dueMs: 101 * MINUTE }), undefined);
});

Deno.test("findIllness finds what is ill", () => {
  assert.equal(illness({ failure: "the disk is full" }), "the journal fails: the disk is full");
  assert.equal(illness({ isWatchdogMissing: true }), "the watchdog is missing");
  const untold = 'channel "a" leaves something untold for more than 10m';
  assert.equal(illness({ consecutiveFailures: 1, oldestMs: 90 * MINUTE, dueMs: 101 * MINUTE }), untold);
  assert.equal(illness({ oldestMs: 90 * MINUTE, dueMs: 90 * MINUTE }), untold);
});
