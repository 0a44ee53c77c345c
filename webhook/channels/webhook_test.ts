import { deepEqual, equal, match, notEqual, ok, throws } from "node:assert/strict";
import { Webhook } from "standardwebhooks";
import { createMessage, type Message } from "../message.ts";
import { decodeNotification } from "../payload.ts";
import { judges, NOW_MS, sendContext, sendOnce } from "./testing/answers.ts";
import { caseMessage } from "./testing/cases.ts";
import { type FakeDestination, fakeDestination } from "./testing/fake_destination.ts";
import { testGolden } from "./testing/golden.ts";
import { assertHarmless, assertSafeUrl, rendersOnlyLegal, textsIn } from "./testing/properties.ts";
import { webhookChannel, type WebhookOut } from "./webhook.ts";
import { bodyJson } from "./webhook_body.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const PREVIOUS = "C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const SETTINGS = { url: "https://hooks.example/secret/path" };
const settingsFor = ({ url }: FakeDestination) => ({ url: `${url}/hook?key=1` });
const render = (message: Message) => webhookChannel.render(message, SETTINGS as never)[0]!;

const GO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/** What a receiver of Alertmanager's webhook relies on. Source: `notify/webhook/webhook.go`, `template/template.go`. */
function legal({ id, body }: WebhookOut, message: Message): void {
  match(id, /^vigie_\d+_[0-9a-f]{24}$/);
  equal(body.version, "4");
  ok(["firing", "resolved"].includes(body.status));
  equal(body.alerts.length, message.notification.alerts.length);
  for (const map of [body.groupLabels, body.commonLabels, body.commonAnnotations]) {
    ok(Object.values(map).every((value) => typeof value === "string"));
  }
  for (const { startsAt, endsAt, generatorURL, vigie } of body.alerts) {
    match(startsAt, GO_TIME);
    match(endsAt, GO_TIME);
    ok(generatorURL === "" || /^https?:/i.test(generatorURL.trim()), generatorURL);
    vigie?.links.forEach(({ url }) => assertSafeUrl(url));
  }
  body.vigie?.links.forEach(({ url }) => assertSafeUrl(url));
  const sent = bodyJson(body);
  assertHarmless(sent);
  ok(JSON.stringify(JSON.parse(sent)) === JSON.stringify(body), "escapes changed the data");
  for (const text of textsIn(body.vigie ?? {})) assertHarmless(text);
}

testGolden(webhookChannel, SETTINGS, ([out]) => out);

/** `message` as it would be of a body: what is posted is data, and rests on what was decoded. */
function received({ notification, ...message }: Message): Message {
  const alerts = notification.alerts.map(({ grafana, ...alert }) => ({ ...alert, ...grafana }));
  const body = { ...notification, notification_reason: notification.reason, alerts };
  return { ...message, notification: decodeNotification(body) };
}

Deno.test("webhookChannel posts a body that Alertmanager's receivers can read, whatever the message", () => {
  const { render, plain } = webhookChannel;
  const kind = {
    ...webhookChannel,
    render: (message: Message, settings: never) => render(received(message), settings),
    plain: (message: Message, settings: never) => plain(received(message), settings),
  };
  // Bodies of many megabytes are among them.
  rendersOnlyLegal<WebhookOut>(kind, SETTINGS, legal, { runs: 50 });
});

Deno.test("webhookChannel keeps data as it is, and understands its own body", () => {
  const message = caseMessage("hostile", "en");
  const { body } = render(message);
  const again = decodeNotification(JSON.parse(bodyJson(body)));
  deepEqual(again.alerts[0]!.annotations, message.notification.alerts[0]!.annotations);
  deepEqual(again.alerts[0]!.labels, message.notification.alerts[0]!.labels);
  equal(again.alerts[0]!.generatorURL, "", "an address that is none of the web's");
  const grafana = caseMessage("grafana", "en");
  deepEqual(
    decodeNotification(JSON.parse(bodyJson(render(grafana).body))).alerts[0]!.grafana,
    grafana.notification.alerts[0]!.grafana,
  );
});

Deno.test("webhookChannel leaves out what is its own when that was refused", () => {
  const { body } = webhookChannel.plain(caseMessage("firing", "en"), SETTINGS as never) as WebhookOut;
  ok(!JSON.stringify(body).includes('vigie":'));
  deepEqual(Object.keys(body.alerts[0]!).sort(), [
    "annotations",
    "endsAt",
    "fingerprint",
    "generatorURL",
    "labels",
    "startsAt",
    "status",
  ]);
});

Deno.test("webhookChannel names a delivery the same at every attempt, and no two alike", () => {
  const make = (id: number, body: unknown, sentMs = NOW_MS) =>
    render(createMessage(decodeNotification(body), { id, group: "g", locale: "en", sentMs, notes: [] })).id;
  const firing = { alerts: [{ labels: { alertname: "A" }, startsAt: "2026-11-22T10:02:00Z" }] };
  equal(make(1, firing), make(1, firing, NOW_MS + 60_000));
  notEqual(make(1, firing), make(2, firing));
  const later = { alerts: [{ labels: { alertname: "A" }, startsAt: "2026-11-23T10:02:00Z" }] };
  notEqual(make(1, firing), make(1, later), "a new data directory begins at 1 again");
  notEqual(make(1, firing), make(1, { ...firing, status: "resolved" }));
});

Deno.test("webhookChannel signs as Standard Webhooks describes, by both secrets while they rotate", async () => {
  const now = Date.now();
  const settings = (fake: FakeDestination) => ({
    ...settingsFor(fake),
    secret: SECRET,
    previousSecret: PREVIOUS,
    bearer: "b",
  });
  const { request, outcome } = await sendOnce(webhookChannel, settings, { status: 204 }, { now: () => now });
  deepEqual(outcome, { result: "delivered" });
  deepEqual([request.method, request.path], ["POST", "/hook?key=1"]);
  const { headers, body } = request;
  for (const secret of [SECRET, PREVIOUS]) {
    deepEqual(new Webhook(secret).verify(body, headers), JSON.parse(body));
  }
  equal(headers["webhook-signature"]!.split(" ").length, 2);
  equal(headers["webhook-timestamp"], String(Math.floor(now / 1_000)));
  equal(headers.authorization, "Bearer b");
  equal(headers["content-type"], "application/json");
  throws(() => new Webhook(SECRET).verify(body.replace("firing", "solved"), headers));
  throws(() => new Webhook("b3RoZXI=").verify(body, headers));
});

Deno.test("webhookChannel signs each attempt at its own time, under the same name", async () => {
  await using destination = fakeDestination();
  destination.answer({ status: 503 }, { status: 200 });
  const settings = { ...settingsFor(destination), secret: SECRET } as never;
  const message = caseMessage("firing", "en");
  for (const now of [NOW_MS, NOW_MS + 90_000]) {
    const [out] = webhookChannel.render({ ...message, sentMs: now }, settings);
    await webhookChannel.send(out!, settings, sendContext({ now: () => now }));
  }
  const [first, second] = destination.requests.map(({ headers }) => headers) as [
    Record<string, string>,
    Record<string, string>,
  ];
  equal(first["webhook-id"], second["webhook-id"]);
  notEqual(first["webhook-timestamp"], second["webhook-timestamp"]);
  notEqual(first["webhook-signature"], second["webhook-signature"]);
});

Deno.test("webhookChannel sends nothing that it cannot sign", async () => {
  const [out] = webhookChannel.render(caseMessage("firing", "en"), SETTINGS as never);
  const context = sendContext({ fetch: () => Promise.reject(new Error("it was sent")) });
  const outcome = await webhookChannel.send(out!, { ...SETTINGS, secret: "not base64!" } as never, context);
  deepEqual(outcome, {
    result: "gone",
    reason: 'The secret to sign with is not base64: expected such as "openssl rand -base64 32" makes',
  });
});

Deno.test("webhookChannel judges the answers", () =>
  judges(webhookChannel, settingsFor, [
    ["taken", { status: 200, body: "thanks" }, { result: "delivered" }],
    ["taken without a word", { status: 204 }, { result: "delivered" }],
    ["too many", { status: 429, headers: { "retry-after": "7" } }, { result: "retry", afterMs: 7_000 }],
    [
      "not now",
      { status: 503, headers: { "retry-after": "Sun, 22 Nov 2026 10:06:00 GMT" } },
      { result: "retry", afterMs: 60_000 },
    ],
    ["a bad gateway", { status: 502 }, { result: "retry" }],
    ["a gateway without an answer", { status: 504 }, { result: "retry" }],
    ["a defect of its own", { status: 500 }, { result: "retry" }],
    ["no more, ever", { status: 410, body: "gone" }, { result: "gone", reason: "It answered 410: gone" }],
    ["not understood", { status: 400, body: "no" }, { result: "refused", reason: "It answered 400: no" }],
    ["wrong signature", { status: 401 }, { result: "refused" }],
    ["no such path", { status: 404 }, { result: "refused" }],
    ["too large", { status: 413 }, { result: "refused" }],
    ["moved", { status: 308, headers: { location: "https://elsewhere.example/" } }, { result: "gone" }],
    ["led elsewhere for now", { status: 307, headers: { location: "/other" } }, { result: "retry" }],
    ["a connection that is cut", { instead: "cut" }, { result: "retry" }],
  ]));

Deno.test("webhookChannel follows no redirect with what it signed", async () => {
  await using elsewhere = fakeDestination();
  await sendOnce(webhookChannel, settingsFor, { status: 307, headers: { location: elsewhere.url } });
  equal(elsewhere.requests.length, 0);
});

Deno.test("webhookChannel shows neither its URL's path nor a secret in a preview", () => {
  const settings = { ...SETTINGS, secret: SECRET, bearer: "token" };
  const out = render(caseMessage("firing", "en"));
  const { what, body } = webhookChannel.preview(out, settings as never);
  equal(
    what,
    `POST https://hooks.example/<secret> (JSON, signed, Authorization: <secret>), webhook-id: ${out.id}`,
  );
  for (const secret of [SECRET, "token", "secret/path"]) ok(!body.includes(secret));
});

Deno.test("webhookChannel wants a URL, and a secret beside the previous one", () => {
  const check = (settings: object) => webhookChannel.check?.(settings as never);
  equal(check({}), "give the url");
  equal(check({ ...SETTINGS, previousSecret: PREVIOUS }), "a previousSecret needs a secret");
  equal(check({ ...SETTINGS, secret: SECRET, previousSecret: PREVIOUS }), undefined);
});
