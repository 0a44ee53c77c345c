import { deepEqual, equal, match, ok } from "node:assert/strict";
import { telegramChannel, type TelegramOut } from "./telegram.ts";
import { escapeHtml, quiet } from "./telegram_html.ts";
import { judges, sendOnce } from "./testing/answers.ts";
import { caseMessage } from "./testing/cases.ts";
import type { FakeDestination } from "./testing/fake_destination.ts";
import { testGolden } from "./testing/golden.ts";
import { assertHarmless, assertSafeUrl, rendersOnlyLegal } from "./testing/properties.ts";

const TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";
const SETTINGS = { chatId: "-1001234567890", apiUrl: "https://api.telegram.org", token: TOKEN };
const settingsFor = ({ url }: FakeDestination) => ({ ...SETTINGS, apiUrl: url });
const render = (name: Parameters<typeof caseMessage>[0]) =>
  telegramChannel.render(caseMessage(name, "en"), SETTINGS as never) as TelegramOut[];

/** The text that is shown and its entities; fails where Telegram would. Source: core.telegram.org/bots/api#html-style. */
function parse(html: string): { shown: string; urls: string[]; entities: number } {
  let shown = "";
  let open: string | undefined;
  let entities = 0;
  const urls: string[] = [];
  const tokens = /<(\/?)(a|b|code)(?: href="([^"<>]*)")?>|&(amp|lt|gt|quot);|([^<>&]+)|(.)/gsu;
  for (const [, closing, tag, href, entity, text, wrong] of html.matchAll(tokens)) {
    ok(wrong === undefined, `can't parse entities: ${wrong}`);
    if (tag === undefined) shown += text ?? { amp: "&", lt: "<", gt: ">", quot: '"' }[entity!];
    else if (closing) {
      equal(tag, open);
      open = undefined;
    } else {
      equal(open, undefined, "tags are nested");
      equal(tag === "a", href !== undefined);
      if (href !== undefined) urls.push(parse(href).shown);
      open = tag;
      entities += 1;
    }
  }
  equal(open, undefined, "a tag is left open");
  return { shown, urls, entities };
}

function legal({ chat_id, text, parse_mode, link_preview_options }: TelegramOut): void {
  equal(chat_id, SETTINGS.chatId);
  equal(link_preview_options.is_disabled, true);
  const { shown, urls, entities } = parse_mode ? parse(text) : { shown: text, urls: [], entities: 0 };
  ok(shown.trim() !== "" && shown.length <= 4_096, `${shown.length} characters`);
  ok(entities <= 100 && text.length <= 33_000);
  urls.forEach(assertSafeUrl);
  // As TDLib finds them.
  ok(!/\B@[a-zA-Z0-9_]{2,32}\b/.test(shown), "a mention");
  for (const [, scheme] of shown.matchAll(/([a-z]+):\/\//gi)) match(scheme!, /^https?$/i);
  assertHarmless(shown.replace(/(?<=[@:])\u2060/g, ""));
}

testGolden(telegramChannel, SETTINGS);

Deno.test("telegramChannel sends only what Telegram takes, whatever the message", () => {
  rendersOnlyLegal(telegramChannel, SETTINGS, legal);
});

Deno.test("telegramChannel splits between alerts, and numbers the parts", () => {
  const outs = render("long");
  ok(outs.length > 1 && outs.length <= 4);
  outs.forEach(({ text }, i) => match(text, new RegExp(`^<b>.* \\(${i + 1}/${outs.length}\\)</b>\n\n`)));
  const shown = outs.map(({ text }) => parse(text).shown).join("");
  const told = shown.match(/HostDiskAlmostFull · since/g)!.length;
  const [, more] = /… and (\d+) more/.exec(shown)!;
  equal(told + Number(more), 60);
  ok(outs.at(-1)!.text.includes("https://vigie.example/api/v1/notifications/42"));
  equal(render("firing").length, 1);
});

Deno.test("telegramChannel fills a message before it cuts", () => {
  const outs = render("huge");
  for (const { text } of outs) legal({ ...outs[0]!, text });
  ok(outs.length <= 4 && Math.max(...outs.map(({ text }) => parse(text).shown.length)) > 3_800);
});

Deno.test("escapeHtml and quiet leave nothing that Telegram would act on", () => {
  equal(escapeHtml(`<a href="x">&amp;</a>`), "&lt;a href=&quot;x&quot;&gt;&amp;amp;&lt;/a&gt;");
  equal(quiet("@all ops@example.org é@name @ x"), "@\u2060all ops@example.org é@\u2060name @ x");
  equal(
    quiet("tg://user?id=1 https://a.example HTTP://b ton://c xhttp://d"),
    "tg:\u2060//user?id=1 https://a.example HTTP://b ton:\u2060//c xhttp:\u2060//d",
  );
});

Deno.test("telegramChannel posts to the bot's address, to a topic when told", async () => {
  const { request, outcome } = await sendOnce(
    telegramChannel,
    (fake) => ({ ...settingsFor(fake), threadId: 7 }),
    { body: { ok: true, result: { message_id: 99 } } },
  );
  deepEqual(outcome, { result: "delivered", ref: "99" });
  deepEqual([request.method, request.path], ["POST", `/bot${TOKEN}/sendMessage`]);
  const { chat_id, message_thread_id, parse_mode } = JSON.parse(request.body);
  deepEqual([chat_id, message_thread_id, parse_mode], [SETTINGS.chatId, 7, "HTML"]);
});

const no = (error_code: number, description: string, parameters?: unknown) => ({
  status: error_code,
  body: { ok: false, error_code, description, parameters },
});

Deno.test("telegramChannel judges the answers", () =>
  judges(telegramChannel, settingsFor, [
    ["sent", { body: { ok: true, result: { message_id: 99 } } }, { result: "delivered", ref: "99" }],
    ["an error with status 200", { body: { ok: false, description: "no" } }, { result: "retry" }],
    ["a page in between", { body: "<html>" }, { result: "retry" }],
    [
      "too many requests",
      no(429, "Too Many Requests: retry after 17", { retry_after: 17 }),
      { result: "retry", reason: "It answered 429: Too Many Requests: retry after 17", afterMs: 17_000 },
    ],
    ["markup that it does not understand", no(400, "Bad Request: can't parse entities: …"), {
      result: "refused",
    }],
    ["too long", no(400, "Bad Request: message is too long"), { result: "refused" }],
    ["no such chat", no(400, "Bad Request: chat not found"), {
      result: "gone",
      reason: "It answered 400: Bad Request: chat not found",
    }],
    ["no such topic", no(400, "Bad Request: message thread not found"), { result: "gone" }],
    [
      "a group that became a supergroup",
      no(400, "Bad Request: group chat was upgraded to a supergroup chat", {
        migrate_to_chat_id: -1009876543210,
      }),
      {
        result: "gone",
        reason:
          "It answered 400: Bad Request: group chat was upgraded to a supergroup chat: the chatId is -1009876543210 now",
      },
    ],
    ["wrong token", no(401, "Unauthorized"), { result: "gone" }],
    ["blocked", no(403, "Forbidden: bot was blocked by the user"), { result: "gone" }],
    ["no such bot", no(404, "Not Found"), { result: "gone" }],
    ["out of order", no(500, "Internal Server Error"), { result: "retry" }],
    ["a connection that is cut", { instead: "cut" }, { result: "retry" }],
  ]));

Deno.test("telegramChannel says no secret when it cannot connect, nor in a preview", async () => {
  const [out] = render("firing");
  const settings = { ...SETTINGS, apiUrl: "http://127.0.0.1:1" } as never;
  const outcome = await telegramChannel.send(out!, settings, {
    fetch,
    print: () => Promise.resolve(),
    signal: AbortSignal.timeout(5_000),
    now: Date.now,
  });
  equal(outcome.result, "retry");
  ok(!JSON.stringify(outcome).includes(TOKEN.slice(10)), JSON.stringify(outcome));
  const shown = telegramChannel.preview(out!, SETTINGS as never);
  equal(shown.what, "POST https://api.telegram.org/bot<secret>/sendMessage (JSON)");
  ok(!shown.body.includes(TOKEN));
});

Deno.test("telegramChannel takes numbers and names of chats, and wants a token", () => {
  const { chatId } = telegramChannel.shape;
  for (const good of [-1001234567890, 42, "-100", "@alerts"]) {
    ok(chatId.safeParse(good).success, String(good));
  }
  for (const bad of ["alerts", "", 1.5, "@a b", "t.me/x"]) ok(!chatId.safeParse(bad).success, String(bad));
  equal(telegramChannel.check?.({ ...SETTINGS, token: undefined } as never), "give the token");
  equal(telegramChannel.check?.(SETTINGS as never), undefined);
});
