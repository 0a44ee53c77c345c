import { deepEqual, equal, ok } from "node:assert/strict";
import type { Message } from "../message.ts";
import { byteLength } from "./cut.ts";
import { pagerdutyChannel, type PagerdutyOut, renderPagerduty } from "./pagerduty.ts";
import { judges, sendOnce } from "./testing/answers.ts";
import { caseMessage } from "./testing/cases.ts";
import type { FakeDestination } from "./testing/fake_destination.ts";
import { testGolden } from "./testing/golden.ts";
import { assertHarmless, assertSafeUrl, rendersOnlyLegal, textsIn } from "./testing/properties.ts";

const KEY = "0123456789abcdef0123456789abcdef";
const SETTINGS = { routingKey: KEY, url: "https://events.pagerduty.com/v2/enqueue" };
const settingsFor = ({ url }: FakeDestination) => ({ ...SETTINGS, url: `${url}/v2/enqueue` });

/** Source: developer.pagerduty.com, "Send an Alert Event", the schema of the request. */
function legal(out: PagerdutyOut, { status }: Message): void {
  equal(out.event_action, status === "firing" ? "trigger" : "resolve");
  ok(out.dedup_key.length > 0 && out.dedup_key.length <= 255);
  ok(byteLength(JSON.stringify({ routing_key: KEY, ...out })) <= 512 * 1_024);
  equal(out.payload !== undefined, status === "firing", "a trigger needs a payload");
  if (out.payload) {
    const { summary, source, severity, timestamp } = out.payload;
    ok(summary !== "" && summary.length <= 1_024 && !summary.includes("\n"));
    ok(source !== "" && source.length <= 255);
    ok(["critical", "error", "warning", "info"].includes(severity));
    ok(
      timestamp === undefined || /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(timestamp),
      timestamp ?? "",
    );
  }
  for (const url of [out.client_url, ...(out.links ?? []).map(({ href }) => href)]) {
    if (url !== undefined) assertSafeUrl(url);
  }
  for (const text of textsIn(out)) assertHarmless(text);
}

testGolden(pagerdutyChannel, SETTINGS);

Deno.test("pagerdutyChannel sends only what PagerDuty takes, whatever the message", () => {
  rendersOnlyLegal(pagerdutyChannel, SETTINGS, legal);
});

Deno.test("renderPagerduty triggers one incident for a group, and resolves it when all of it is resolved", () => {
  const events = (["firing", "someResolved", "resolved"] as const).map((name) =>
    renderPagerduty(caseMessage(name, "en"))
  );
  deepEqual(events.map(({ event_action }) => event_action), ["trigger", "trigger", "resolve"]);
  equal(new Set(events.map(({ dedup_key }) => dedup_key)).size, 1);
  deepEqual(Object.keys(events[2]!), ["event_action", "dedup_key"]);
});

Deno.test("renderPagerduty resolves nothing while alerts are missing that may fire", () => {
  const resolved = caseMessage("resolved", "en");
  const incomplete = { ...caseMessage("late", "en"), alerts: resolved.alerts };
  equal(renderPagerduty(incomplete).event_action, "trigger");
});

Deno.test("renderPagerduty shortens the longest details of a message that is too long, and no key", () => {
  const { alerts, ...message } = caseMessage("firing", "en");
  const long = { ...alerts[0]!, description: "é".repeat(19_000) };
  const out = renderPagerduty({ ...message, alerts: Array(100).fill(long), group: "g".repeat(300) });
  ok(byteLength(JSON.stringify(out)) > 500_000, "more was cut off than had to be");
  const { alerts: told } = out.payload!.custom_details as {
    alerts: { description: string; summary: string }[];
  };
  equal(told.length, 100);
  ok(told[0]!.description.endsWith("…"));
  equal(told[0]!.summary, long.summary);
  ok(/^[0-9a-f]{64}$/.test(out.dedup_key));
});

Deno.test("renderPagerduty says how bad it is in PagerDuty's words, and since when the oldest fires", () => {
  const of = (severity: Message["severity"]) =>
    renderPagerduty({ ...caseMessage("firing", "en"), severity }).payload;
  deepEqual((["critical", "none", "warning", "info"] as const).map((severity) => of(severity)?.severity), [
    "critical",
    "error",
    "warning",
    "info",
  ]);
  const { timestamp, source } = renderPagerduty(caseMessage("mixed", "en")).payload!;
  equal(timestamp, "2026-11-21T22:30:00.000Z");
  equal(source, "web-1:9100");
});

Deno.test("pagerdutyChannel posts with its key, and shows it to nobody", async () => {
  const { request, outcome } = await sendOnce(pagerdutyChannel, settingsFor, {
    status: 202,
    body: { status: "success", message: "Event processed", dedup_key: "k" },
  });
  deepEqual(outcome, { result: "delivered" });
  deepEqual([request.method, request.path], ["POST", "/v2/enqueue"]);
  equal(JSON.parse(request.body).routing_key, KEY);
  const [out] = pagerdutyChannel.render(caseMessage("firing", "en"), SETTINGS as never);
  const { what, body } = pagerdutyChannel.preview(out!, SETTINGS as never);
  equal(what, "POST https://events.pagerduty.com/v2/enqueue (JSON)");
  ok(!body.includes(KEY) && body.includes("<secret>"));
  equal(pagerdutyChannel.check?.({ ...SETTINGS, routingKey: undefined } as never), "give the routingKey");
});

Deno.test("pagerdutyChannel judges the answers", () =>
  judges(pagerdutyChannel, settingsFor, [
    ["taken", { status: 202, body: { status: "success" } }, { result: "delivered" }],
    ["a page in between", { status: 202, body: "<html>" }, { result: "retry" }],
    ["taken by something else", { status: 200, body: { status: "success" } }, { result: "retry" }],
    ["an error with status 202", { status: 202, body: { status: "invalid event", message: "no" } }, {
      result: "retry",
    }],
    [
      "not understood",
      {
        status: 400,
        body: {
          status: "invalid event",
          message: "Event object is invalid",
          errors: ["'summary' is missing"],
        },
      },
      { result: "refused", reason: "It answered 400: 'summary' is missing" },
    ],
    [
      "wrong key",
      { status: 400, body: { status: "invalid event", message: "x", errors: ["'routing_key' is invalid"] } },
      { result: "gone" },
    ],
    ["too many", { status: 429, headers: { "retry-after": "30" } }, { result: "retry", afterMs: 30_000 }],
    ["out of order", { status: 503 }, { result: "retry" }],
    ["a connection that is cut", { instead: "cut" }, { result: "retry" }],
  ]));
