import { deepEqual, equal, match, ok } from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { createHmac } from "node:crypto";
import { incoming } from "./http/fetch_answer.ts";
import { createTestWebhook } from "./testing.ts";

const CURL =
  '{"alerts":[{"status":"firing","labels":{"alertname":"Test"},"annotations":{"summary":"It works"}}]}';
const decoder = new TextDecoder();

function recorded(name: string): string {
  return Deno.readTextFileSync(`${import.meta.dirname}/testdata/${name}`);
}

Deno.test("createIngest keeps what Alertmanager, Grafana and curl post, as it came", async () => {
  const { arrivals, post, series } = createTestWebhook();
  const grafana =
    '{"version":"1","orgId":1,"state":"alerting","status":"resolved","alerts":[{"status":"resolved"}]}';
  const bodies = [recorded("1-first.json"), grafana, CURL];
  for (const body of bodies) {
    const response = await post("/webhook", body);
    deepEqual([response.status, await response.text()], [200, "Alert received"]);
  }
  deepEqual(arrivals.map(({ body }) => decoder.decode(body)), bodies);
  deepEqual(arrivals.map(({ origin, deliveries }) => [origin, deliveries]), [
    ["alert", [{ channel: "console" }]],
    ["alert", [{ channel: "console" }]],
    ["alert", [{ channel: "console" }]],
  ]);
  equal(arrivals[0]!.receivedMs, Date.parse("2026-11-22T10:00:00.000Z"));
  equal(await series('vigie_webhook_notifications_received_total{status="firing"}'), 2);
  equal(await series('vigie_webhook_notifications_received_total{status="resolved"}'), 1);
  equal(await series('vigie_webhook_alerts_received_total{status="resolved"}'), 1);
});

Deno.test("createIngest answers a copy of what is kept as the first one", async () => {
  const { arrivals, post, series } = createTestWebhook();
  for (let i = 0; i < 3; i++) equal((await post("/webhook", recorded("1-first.json"))).status, 200);
  equal(arrivals.length, 1);
  equal(await series("vigie_webhook_notifications_duplicate_total"), 2);
  for (let i = 0; i < 2; i++) equal((await post("/webhook", CURL)).status, 200);
  equal(arrivals.length, 3, "Without a group key nothing tells two events from two copies");
});

Deno.test("createIngest answers only after it is on disk", async () => {
  const { clock, post, state } = createTestWebhook();
  const synced = Promise.withResolvers<void>();
  state.synced = synced.promise;
  let answered = false;
  const answer = post("/webhook", CURL).then((response) => (answered = true, response.status));
  await clock.settle();
  equal(answered, false);
  synced.resolve();
  equal(await answer, 200);
});

const REFUSALS: [
  name: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string>,
  status: number,
  text: RegExp,
  reason: string,
  isKept: boolean,
][] = [
  ["not JSON", "{", {}, 400, /^The body is not JSON$/, "not_json", true],
  ["nothing", "", {}, 400, /not JSON/, "not_json", true],
  ["not UTF-8", new Uint8Array([0x22, 0xff, 0x22]), {}, 400, /not UTF-8/, "not_utf8", true],
  ["cut short", "{}", { "content-length": "3" }, 400, /ends before/, "cut_short", true],
  ["null", "null", {}, 422, /is null/, "not_a_notification", true],
  ["Prometheus's list", "[{}]", {}, 422, /looks like Prometheus/, "not_a_notification", true],
  ["another object", '{"text":"s3cret"}', {}, 422, /without "alerts"/, "not_a_notification", true],
  [
    "form data",
    CURL,
    { "content-type": "application/x-www-form-urlencoded" },
    415,
    /application\/json/,
    "media_type",
    false,
  ],
  ["text", CURL, { "content-type": "text/plain" }, 415, /application\/json/, "media_type", false],
  ["no type", CURL, { "content-type": "" }, 415, /application\/json/, "media_type", false],
  ["brotli", CURL, { "content-encoding": "br" }, 415, /gzip or identity/, "encoding", false],
  ["gzip twice", CURL, { "content-encoding": "gzip, gzip" }, 415, /gzip or identity/, "encoding", false],
  ["what is not gzip", CURL, { "content-encoding": "gzip" }, 400, /not gzip/, "encoding", true],
  [
    "half a gzip file",
    Uint8Array.from(gzipSync(CURL).subarray(0, 40)),
    { "content-encoding": "gzip" },
    400,
    /cut short/,
    "encoding",
    true,
  ],
  ["too large", `"${"x".repeat(1_000)}"`, {}, 413, /larger than 1000 bytes/, "too_large", false],
  [
    "announced too large",
    "{}",
    { "content-length": "1001" },
    413,
    /larger than 1000 bytes/,
    "too_large",
    false,
  ],
  [
    "a gzip bomb",
    Uint8Array.from(gzipSync(new Uint8Array(500_000))),
    { "content-encoding": "gzip" },
    413,
    /larger than 2000 bytes when it is inflated/,
    "too_large",
    false,
  ],
];

for (const [name, body, headers, status, text, reason, isKept] of REFUSALS) {
  Deno.test(`createIngest refuses ${name} with ${status}`, async () => {
    const { arrivals, logged, post, quarantined, rejections, series } = createTestWebhook({
      limits: { bodyBytes: 1_000, inflatedBytes: 2_000, heldBytes: 3_000_000 },
    });
    const response = await post("/webhook", body, headers);
    const answer = await response.text();
    equal(response.status, status);
    match(answer, text);
    ok(!(answer + logged.join("")).includes("s3cret"));
    ok(answer.length < 200, "Alertmanager copies it into its log");
    deepEqual(arrivals, []);
    deepEqual(rejections.map((rejected) => [rejected.status, rejected.reason]), [[status, reason]]);
    equal(await series(`vigie_webhook_rejected_total{reason="${reason}"}`), 1);
    if (!isKept) return deepEqual(quarantined, []);
    const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
    deepEqual(quarantined, [{
      receivedMs: Date.parse("2026-11-22T10:00:00.000Z"),
      reason,
      detail: answer,
      body: bytes,
      bytes: bytes.length,
    }]);
    equal(await series(`vigie_webhook_quarantined_total{reason="${reason}"}`), 1);
  });
}

Deno.test("createIngest keeps what came of a body that breaks off", async () => {
  const { app, quarantined } = createTestWebhook();
  const body = (async function* () {
    yield new TextEncoder().encode('{"alerts"');
    yield new TextEncoder().encode(":[");
    await Promise.reject(new Error("The client left"));
  })();
  const request = new Request("http://x/webhook", {
    method: "POST",
    headers: { "content-type": "application/json" },
  });
  const response = await app.request(request, undefined, {
    body: { whole: () => undefined, [Symbol.asyncIterator]: () => body },
  });
  equal(response.status, 400);
  deepEqual(quarantined.map(({ reason, body }) => [reason, decoder.decode(body)]), [
    ["cut_short", '{"alerts":['],
  ]);
});

Deno.test("createIngest keeps one MiB of what was not understood, and says how long it was", async () => {
  const { post, quarantined } = createTestWebhook();
  equal((await post("/webhook", `{${"x".repeat(3 * 1024 * 1024)}`)).status, 400);
  deepEqual(quarantined.map(({ body, bytes }) => [body.length, body.buffer.byteLength, bytes]), [
    [1024 * 1024, 1024 * 1024, 3 * 1024 * 1024 + 1],
  ]);
});

Deno.test("createIngest answers 503 when nothing can be written, counted once, and recovers", async () => {
  const { arrivals, logged, post, series, state } = createTestWebhook();
  state.failing = true;
  for (const body of [CURL, "{"]) {
    const response = await post("/webhook", body);
    deepEqual([response.status, await response.text()], [503, "Cannot keep it: try again"]);
  }
  equal(await series('vigie_webhook_rejected_total{reason="journal_failing"}'), 2);
  equal(await series('vigie_webhook_rejected_total{reason="not_json"}'), 0);
  equal(await series('vigie_webhook_notifications_received_total{status="firing"}'), 0);
  ok(!logged.join().includes("No space"));
  state.failing = false;
  equal((await post("/webhook", CURL)).status, 200);
  equal(arrivals.length, 1);
});

Deno.test("createIngest answers 500 and says why to the operator when there is a defect", async () => {
  const { defects, post } = createTestWebhook({
    plan: () => {
      throw new Error("s3cret");
    },
  });
  const response = await post("/webhook", CURL);
  deepEqual([response.status, await response.text()], [500, "Internal error"]);
  equal((defects[0] as Error).message, "s3cret");
});

Deno.test("createIngest takes a media type with parameters, and gzip", async () => {
  const { arrivals, post } = createTestWebhook();
  equal((await post("/webhook", CURL, { "content-type": "Application/JSON; charset=utf-8" })).status, 200);
  equal((await post("/webhook", CURL, { "content-encoding": "identity" })).status, 200);
  const zipped = Uint8Array.from(gzipSync(CURL));
  equal((await post("/webhook", zipped, { "content-encoding": "GZIP" })).status, 200);
  deepEqual(arrivals.map(({ body }) => decoder.decode(body)), [CURL, CURL, CURL]);
});

Deno.test("createIngest leaves a byte order mark out", async () => {
  const { arrivals, post } = createTestWebhook();
  equal((await post("/webhook", `\ufeff${CURL}`)).status, 200);
  equal(String.fromCharCode(arrivals[0]!.body[0]!), "{");
});

Deno.test("createIngest names the encodings and the type it takes", async () => {
  const { post } = createTestWebhook();
  const response = await post("/webhook", CURL, { "content-encoding": "br" });
  equal(response.headers.get("accept-encoding"), "gzip, identity");
  equal((await post("/webhook", CURL, { "content-type": "a/b" })).headers.get("accept"), "application/json");
});

Deno.test("createIngest answers 503 when bodies together are too much, until they are on disk", async () => {
  const { app, clock, post, series, state } = createTestWebhook({
    limits: { bodyBytes: 1_000, heldBytes: 1_200 },
  });
  const [slow, held, synced] = [1, 2, 3].map(() => Promise.withResolvers<void>()) as [
    PromiseWithResolvers<void>,
    PromiseWithResolvers<void>,
    PromiseWithResolvers<void>,
  ];
  const stream = ReadableStream.from((async function* () {
    yield new TextEncoder().encode(" ".repeat(900));
    held.resolve();
    await slow.promise;
    yield new TextEncoder().encode(CURL);
  })());
  const request = new Request("http://x/webhook", {
    method: "POST",
    headers: { "content-type": "application/json" },
  });
  const first = app.request(request, undefined, { body: incoming(stream) });
  await held.promise;
  const padded = CURL.padEnd(400);
  equal((await post("/webhook", padded)).status, 503);
  state.synced = synced.promise;
  slow.resolve();
  await clock.settle();
  equal((await post("/webhook", padded)).status, 503, "It is not on disk yet");
  synced.resolve();
  equal((await first).status, 200);
  equal((await post("/webhook", padded)).status, 200);
  equal(await series('vigie_webhook_rejected_total{reason="overloaded"}'), 2);
});

Deno.test("createIngest holds nothing after refusals", async () => {
  const { post } = createTestWebhook({
    limits: { bodyBytes: 1_000, inflatedBytes: 1_000, heldBytes: 2_000 },
  });
  const bad: [string | Uint8Array<ArrayBuffer>, Record<string, string>][] = [
    ["x".repeat(900), {}],
    ["x".repeat(1_001), {}],
    ["x".repeat(900), { "content-length": "950" }],
    [Uint8Array.from(gzipSync("x".repeat(999))), { "content-encoding": "gzip" }],
    [Uint8Array.from(gzipSync("x".repeat(1_999))), { "content-encoding": "gzip" }],
  ];
  for (let i = 0; i < 5; i++) {
    for (const [body, headers] of bad) ok((await post("/webhook", body, headers)).status < 500);
  }
  equal((await post("/webhook", CURL)).status, 200);
});

Deno.test("createIngest accepts nothing while the webhook shuts down", async () => {
  const { app, post, state } = createTestWebhook();
  state.stopping = true;
  equal((await post("/webhook", CURL)).status, 503);
  equal((await app.request("/metrics")).status, 200);
});

Deno.test("createIngest refuses strangers before it reads their body", async () => {
  const { app } = createTestWebhook({ credentials: { bearers: ["s3cret"], hmacs: ["key"] } });
  let read = false;
  const body = {
    whole: () => (read = true, undefined),
    async *[Symbol.asyncIterator]() {
      read = true;
      yield new Uint8Array();
    },
  };
  for (const headers of [{}, { authorization: "Bearer wrong" }, { "x-grafana-alerting-signature": "no" }]) {
    const request = new Request("http://x/webhook", {
      method: "POST",
      headers: { "content-type": "application/json", ...headers as Record<string, string> },
    });
    equal((await app.request(request, undefined, { body })).status, 401);
  }
  equal(read, false);
});

Deno.test("createIngest judges a signature by the body as it came, and keeps nothing of a wrong one", async () => {
  const { arrivals, post, quarantined } = createTestWebhook({ credentials: { hmacs: ["key"] } });
  const zipped = Uint8Array.from(gzipSync(CURL));
  const signature = (body: string | Uint8Array) => ({
    "x-grafana-alerting-signature": createHmac("sha256", "key").update(body).digest("hex"),
  });
  equal((await post("/webhook", CURL, signature(CURL))).status, 200);
  const gzip = { "content-encoding": "gzip" };
  equal((await post("/webhook", zipped, { ...gzip, ...signature(zipped) })).status, 200);
  equal((await post("/webhook", zipped, { ...gzip, ...signature(CURL) })).status, 401);
  equal((await post("/webhook", `${CURL} `, signature(CURL))).status, 401);
  equal((await post("/webhook", "{", signature(CURL))).status, 401);
  equal(arrivals.length, 2);
  deepEqual(quarantined, []);
});

Deno.test("createIngest takes 10,000 alerts in one body", async () => {
  const { arrivals, post } = createTestWebhook();
  const { alerts: [alert], ...group } = JSON.parse(recorded("1-first.json"));
  const alerts = Array.from({ length: 10_000 }, (_, i) => ({
    ...alert,
    labels: { ...alert.labels, instance: `host-${i}` },
  }));
  equal((await post("/webhook", JSON.stringify({ ...group, alerts }))).status, 200);
  equal(arrivals[0]!.notification.alerts.length, 10_000);
});
