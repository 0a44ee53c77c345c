import { deepEqual, equal, match } from "node:assert/strict";
import { Hono } from "hono";
import type { AppEnv } from "./app.ts";
import type { IncomingBody } from "./http/answer.ts";
import type { Head } from "./http/request_reader.ts";
import { createTestWebhook } from "./testing.ts";

const CURL = '{"alerts":[{"status":"firing","labels":{"alertname":"Test"}}]}';

/** A request as the server hands it over. */
function asRead(method: string, path: string, body = ""): [Head, IncomingBody] {
  const bytes = new TextEncoder().encode(body);
  const headers = new Map([["content-type", "application/json"], ["host", "x"]]);
  const head = { method, target: path, path, headers, length: bytes.length };
  return [{ ...head, keepAlive: true, expectsContinue: false }, {
    whole: () => bytes,
    async *[Symbol.asyncIterator]() {},
  }];
}

Deno.test("createApp answers the server as it answers a request", async () => {
  const { app, arrivals, post } = createTestWebhook();
  const answer = await app.answer(...asRead("POST", "/webhook", CURL));
  deepEqual([answer.status, answer.body], [200, "Alert received"]);
  const response = await post("/webhook", CURL);
  deepEqual([response.status, await response.text()], [200, "Alert received"]);
  equal(arrivals.length, 2);
  equal((await app.answer(...asRead("GET", "/webhook"))).status, 405);
  equal((await app.answer(...asRead("GET", "/health?x"))).status, 200);
  equal((await app.answer(...asRead("POST", "/drill", '{"id":"a"}'))).status, 201);
});

Deno.test("createApp answers 503 to more requests at a time than it may, but always says how it is", async () => {
  const { app, state, series } = createTestWebhook({ requests: 2 });
  const synced = Promise.withResolvers<void>();
  state.synced = synced.promise;
  const ask = (method: string, path: string, body?: string) => app.answer(...asRead(method, path, body));
  const first = [ask("POST", "/webhook", CURL), ask("POST", "/webhook", CURL)];
  equal((await ask("POST", "/webhook", CURL)).status, 503);
  equal((await ask("GET", "/drill/a")).status, 503);
  for (const path of ["/health", "/ready", "/metrics"]) equal((await ask("GET", path)).status, 200, path);
  synced.resolve();
  for (const { status } of await Promise.all(first)) equal(status, 200);
  equal((await ask("POST", "/webhook", CURL)).status, 200);
  equal(await series('vigie_webhook_rejected_total{reason="overloaded"}'), 2);
});

Deno.test("createApp asks for credentials where something can be learned or changed", async () => {
  const api = new Hono<AppEnv>().get("/api/channels", (c) => c.json([])).get(
    "/openapi.json",
    (c) => c.json({}),
  );
  const { app, series } = createTestWebhook({ credentials: { bearers: ["s3cret"] }, api });
  for (
    const [method, path] of [
      ["POST", "/webhook"],
      ["POST", "/drill"],
      ["GET", "/drill/a"],
      ["DELETE", "/drill/a"],
      ["GET", "/api/channels"],
      ["GET", "/api/%63hannels"],
      ["GET", "/api"],
      ["POST", "/%77ebhook"],
    ] as const
  ) {
    const response = await app.request(path, { method });
    equal(response.status, 401, path);
    equal(response.headers.get("www-authenticate"), 'Bearer realm="webhook"');
    equal(await response.text(), "Unauthorized");
  }
  for (const path of ["/health", "/ready", "/metrics", "/openapi.json"]) {
    equal((await app.request(path)).status, 200, path);
  }
  const headers = { authorization: "Bearer s3cret" };
  equal((await app.request("/api/channels", { headers })).status, 200);
  equal((await app.request("/drill/a", { headers })).status, 404);
  equal(await series('vigie_webhook_rejected_total{reason="unauthorized"}'), 8);
});

Deno.test("createApp reports a defect and shows nothing of it", async () => {
  const api = new Hono<AppEnv>().get("/api/defect", () => {
    throw new Error("s3cret");
  });
  const { app, logged } = createTestWebhook({ api });
  const response = await app.request("/api/defect");
  deepEqual([response.status, await response.text()], [500, "Internal error"]);
  match(logged[0]!, /level=ERROR msg=Defect path=\/api\/defect/);
});

Deno.test("createApp answers 405 with Allow on every path, and never 200 to GET /webhook", async () => {
  const { app } = createTestWebhook();
  const answer = async (method: string, path: string) => {
    const { status, headers } = await app.request(path, { method });
    return [status, headers.get("allow")];
  };
  deepEqual(await answer("GET", "/webhook"), [405, "POST"]);
  deepEqual(await answer("HEAD", "/webhook"), [405, "POST"]);
  deepEqual(await answer("OPTIONS", "/webhook"), [405, "POST"]);
  deepEqual(await answer("POST", "/health"), [405, "GET, HEAD"]);
  deepEqual(await answer("POST", "/ready"), [405, "GET, HEAD"]);
  deepEqual(await answer("PUT", "/metrics"), [405, "GET, HEAD"]);
  deepEqual(await answer("GET", "/drill"), [405, "POST"]);
  deepEqual(await answer("POST", "/drill/a"), [405, "GET, HEAD, DELETE"]);
});

Deno.test("createApp answers 404 elsewhere and never redirects", async () => {
  const { app, post } = createTestWebhook();
  for (const path of ["/", "/webhook/", "//webhook", "/Webhook", "/webhook/x"]) {
    equal((await post(path, CURL)).status, 404, path);
    equal((await app.request(path)).status, 404, path);
  }
});

Deno.test("createApp says that it is alive", async () => {
  const { app } = createTestWebhook();
  const response = await app.request("/health");
  deepEqual([response.status, await response.text()], [200, "Webhook server is running!"]);
  equal((await app.request("/health", { method: "HEAD" })).status, 200);
});

Deno.test("createApp says that it is ready, or why it is not", async () => {
  const { app, state } = createTestWebhook();
  const ready = async () => {
    const response = await app.request("/ready");
    return [response.status, await response.text()];
  };
  deepEqual(await ready(), [200, '{"ready":true,"checks":[]}']);
  state.ready = false;
  deepEqual(await ready(), [503, '{"ready":false,"checks":[]}']);
});

Deno.test("createApp exposes its metrics as Prometheus reads them", async () => {
  const { app, series } = createTestWebhook();
  const response = await app.request("/metrics");
  match(response.headers.get("content-type")!, /^text\/plain; version=0\.0\.4/);
  const text = await response.text();
  equal(text.match(/^# HELP /gm)?.length, text.match(/^# TYPE /gm)?.length);
  equal(await series('vigie_webhook_build_info{version="1.2.3"}'), 1);
  equal(await series("vigie_webhook_last_notification_timestamp_seconds"), undefined, "there was none");
  equal(await series("process_resident_memory_bytes"), 2);
});

Deno.test("createApp runs a drill from its start to its end", async () => {
  const { app, clock, post, series } = createTestWebhook();
  const started = await post("/drill", '{"id":"smoke-1"}');
  equal(started.status, 201);
  deepEqual(await started.json(), { id: "smoke-1", startedAt: "2026-11-22T10:00:00.000Z" });
  equal(await series('vigie_drill_active{drill="smoke-1"}'), 1);
  equal((await post("/drill", '{"id":"smoke-1"}')).status, 409);

  await clock.advance(2_000);
  const { notifications, endedAt } = await (await app.request("/drill/smoke-1")).json();
  deepEqual([notifications, endedAt], [[], null]);

  const ended = await app.request("/drill/smoke-1", { method: "DELETE" });
  deepEqual([ended.status, (await ended.json()).endedAt], [200, "2026-11-22T10:00:02.000Z"]);
  equal(await series('vigie_drill_active{drill="smoke-1"}'), undefined);
});

Deno.test("createApp ends a drill by itself after its ttlSeconds", async () => {
  const { app, clock, post, series } = createTestWebhook();
  await post("/drill", '{"id":"a","ttlSeconds":30}');
  await clock.advance(29_999);
  equal(await series('vigie_drill_active{drill="a"}'), 1);
  await clock.advance(1);
  equal(await series('vigie_drill_active{drill="a"}'), undefined);
  equal((await (await app.request("/drill/a")).json()).endedAt, "2026-11-22T10:00:30.000Z");
});

Deno.test("createApp refuses a drill that is not one", async () => {
  const { app, post, series } = createTestWebhook();
  for (
    const body of [
      "{}",
      '{"id":"A"}',
      '{"id":""}',
      '{"id":"a","ttlSeconds":0}',
      '{"id":"a","ttlSeconds":3601}',
      '{"id":"a","x":1}',
      "[]",
    ]
  ) {
    equal((await post("/drill", body)).status, 422, body);
  }
  equal((await post("/drill", '{"id":"a"}', { "content-type": "text/plain" })).status, 415);
  equal(await series('vigie_drill_active{drill="a"}'), undefined);
  equal((await app.request("/drill/a")).status, 404);
  equal((await app.request("/drill/a", { method: "DELETE" })).status, 404);
});
