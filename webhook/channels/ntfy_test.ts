import { deepEqual, equal, match, ok } from "node:assert/strict";
import { byteLength } from "./cut.ts";
import { ntfyChannel, type NtfyOut } from "./ntfy.ts";
import { judges, NOW_MS, sendOnce } from "./testing/answers.ts";
import { caseMessage } from "./testing/cases.ts";
import type { FakeDestination } from "./testing/fake_destination.ts";
import { testGolden } from "./testing/golden.ts";
import { assertHarmless, assertSafeUrl, rendersOnlyLegal, textsIn } from "./testing/properties.ts";

const SETTINGS = { server: "https://ntfy.sh", topic: "alerts" };
const settingsFor = ({ url }: FakeDestination) => ({ ...SETTINGS, server: url });
const PUBLISHED = { id: "xE73Iyuabi", time: 1_795_341_900, event: "message", topic: "alerts" };

/** Source: ntfy's `server/server.go` and `server/types.go`, and docs.ntfy.sh, "Limitations". */
function legal(out: NtfyOut): void {
  match(out.topic, /^[-_A-Za-z0-9]{1,64}$/);
  ok(byteLength(out.title) > 0 && byteLength(out.title) <= 1_024);
  ok(byteLength(out.message) > 0 && byteLength(out.message) <= 4_096);
  ok(out.message.trim() !== "", "it would say no more than that it was triggered");
  ok(Number.isInteger(out.priority) && out.priority >= 1 && out.priority <= 5);
  ok(byteLength(out.tags.join(",")) <= 512 && !out.tags.some((tag) => tag.includes(",")));
  ok((out.actions ?? []).length <= 3);
  for (const url of [out.click, ...(out.actions ?? []).map(({ url }) => url)]) {
    if (url !== undefined) assertSafeUrl(url);
  }
  ok(!out.title.includes("\n"));
  for (const text of textsIn(out)) assertHarmless(text);
}

testGolden(ntfyChannel, SETTINGS);

Deno.test("ntfyChannel publishes only what ntfy takes, whatever the message", () => {
  rendersOnlyLegal(ntfyChannel, SETTINGS, legal);
});

Deno.test("ntfyChannel cuts the longest texts first, then the last alerts, and leads to the whole", () => {
  const [huge] = ntfyChannel.render(caseMessage("huge", "en"), SETTINGS as never) as [NtfyOut];
  ok(byteLength(huge.message) > 3_900, "more was cut off than had to be");
  match(huge.message, /x…\n/);
  const [long] = ntfyChannel.render(caseMessage("long", "en"), SETTINGS as never) as [NtfyOut];
  match(long.message, /… and \d+ more/);
  ok(long.message.includes("db-1") && long.message.includes("All of it matters."));
  for (const { click } of [huge, long]) equal(click, "https://vigie.example/api/v1/notifications/42");
});

Deno.test("ntfyChannel says how bad it is by priority and tags", () => {
  const look = (name: "firing" | "mixed" | "resolved") => {
    const [{ priority, tags }] = ntfyChannel.render(caseMessage(name, "en"), SETTINGS as never) as [NtfyOut];
    return [priority, ...tags];
  };
  deepEqual(look("firing"), [5, "rotating_light", "firing"]);
  deepEqual(look("resolved"), [3, "white_check_mark", "resolved"]);
});

Deno.test("ntfyChannel proves itself by a token, or by a name and a password", async () => {
  const ask = async (credentials: Record<string, string>) => {
    const { request } = await sendOnce(
      ntfyChannel,
      (fake) => ({ ...settingsFor(fake), ...credentials }),
      { body: PUBLISHED },
    );
    deepEqual([request.method, request.path], ["POST", "/"]);
    equal(JSON.parse(request.body).topic, "alerts");
    return request.headers.authorization;
  };
  equal(await ask({}), undefined);
  equal(await ask({ token: "tk_1" }), "Bearer tk_1");
  equal(await ask({ username: "phil", password: "pässword" }), `Basic ${btoa("phil:p\xc3\xa4ssword")}`);
});

Deno.test("ntfyChannel judges the answers", () =>
  judges(ntfyChannel, settingsFor, [
    ["published", { body: PUBLISHED }, { result: "delivered", ref: PUBLISHED.id }],
    ["a page in between", { body: "<html>Please log in</html>" }, { result: "retry" }],
    [
      "an error with status 200",
      { body: { code: 40001, http: 400, error: "bad" } },
      { result: "retry", reason: "It answered 200: bad, which is not how it confirms" },
    ],
    [
      "too many requests",
      {
        status: 429,
        headers: { "retry-after": "5" },
        body: { code: 42901, http: 429, error: "limit reached" },
      },
      { result: "retry", reason: "It answered 429: limit reached", afterMs: 5_000 },
    ],
    [
      "the daily quota: until midnight, UTC",
      { status: 429, body: { code: 42908, http: 429, error: "limit reached: daily message quota reached" } },
      { result: "retry", afterMs: Date.parse("2026-11-23T00:00:00Z") - NOW_MS },
    ],
    [
      "not allowed",
      { status: 403, body: { code: 40301, http: 403, error: "forbidden" } },
      { result: "gone", reason: "It answered 403: forbidden" },
    ],
    ["wrong token", { status: 401, body: { code: 40101, error: "unauthorized" } }, { result: "gone" }],
    [
      "not understood",
      { status: 400, body: { code: 40024, error: "invalid request: actions invalid" } },
      { result: "refused", reason: "It answered 400: invalid request: actions invalid" },
    ],
    ["no server there", { status: 404 }, { result: "gone" }],
    ["moved", { status: 301, headers: { location: "https://elsewhere.example/" } }, { result: "gone" }],
    ["led elsewhere for now", { status: 302, headers: { location: "/login" } }, { result: "retry" }],
    ["out of order", { status: 502, body: "<html>Bad Gateway</html>" }, { result: "retry" }],
    ["a connection that is cut", { instead: "cut" }, { result: "retry" }],
    ["an answer that is cut", { body: PUBLISHED, instead: "cutBody" }, { result: "retry" }],
  ]));

Deno.test("ntfyChannel ends an attempt that is out of time", async () => {
  const { outcome } = await sendOnce(ntfyChannel, settingsFor, { instead: "hang" }, {
    signal: AbortSignal.timeout(50),
  });
  deepEqual(outcome, { result: "retry", reason: "no answer in time" });
});

Deno.test("ntfyChannel wants whole credentials, of one kind, and none in the address", () => {
  const check = (more: Record<string, string>) => ntfyChannel.check?.({ ...SETTINGS, ...more } as never);
  equal(check({}), undefined);
  equal(check({ token: "t" }), undefined);
  equal(check({ username: "u", password: "p" }), undefined);
  equal(check({ username: "u" }), "give username and password together");
  equal(
    check({ token: "t", username: "u", password: "p" }),
    "give a token, or username and password, not both",
  );
  ok(!ntfyChannel.shape.server.safeParse("https://user:password@ntfy.example").success);
});

Deno.test("ntfyChannel shows no secret in a preview", () => {
  const [out] = ntfyChannel.render(caseMessage("firing", "en"), SETTINGS as never);
  const shown = ntfyChannel.preview(out!, { ...SETTINGS, token: "tk_secret" } as never);
  equal(shown.what, "POST https://ntfy.sh/ (JSON, Authorization: <secret>)");
  ok(!shown.body.includes("tk_secret"));
});
