import { deepEqual, equal, ok } from "node:assert/strict";
import { caseMessage, type CaseName } from "../testing/cases.ts";
import { fakeDestination, type Reply } from "../testing/fake_destination.ts";
import { testGolden } from "../testing/golden.ts";
import { assertHarmless, assertSafeUrl, rendersOnlyLegal, textsIn } from "../testing/properties.ts";
import { slackChannel, type SlackOut } from "./mod.ts";
import type { SlackBlock, SlackBody } from "./blocks.ts";

const NOW_MS = Date.parse("2026-11-22T10:00:00Z");
const WEBHOOK = { url: "https://hooks.slack.com/services/T0/B0/s3cr3t", apiUrl: "https://slack.com/api" };
const BOT = { token: "xoxb-s3cr3t", channel: "#alerts", apiUrl: "https://slack.com/api" };
const OPEN = '["C1","1700000000.000100","open","#alerts"]';

const context = () => ({
  fetch,
  print: () => Promise.resolve(),
  signal: AbortSignal.timeout(10_000),
  now: () => NOW_MS,
});

testGolden(slackChannel, WEBHOOK);

Deno.test("slackChannel renders only what Slack takes, and nothing that calls anybody", () => {
  rendersOnlyLegal<SlackOut>(slackChannel, WEBHOOK, legal);
  rendersOnlyLegal<SlackOut>(slackChannel, BOT, legal, { refs: [undefined, OPEN, "nonsense"] });
});

function legal({ body, reply }: SlackOut): void {
  for (const each of reply ? [body, reply] : [body]) legalBody(each);
}

/** Source: docs.slack.dev/reference/block-kit/blocks, and facts about `msg_blocks_too_long` in blocks.ts. */
function legalBody(body: SlackBody): void {
  ok(body.text.length > 0 && body.text.length <= 20_000);
  ok(!/[<>]/.test(body.text) && !/&(?!(amp|lt|gt);)/.test(body.text), body.text);
  equal(body.unfurl_links, false);
  const inside = body.attachments?.flatMap(({ color, blocks, ...others }) => {
    deepEqual(others, {}, "beside blocks an attachment has only its colour");
    ok(/^#[0-9a-f]{6}$/.test(color));
    ok(blocks.length > 0 && blocks.length <= 50);
    return blocks;
  }) ?? [];
  const blocks = [...body.blocks ?? [], ...inside];
  ok(blocks.length <= 52);
  ok(JSON.stringify(blocks).length <= 11_000);
  blocks.forEach(legalBlock);
  for (const text of textsIn(body)) assertHarmless(text);
}

function legalBlock(block: SlackBlock): void {
  if (block.type === "header") return legalText(block.text, 150);
  if (block.type === "context") {
    ok(block.elements.length > 0 && block.elements.length <= 10);
    return block.elements.forEach((text) => legalText(text, 3_000));
  }
  equal(block.type, "rich_text");
  for (const { elements } of block.elements) {
    ok(elements.length > 0);
    for (const element of elements) {
      ok(element.type === "text" || element.type === "link", "an element that could call somebody");
      ok(element.text.length > 0);
      if (element.type === "link") {
        assertSafeUrl(element.url);
        ok(element.url.length <= 3_000);
      }
    }
  }
}

function legalText(
  { type, text, emoji }: { type: string; text: string; emoji: boolean },
  limit: number,
): void {
  equal(type, "plain_text");
  equal(emoji, false);
  ok(text.length > 0 && text.length <= limit);
}

Deno.test("slackChannel splits what is long into at most five parts of whole alerts, numbered, and counts the rest", () => {
  const outs = slackChannel.render(caseMessage("long", "en"), WEBHOOK);
  equal(outs.length, 5);
  const headers = outs.map(({ body }) => JSON.stringify(body.blocks));
  headers.forEach((header, i) => ok(header.includes(`(${i + 1}/5)`)));
  const text = JSON.stringify(outs);
  const told = [...text.matchAll(/Disk almost full on db-\d+/g)].length;
  ok(told >= 30 && told < 60, `${told}`);
  ok(text.includes(`… and ${60 - told} more`));
  ok(text.includes("https://vigie.example/api/v1/notifications/42"));
});

Deno.test("slackChannel tells all alerts of a long group to a bot's channel in one message", () => {
  const outs = slackChannel.render(caseMessage("long", "fr"), BOT);
  equal(outs.length, 1);
  ok(/… et \d+ de plus/.test(JSON.stringify(outs)));
});

Deno.test("slackChannel's plain form tells each alert in a line, and leads to the whole", () => {
  const { body } = slackChannel.plain(caseMessage("mixed", "fr"), WEBHOOK);
  deepEqual(body, {
    text: "🚨 [EN COURS 3] HostDiskAlmostFull, HostLoadHigh · db-1, web-2, web-1\n" +
      "🚨 HostDiskAlmostFull: Disk almost full on db-1\n⚠️ HostLoadHigh: Load of web-2 too high\n" +
      "ℹ️ HostLoadHigh: Load of web-1 too high\nhttps://vigie.example/api/v1/notifications/42",
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
  });
});

Deno.test("slackChannel's settings name one way in, and a bot's channel", () => {
  const check = (settings: Record<string, string>) =>
    slackChannel.check?.({ apiUrl: "https://slack.com/api", ...settings });
  equal(check({ url: "x" }), undefined);
  equal(check({ token: "x", channel: "#a" }), undefined);
  equal(check({}), "give either url or token");
  equal(check({ url: "x", token: "x", channel: "#a" }), "give either url or token");
  equal(check({ token: "x" }), "give the channel that the bot writes to");
  equal(check({ url: "x", channel: "#a" }), "an incoming webhook has its own channel: give no channel");
});

Deno.test("slackChannel's previews hold no secret", () => {
  for (const [settings, ref] of [[WEBHOOK], [BOT], [BOT, OPEN]] as const) {
    const [out] = slackChannel.render(caseMessage("firing", "en"), settings, ref);
    const { what, body } = slackChannel.preview(out!, settings);
    ok(!(what + body).includes("s3cr3t"));
    ok(what.includes("<secret>"));
  }
});

Deno.test("slackChannel judges an incoming webhook's answer by its status and its body", async () => {
  const cases: [Reply, Record<string, unknown>][] = [
    [{ body: "ok" }, { result: "delivered" }],
    [{ body: "ok\n" }, { result: "delivered" }],
    [{ body: "invalid_payload" }, { result: "refused", reason: "It answered 200: invalid_payload" }],
    [{ body: "no_service" }, { result: "gone", reason: "It answered 200: no_service" }],
    [{ body: "<html>Sign in</html>" }, {
      result: "retry",
      reason: "It answered 200: <html>Sign in</html>, which is not how it confirms",
    }],
    [{ body: "" }, { result: "retry", reason: "It answered 200, which is not how it confirms" }],
    [{ status: 429, headers: { "retry-after": "30" }, body: "rate_limited" }, {
      result: "retry",
      reason: "It answered 429: rate_limited",
      afterMs: 30_000,
    }],
    [{ status: 400, body: "invalid_payload" }, {
      result: "refused",
      reason: "It answered 400: invalid_payload",
    }],
    [{ status: 400, body: "invalid_blocks" }, {
      result: "refused",
      reason: "It answered 400: invalid_blocks",
    }],
    [{ status: 403, body: "action_prohibited" }, {
      result: "gone",
      reason: "It answered 403: action_prohibited",
    }],
    [{ status: 403, body: "invalid_token" }, { result: "gone", reason: "It answered 403: invalid_token" }],
    [{ status: 404, body: "no_service" }, { result: "gone", reason: "It answered 404: no_service" }],
    [{ status: 404, body: "channel_not_found" }, {
      result: "gone",
      reason: "It answered 404: channel_not_found",
    }],
    [{ status: 410, body: "channel_is_archived" }, {
      result: "gone",
      reason: "It answered 410: channel_is_archived",
    }],
    [{ status: 500, body: "rollup_error" }, {
      result: "retry",
      reason: "It answered 500: rollup_error",
      afterMs: undefined,
    }],
    [{ status: 503, body: "<html>Unavailable</html>" }, {
      result: "retry",
      reason: "It answered 503: <html>Unavailable</html>",
      afterMs: undefined,
    }],
  ];
  await using slack = fakeDestination();
  const [out] = slackChannel.render(caseMessage("firing", "en"), WEBHOOK);
  for (const [reply, outcome] of cases) {
    slack.answer(reply);
    const settings = { ...WEBHOOK, url: `${slack.url}/services/x` };
    deepEqual(await slackChannel.send(out!, settings, context()), outcome, JSON.stringify(reply));
  }
  const [request] = slack.requests;
  deepEqual([request!.method, request!.path, request!.headers["content-type"]], [
    "POST",
    "/services/x",
    "application/json",
  ]);
  deepEqual(JSON.parse(request!.body), out!.body);
});

Deno.test("slackChannel tries again when there is no whole answer, and stops when it is told to", async () => {
  await using slack = fakeDestination();
  const settings = { ...WEBHOOK, url: slack.url };
  const [out] = slackChannel.render(caseMessage("firing", "en"), WEBHOOK);
  slack.answer({ instead: "cut" }, { body: "ok".repeat(50), instead: "cutBody" }, { instead: "hang" });
  equal((await slackChannel.send(out!, settings, context())).result, "retry");
  equal((await slackChannel.send(out!, settings, context())).result, "retry");
  const ending = new AbortController();
  const sending = slackChannel.send(out!, settings, { ...context(), signal: ending.signal });
  await slack.received(3);
  ending.abort();
  deepEqual(await sending, { result: "retry", reason: "the attempt was ended" });
});

const posted = { body: { ok: true, channel: "C1", ts: "1700000000.000100" } };

async function asBot(
  name: CaseName,
  ref: string | undefined,
  ...replies: readonly Reply[]
) {
  await using slack = fakeDestination();
  slack.answer(...replies);
  const settings = { ...BOT, apiUrl: `${slack.url}/api/` };
  const [out] = slackChannel.render(caseMessage(name, "en"), settings, ref);
  const outcome = await slackChannel.send(out!, settings, context());
  return {
    outcome,
    calls: slack.requests.map(({ path, body, headers }) => ({ path, headers, ...JSON.parse(body) })),
  };
}

Deno.test("slackChannel's bot posts a message and keeps where it is", async () => {
  const { outcome, calls: [call] } = await asBot("firing", undefined, posted);
  deepEqual(outcome, { result: "delivered", ref: OPEN });
  equal(call.path, "/api/chat.postMessage");
  equal(call.headers.authorization, "Bearer xoxb-s3cr3t");
  equal(call.channel, "#alerts");
});

Deno.test("slackChannel's bot updates its message in place, and tells a change in its thread and in the channel", async () => {
  const { outcome, calls } = await asBot("firing", OPEN, posted, posted);
  deepEqual(outcome, { result: "delivered", ref: OPEN });
  deepEqual(calls.map(({ path }) => path), ["/api/chat.update", "/api/chat.postMessage"]);
  deepEqual([calls[0].channel, calls[0].ts], ["C1", "1700000000.000100"]);
  deepEqual([calls[1].channel, calls[1].thread_ts, calls[1].reply_broadcast], [
    "C1",
    "1700000000.000100",
    true,
  ]);
});

Deno.test("slackChannel's bot tells only the thread that some alerts are over, unless older ones are told with it", () => {
  const message = caseMessage("someResolved", "en");
  const notification = { ...message.notification, reason: "some alerts resolved" };
  const heard = (changed: typeof message) =>
    slackChannel.render(changed, BOT, OPEN)[0]!.reply!.reply_broadcast;
  equal(heard({ ...message, notification }), false);
  equal(
    heard({
      ...message,
      notification,
      notes: ["Late by 5 min: the newest state, in place of 2 notifications"],
    }),
    true,
  );
  equal(heard(message), true);
});

Deno.test("slackChannel's bot turns its message green when all is resolved, and begins anew after it", async () => {
  const { outcome, calls } = await asBot("resolved", OPEN, posted, posted);
  const closed = '["C1","1700000000.000100","final","#alerts"]';
  deepEqual(outcome, { result: "delivered", ref: closed });
  equal(calls[0].attachments[0].color, "#37872d");
  equal(calls[1].reply_broadcast, false);
  const { calls: [again, ...others] } = await asBot("firing", closed, posted);
  deepEqual([again.path, others.length], ["/api/chat.postMessage", 0]);
});

Deno.test("slackChannel's bot begins anew in another channel, and where another kind of channel left a reference", () => {
  for (const ref of ['["C1","1","open","#other"]', "123456", "null", "{}", '[1,2,"open","#alerts"]']) {
    const [out] = slackChannel.render(caseMessage("firing", "en"), BOT, ref);
    equal(out!.update, undefined, ref);
  }
});

Deno.test("slackChannel's bot posts a new message when the old one cannot be changed", async () => {
  for (const error of ["message_not_found", "edit_window_closed", "cant_update_message"]) {
    const { outcome, calls } = await asBot("resolved", OPEN, { body: { ok: false, error } }, {
      body: { ok: true, channel: "C1", ts: "2" },
    });
    deepEqual(outcome, { result: "delivered", ref: '["C1","2","final","#alerts"]' });
    deepEqual(calls.map(({ path }) => path), ["/api/chat.update", "/api/chat.postMessage"]);
  }
});

Deno.test("slackChannel's bot tries update and reply again together", async () => {
  const { outcome } = await asBot("firing", OPEN, posted, {
    status: 429,
    headers: { "retry-after": "3" },
    body: { ok: false, error: "ratelimited" },
  });
  deepEqual(outcome, { result: "retry", reason: "It answered 429: ratelimited", afterMs: 3_000 });
});

Deno.test("slackChannel's bot posts a new message when the thread takes no reply, and is content when nobody had to hear it", async () => {
  const refusal = { body: { ok: false, error: "thread_not_found" } };
  const anew = { body: { ok: true, channel: "C1", ts: "2" } };
  const { outcome, calls } = await asBot("firing", OPEN, posted, refusal, anew);
  deepEqual(outcome, { result: "delivered", ref: '["C1","2","open","#alerts"]' });
  deepEqual(calls.map(({ thread_ts }) => thread_ts), [undefined, "1700000000.000100", undefined]);
  const quiet = await asBot("resolved", OPEN, posted, refusal);
  deepEqual(quiet.outcome, { result: "delivered", ref: '["C1","1700000000.000100","final","#alerts"]' });
});

Deno.test("slackChannel's bot leaves nothing of the old message in its update", async () => {
  await using slack = fakeDestination();
  slack.otherwise(posted);
  const body = { text: "t", unfurl_links: false, unfurl_media: false } as const;
  const out: SlackOut = { body, update: { channel: "C1", ts: "1" }, final: false };
  await slackChannel.send(out, { ...BOT, apiUrl: slack.url }, context());
  const [update] = slack.requests;
  deepEqual([update!.path, JSON.parse(update!.body).attachments], ["/chat.update", []]);
});

Deno.test("slackChannel judges the Web API's answers by what they say, as all are 200", async () => {
  const cases: [Reply, Record<string, unknown>][] = [
    [{ body: { ok: false, error: "ratelimited" }, headers: { "retry-after": "5" } }, {
      result: "retry",
      reason: "It answered 200: ratelimited",
      afterMs: 5_000,
    }],
    [{ body: { ok: false, error: "internal_error" } }, {
      result: "retry",
      reason: "It answered 200: internal_error",
      afterMs: undefined,
    }],
    [{
      body: {
        ok: false,
        error: "invalid_blocks",
        response_metadata: { messages: ["[ERROR] too long [json-pointer:/blocks/0]"] },
      },
    }, {
      result: "refused",
      reason: "It answered 200: invalid_blocks, [ERROR] too long [json-pointer:/blocks/0]",
    }],
    [{ body: { ok: false, error: "msg_blocks_too_long" } }, {
      result: "refused",
      reason: "It answered 200: msg_blocks_too_long",
    }],
    [{ body: { ok: false, error: "missing_scope", needed: "chat:write" } }, {
      result: "gone",
      reason: "It answered 200: missing_scope, needed: chat:write",
    }],
    ...["invalid_auth", "channel_not_found", "not_in_channel", "is_archived", "token_revoked"].map((
      error,
    ): [Reply, Record<string, unknown>] => [{ body: { ok: false, error } }, {
      result: "gone",
      reason: `It answered 200: ${error}`,
    }]),
    [{ body: "not JSON" }, {
      result: "retry",
      reason: "It answered 200: not JSON, which is not how it confirms",
    }],
    [{ status: 500, body: "oops" }, { result: "retry", reason: "It answered 500: oops", afterMs: undefined }],
  ];
  for (const [reply, expected] of cases) {
    deepEqual((await asBot("firing", undefined, reply)).outcome, expected, JSON.stringify(reply));
  }
});
