import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createTestWebhook } from "./testing.ts";

const CURL =
  '{"alerts":[{"status":"firing","labels":{"alertname":"Test"},"annotations":{"summary":"It works"}}]}';

function recorded(name: string): string {
  return Deno.readTextFileSync(`${import.meta.dirname}/testdata/${name}`);
}

Deno.test("createApp acknowledges and prints what Alertmanager, Grafana and curl post", async () => {
  const { inbox, post, printed, series } = createTestWebhook();
  const grafana =
    '{"version":"1","orgId":1,"state":"alerting","status":"resolved","alerts":[{"status":"resolved"}]}';
  for (const body of [recorded("1-first.json"), grafana, CURL]) {
    const response = await post("/webhook", body);
    deepEqual([response.status, await response.text()], [200, "Alert received"]);
  }
  await inbox.idle();
  equal(printed.length, 3);
  match(printed[2]!, /Alert: Test\n📝 Summary: It works/);
  equal(await series('vigie_webhook_notifications_received_total{status="firing"}'), 2);
  equal(await series('vigie_webhook_notifications_received_total{status="resolved"}'), 1);
  equal(await series('vigie_webhook_alerts_received_total{status="resolved"}'), 1);
  equal(await series("vigie_webhook_last_notification_timestamp_seconds"), 1795341600);
});

const REFUSALS: [
  name: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string>,
  status: number,
  text: RegExp,
  reason: string,
][] = [
  ["not JSON", "{", {}, 400, /^The body is not JSON$/, "not_json"],
  ["nothing", "", {}, 400, /not JSON/, "not_json"],
  ["not UTF-8", new Uint8Array([0x22, 0xff, 0x22]), {}, 400, /not UTF-8/, "not_utf8"],
  ["cut short", "{}", { "content-length": "3" }, 400, /ends before/, "cut_short"],
  ["null", "null", {}, 422, /is null/, "not_a_notification"],
  ["Prometheus's list", "[{}]", {}, 422, /looks like Prometheus/, "not_a_notification"],
  ["another object", '{"text":"s3cret"}', {}, 422, /without "alerts"/, "not_a_notification"],
  [
    "form data",
    CURL,
    { "content-type": "application/x-www-form-urlencoded" },
    415,
    /application\/json/,
    "media_type",
  ],
  ["text", CURL, { "content-type": "text/plain" }, 415, /application\/json/, "media_type"],
  ["no type", CURL, { "content-type": "" }, 415, /application\/json/, "media_type"],
  ["gzip", CURL, { "content-encoding": "gzip" }, 415, /compressed/, "encoding"],
  ["too large", `"${"x".repeat(1_000)}"`, {}, 413, /larger than 1000 bytes/, "too_large"],
  ["announced too large", "{}", { "content-length": "1001" }, 413, /larger than 1000 bytes/, "too_large"],
];

for (const [name, body, headers, status, text, reason] of REFUSALS) {
  Deno.test(`createApp refuses ${name} with ${status}`, async () => {
    const { inbox, logged, post, printed, series } = createTestWebhook({
      limits: { bodyBytes: 1_000, heldBytes: 10_000 },
    });
    const response = await post("/webhook", body, headers);
    const answer = await response.text();
    equal(response.status, status);
    match(answer, text);
    ok(!(answer + logged.join("")).includes("s3cret"));
    ok(answer.length < 200, "Alertmanager copies it into its log");
    await inbox.idle();
    deepEqual(printed, []);
    equal(await series(`vigie_webhook_rejected_total{reason="${reason}"}`), 1);
    equal(logged.length, 1);
  });
}

Deno.test("createApp takes a media type with parameters", async () => {
  const { post } = createTestWebhook();
  equal((await post("/webhook", CURL, { "content-type": "Application/JSON; charset=utf-8" })).status, 200);
});

Deno.test("createApp names the encoding and the type it takes", async () => {
  const { post } = createTestWebhook();
  equal(
    (await post("/webhook", CURL, { "content-encoding": "br" })).headers.get("accept-encoding"),
    "identity",
  );
  equal((await post("/webhook", CURL, { "content-type": "a/b" })).headers.get("accept"), "application/json");
});

Deno.test("createApp answers 503 when bodies together are too much, and recovers", async () => {
  const { app, post, series } = createTestWebhook({ limits: { bodyBytes: 1_000, heldBytes: 1_200 } });
  const slow = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const body = (async function* () {
    yield new TextEncoder().encode(" ".repeat(900));
    held.resolve();
    await slow.promise;
    yield new TextEncoder().encode(CURL);
  })();
  const request = new Request("http://x/webhook", {
    method: "POST",
    headers: { "content-type": "application/json" },
  });
  const first = app.fetch(request, { body });
  await held.promise;
  const padded = CURL.padEnd(400);
  equal((await post("/webhook", padded)).status, 503);
  slow.resolve();
  equal((await first).status, 200);
  equal((await post("/webhook", padded)).status, 200);
  equal(await series('vigie_webhook_rejected_total{reason="overloaded"}'), 1);
});

Deno.test("createApp accepts nothing while it shuts down", async () => {
  const { app, post, state } = createTestWebhook();
  state.stopping = true;
  equal((await post("/webhook", CURL)).status, 503);
  equal((await app.request("/metrics")).status, 200);
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

Deno.test("createApp exposes its metrics as Prometheus reads them", async () => {
  const { app, series } = createTestWebhook();
  const response = await app.request("/metrics");
  match(response.headers.get("content-type")!, /^text\/plain; version=0\.0\.4/);
  const text = await response.text();
  equal(text.match(/^# HELP /gm)?.length, text.match(/^# TYPE /gm)?.length);
  equal(await series('vigie_webhook_build_info{version="1.2.3"}'), 1);
  equal(await series('vigie_webhook_deliveries_total{channel="console",result="failed"}'), 0);
  equal(await series("vigie_webhook_last_notification_timestamp_seconds"), undefined, "there was none");
  equal(await series("process_resident_memory_bytes"), 2);
});

Deno.test("createApp runs a drill from its start to its end", async () => {
  const { app, clock, inbox, post, series } = createTestWebhook();
  const started = await post("/drill", '{"id":"smoke-1"}');
  equal(started.status, 201);
  deepEqual(await started.json(), { id: "smoke-1", startedAt: "2026-11-22T10:00:00.000Z" });
  equal(await series('vigie_drill_active{drill="smoke-1"}'), 1);
  equal((await post("/drill", '{"id":"smoke-1"}')).status, 409);

  clock.ms += 2_000;
  const alert = { status: "firing", labels: { alertname: "VigieDrill", drill: "smoke-1" } };
  await post("/webhook", JSON.stringify({ receiver: "drill", alerts: [alert] }));
  await inbox.idle();
  const { notifications, endedAt } = await (await app.request("/drill/smoke-1")).json();
  equal(endedAt, null);
  deepEqual(notifications, [{
    status: "firing",
    receivedAt: "2026-11-22T10:00:02.000Z",
    reason: "",
    deliveries: [{ channel: "console", ok: true, at: "2026-11-22T10:00:02.000Z" }],
  }]);

  const ended = await app.request("/drill/smoke-1", { method: "DELETE" });
  deepEqual([ended.status, (await ended.json()).endedAt], [200, "2026-11-22T10:00:02.000Z"]);
  equal(await series('vigie_drill_active{drill="smoke-1"}'), undefined);
});

Deno.test("createApp ends a drill by itself after its ttlSeconds", async () => {
  const { app, clock, post, series } = createTestWebhook();
  await post("/drill", '{"id":"a","ttlSeconds":30}');
  clock.ms += 29_999;
  equal(await series('vigie_drill_active{drill="a"}'), 1);
  clock.ms += 1;
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
