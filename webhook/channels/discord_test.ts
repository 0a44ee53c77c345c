import { deepEqual, equal, ok } from "node:assert/strict";
import { discordChannel, type DiscordOut } from "./discord.ts";
import { escapeDiscord } from "./discord_markdown.ts";
import { caseMessage } from "./testing/cases.ts";
import { fakeDestination, type Reply } from "./testing/fake_destination.ts";
import { testGolden } from "./testing/golden.ts";
import { assertHarmless, assertSafeUrl, rendersOnlyLegal, textsIn } from "./testing/properties.ts";

const SETTINGS = { url: "https://discord.com/api/webhooks/1/s3cr3t" };

const context = () => ({
  fetch,
  print: () => Promise.resolve(),
  signal: AbortSignal.timeout(10_000),
  now: () => Date.parse("2026-11-22T10:00:00Z"),
});

testGolden(discordChannel, SETTINGS);

Deno.test("discordChannel renders only what Discord takes, and nothing that calls anybody", () => {
  rendersOnlyLegal<DiscordOut>(discordChannel, SETTINGS, legal);
});

/** Source: docs.discord.com/developers/resources/message#embed-object-embed-limits. */
function legal({ content, embeds = [], allowed_mentions, ...others }: DiscordOut): void {
  deepEqual(others, {});
  deepEqual(allowed_mentions, { parse: [] });
  ok(content.trim().length > 0 && content.length <= 2_000, `${content.length}`);
  ok(embeds.length <= 10);
  let all = 0;
  for (const { description, color, ...others } of embeds) {
    deepEqual(others, {});
    ok(description.trim().length > 0 && description.length <= 4_096);
    ok(Number.isInteger(color) && color >= 0 && color <= 0xffffff);
    all += description.length;
  }
  ok(all <= 6_000);
  for (const text of textsIn({ content, embeds })) {
    assertHarmless(text);
    assertLiteral(text);
  }
}

const LINK = /\[(?:[^\\[\]]|\\.)+\]\(([^()\s]+)\)/g;

/** What is left when links, code and bold of the webhook's own are taken away holds no markup. */
function assertLiteral(text: string): void {
  for (const [, url] of text.matchAll(LINK)) assertSafeUrl(url!);
  const rest = text
    .replace(/\\[^\p{L}\p{N}\s]/gu, "x")
    .replace(LINK, "")
    .replace(/\n<https?:[^\s<>]+>$/, "")
    .replace(/`[^`\n]*`/g, "")
    .replace(/\*\*/g, "");
  ok(!/[\\*_~`|<>[\]()@#:]/.test(rest), JSON.stringify(rest.slice(0, 300)));
  ok(!/^\s*(?:[-+]|\d+\.(?:\s|$))/m.test(rest), JSON.stringify(rest.slice(0, 300)));
}

Deno.test("escapeDiscord leaves text as it is read, and no markup", () => {
  equal(
    escapeDiscord("**b** _i_ ~~s~~ `c` ||x||"),
    "\\*\\*b\\*\\* \\_i\\_ \\~\\~s\\~\\~ \\`c\\` \\|\\|x\\|\\|",
  );
  equal(
    escapeDiscord("@everyone <@1> <#2> <:e:3> <t:4>"),
    "\\@everyone \\<\\@1\\> \\<\\#2\\> \\<\\:e\\:3\\> \\<t\\:4\\>",
  );
  equal(
    escapeDiscord("[x](javascript:y) https://a.example"),
    "\\[x\\]\\(javascript\\:y\\) https\\://a.example",
  );
  equal(escapeDiscord("# h\n> q\n- a\n+ b\n1. c\n -d"), "\\# h\n\\> q\n\\- a\n\\+ b\n1\\. c\n \\-d");
  equal(escapeDiscord("a-b 1.5 c\\d"), "a-b 1.5 c\\\\d");
});

Deno.test("discordChannel splits what is long between embeds into at most five messages, and counts the rest", () => {
  const outs = discordChannel.render(caseMessage("long", "fr"), SETTINGS);
  equal(outs.length, 5);
  outs.forEach(({ content }, i) => ok(content.includes(`\\(${i + 1}/5\\)`), content));
  const text = JSON.stringify(outs);
  const told = [...text.matchAll(/Disk almost full on db-\d+/g)].length;
  ok(told > 15 && told < 50);
  ok(text.includes(`… et ${60 - told} de plus`));
});

Deno.test("discordChannel's embeds have the colour of their alert", () => {
  const [out] = discordChannel.render(caseMessage("someResolved", "en"), SETTINGS);
  deepEqual(out!.embeds?.map(({ color }) => color.toString(16)), ["c4162a", "37872d", "c4162a"]);
});

Deno.test("discordChannel's plain form tells each alert in a line, and leads to the whole", () => {
  const { content, embeds } = discordChannel.plain(caseMessage("firing", "en"), SETTINGS);
  equal(embeds, undefined);
  equal(
    content,
    "\\[FIRING 1\\] HostDiskAlmostFull · db-1\n🚨 HostDiskAlmostFull\\: Disk almost full on db-1\n" +
      "<https://vigie.example/api/v1/notifications/42>",
  );
});

Deno.test("discordChannel's settings want the address, and its previews do not hold it", () => {
  equal(discordChannel.check?.({}), "give the url");
  equal(discordChannel.check?.({ url: "x" }), undefined);
  const [out] = discordChannel.render(caseMessage("firing", "en"), SETTINGS);
  const { what, body } = discordChannel.preview(out!, SETTINGS);
  ok(!(what + body).includes("s3cr3t") && what.includes("<secret>"));
});

Deno.test("discordChannel judges answers by status and body", async () => {
  const cases: [Reply, Record<string, unknown>][] = [
    [{ body: { id: "77" } }, { result: "delivered", ref: "77" }],
    [{ status: 204 }, { result: "delivered" }],
    [{ body: { message: "saved?" } }, {
      result: "retry",
      reason: "It answered 200: saved?, which is not how it confirms",
    }],
    [{
      status: 429,
      headers: { "retry-after": "1", "x-ratelimit-reset-after": "0.9" },
      body: { message: "You are being rate limited.", retry_after: 1.25, global: false },
    }, { result: "retry", reason: "It answered 429: You are being rate limited.", afterMs: 1_250 }],
    [{ status: 429, headers: { "x-ratelimit-reset-after": "2.5" }, body: "slow down" }, {
      result: "retry",
      reason: "It answered 429: slow down",
      afterMs: 2_500,
    }],
    [{ status: 429, headers: { "retry-after": "65" }, body: "<html>error 1015</html>" }, {
      result: "retry",
      reason: "It answered 429: <html>error 1015</html>",
      afterMs: 65_000,
    }],
    [{ status: 400, body: { message: "Invalid Form Body", code: 50035 } }, {
      result: "refused",
      reason: "It answered 400: Invalid Form Body",
    }],
    [{ status: 404, body: { message: "Unknown Webhook", code: 10015 } }, {
      result: "gone",
      reason: "It answered 404: Unknown Webhook",
    }],
    [{ status: 401, body: { message: "Invalid Webhook Token", code: 50027 } }, {
      result: "gone",
      reason: "It answered 401: Invalid Webhook Token",
    }],
    [{ status: 502, body: "" }, { result: "retry", reason: "It answered 502", afterMs: undefined }],
    [{ status: 301, headers: { location: "https://elsewhere.example" } }, {
      result: "gone",
      reason: "It answered 301: it has moved, and no redirect is followed",
    }],
  ];
  await using discord = fakeDestination();
  const [out] = discordChannel.render(caseMessage("firing", "en"), SETTINGS);
  for (const [reply, outcome] of cases) {
    discord.answer(reply);
    const settings = { url: `${discord.url}/api/webhooks/1/x?thread_id=5` };
    deepEqual(await discordChannel.send(out!, settings, context()), outcome, JSON.stringify(reply));
  }
  const [request] = discord.requests;
  equal(request!.path, "/api/webhooks/1/x?thread_id=5&wait=true");
  deepEqual(JSON.parse(request!.body), out);
});

Deno.test("discordChannel tries again when the connection is cut", async () => {
  await using discord = fakeDestination();
  discord.answer({ instead: "cut" }, { body: "x".repeat(99), instead: "cutBody" });
  const out = discordChannel.plain(caseMessage("firing", "en"), SETTINGS);
  equal((await discordChannel.send(out, { url: discord.url }, context())).result, "retry");
  equal((await discordChannel.send(out, { url: discord.url }, context())).result, "retry");
});
