import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { ChannelKind, Outcome } from "./channel.ts";
import { discordChannel } from "./discord.ts";
import { ntfyChannel } from "./ntfy.ts";
import { slackChannel } from "./slack/mod.ts";
import { telegramChannel } from "./telegram.ts";
import { sendContext } from "./testing/answers.ts";
import { caseMessage } from "./testing/cases.ts";
import { type FakeDestination, fakeDestination, formIn, type Reply } from "./testing/fake_destination.ts";

// Bytes that are no text: whatever takes them for one damages them.
const BYTES = new Uint8Array([
  0x89,
  0x50,
  0x4e,
  0x47,
  0x0d,
  0x0a,
  0x1a,
  0x0a,
  0,
  255,
  254,
  0x0d,
  0x0a,
  0x2d,
  0x2d,
]);
const PICTURE = { name: "Disk.png", bytes: BYTES, alt: 'Disk "full": <b>97 %</b> é' };

// deno-lint-ignore no-explicit-any -- the settings and requests are each kind's own matter
type AnyKind = ChannelKind<string, any, any>;
type SettingsFor = (destination: FakeDestination) => Record<string, unknown>;

const DISCORD: SettingsFor = ({ url }) => ({ url: `${url}/api/webhooks/1/token?thread_id=7` });
const SLACK: SettingsFor = ({ url }) => ({ token: "xoxb-1", channel: "C1", apiUrl: `${url}/api` });
const TELEGRAM: SettingsFor = ({ url }) => ({ token: "1:abc", chatId: "-100", threadId: 5, apiUrl: url });
const NTFY: SettingsFor = ({ url }) => ({ server: url, topic: "ops", token: "tk_1" });

/** Sends the picture of a message to a destination that gives these answers. */
async function send(kind: AnyKind, settingsFor: SettingsFor, ref: string, ...replies: readonly Reply[]) {
  await using destination = fakeDestination();
  const { url } = destination;
  destination.answer(
    ...replies.map((reply) =>
      typeof reply.body === "string" ? { ...reply, body: reply.body.replaceAll("HERE", url) } : reply
    ),
  );
  const settings = settingsFor(destination);
  const [out] = kind.render(caseMessage("firing", "en"), settings);
  const way = kind.pictureAfter!;
  ok(BYTES.length <= way.maxBytes && way.maxBytes <= 10 * 1024 * 1024);
  const outcome = await way.send(PICTURE, { out, ref }, settings, sendContext());
  return { outcome, requests: destination.requests, out };
}

async function pngIn(form: FormData, field: string): Promise<void> {
  const file = form.get(field) as File;
  deepEqual([file.name, file.type], ["Disk.png", "image/png"]);
  deepEqual(new Uint8Array(await file.arrayBuffer()), BYTES);
}

/** Fails unless each answer is judged so; undefined for what is not compared. */
async function judges(
  kind: AnyKind,
  settingsFor: SettingsFor,
  ref: string,
  rows: readonly (readonly [Reply, Outcome["result"], afterMs?: number])[],
): Promise<void> {
  for (const [reply, result, afterMs] of rows) {
    const { outcome } = await send(kind, settingsFor, ref, reply);
    equal(outcome.result, result, JSON.stringify([reply, outcome]));
    if (afterMs !== undefined) equal((outcome as { afterMs?: number }).afterMs, afterMs);
    ok(!/xoxb|1:abc|token|tk_1/.test(JSON.stringify(outcome)), "a secret is told");
  }
}

Deno.test("discordChannel puts the picture into the message that it has sent", async () => {
  const { outcome, requests: [request], out } = await send(discordChannel, DISCORD, "42", {
    body: '{"id":"42"}',
  });
  equal(outcome.result, "delivered");
  deepEqual([request!.method, request!.path], ["PATCH", "/api/webhooks/1/token/messages/42?thread_id=7"]);
  const form = await formIn(request!);
  await pngIn(form, "files[0]");
  const { embeds, attachments, allowed_mentions } = JSON.parse(form.get("payload_json") as string);
  deepEqual(embeds, [
    { ...out.embeds[0], image: { url: "attachment://Disk.png" } },
    ...out.embeds.slice(1),
  ]);
  deepEqual(attachments, [{ id: 0, filename: "Disk.png", description: PICTURE.alt }]);
  deepEqual(allowed_mentions, { parse: [] });
});

Deno.test("discordChannel knows why it has no room for a picture", async () => {
  await judges(discordChannel, DISCORD, "42", [
    [{ status: 413, body: '{"message":"Request entity too large","code":40005}' }, "refused"],
    [{ status: 429, body: '{"retry_after":1.5}' }, "retry", 1_500],
    [{ status: 502 }, "retry"],
    [{ status: 404, body: '{"message":"Unknown Webhook","code":10015}' }, "gone"],
    [{ instead: "cut" }, "retry"],
  ]);
});

Deno.test("telegramChannel answers its message with the picture, without a sound", async () => {
  const body = '{"ok":true,"result":{"message_id":43}}';
  const { outcome, requests: [request] } = await send(telegramChannel, TELEGRAM, "42", { body });
  equal(outcome.result, "delivered");
  deepEqual([request!.method, request!.path], ["POST", "/bot1:abc/sendPhoto"]);
  const form = await formIn(request!);
  await pngIn(form, "photo");
  deepEqual(
    ["chat_id", "message_thread_id", "reply_parameters", "disable_notification"].map((name) =>
      form.get(name)
    ),
    ["-100", "5", '{"message_id":42,"allow_sending_without_reply":true}', "true"],
  );
});

Deno.test("telegramChannel knows why it has no room for a picture", async () => {
  await judges(telegramChannel, TELEGRAM, "42", [
    [{ status: 413, body: '{"ok":false,"description":"Request Entity Too Large"}' }, "refused"],
    [{ status: 429, body: '{"ok":false,"parameters":{"retry_after":7}}' }, "retry", 7_000],
    [{ status: 500 }, "retry"],
    [{ instead: "cut" }, "retry"],
  ]);
});

Deno.test("ntfyChannel sends the picture as a quiet message of its own", async () => {
  const { outcome, requests: [request] } = await send(ntfyChannel, NTFY, "abc", { body: '{"id":"def"}' });
  equal(outcome.result, "delivered");
  const { method, path, headers, bytes } = request!;
  equal(method, "PUT");
  const { pathname, searchParams } = new URL(path, "http://ntfy.example");
  deepEqual([pathname, searchParams.get("filename"), searchParams.get("priority")], [
    "/ops",
    "Disk.png",
    "2",
  ]);
  match(searchParams.get("title")!, /HostDiskAlmostFull/);
  deepEqual([headers["content-type"], headers.authorization], ["image/png", "Bearer tk_1"]);
  deepEqual(bytes, BYTES);
});

Deno.test("ntfyChannel knows why it has no room for a picture", async () => {
  await judges(ntfyChannel, NTFY, "abc", [
    [{ status: 413, body: '{"code":41301,"error":"attachment too large"}' }, "refused"],
    [{ status: 400, body: '{"code":40014,"error":"attachments not allowed"}' }, "refused"],
    [{ status: 429, headers: { "retry-after": "9" }, body: '{"code":42901}' }, "retry", 9_000],
    [{ status: 503 }, "retry"],
    [{ instead: "cut" }, "retry"],
  ]);
});

const ASKED: Reply = { body: '{"ok":true,"upload_url":"HERE/upload/1","file_id":"F1"}' };
const SLACK_REF = JSON.stringify(["C1", "1.2", "open", "C1"]);

Deno.test("slackChannel shares the picture in its message's thread", async () => {
  const { outcome, requests } = await send(slackChannel, SLACK, SLACK_REF, ASKED, { body: "OK" }, {
    body: '{"ok":true}',
  });
  equal(outcome.result, "delivered");
  deepEqual(requests.map(({ method, path }) => `${method} ${path}`), [
    "POST /api/files.getUploadURLExternal",
    "POST /upload/1",
    "POST /api/files.completeUploadExternal",
  ]);
  const [asked, uploaded, shared] = requests;
  deepEqual(Object.fromEntries(new URLSearchParams(asked!.body)), {
    filename: "Disk.png",
    length: String(BYTES.length),
    alt_txt: PICTURE.alt,
  });
  deepEqual(uploaded!.bytes, BYTES);
  equal(uploaded!.headers.authorization, undefined, "the token goes where the picture goes");
  deepEqual(Object.fromEntries(new URLSearchParams(shared!.body)), {
    files: JSON.stringify([{ id: "F1", title: PICTURE.alt }]),
    channel_id: "C1",
    thread_ts: "1.2",
  });
});

Deno.test("slackChannel knows why it has no room for a picture, at each step", async () => {
  const rows: readonly (readonly [replies: readonly Reply[], result: Outcome["result"], reason: RegExp])[] = [
    [
      [{ body: '{"ok":false,"error":"missing_scope","needed":"files:write"}' }],
      "gone",
      /missing_scope, needed: files:write/,
    ],
    [[{ status: 429, headers: { "retry-after": "3" }, body: '{"ok":false}' }], "retry", /429/],
    [[{ body: '{"ok":true}' }], "refused", /no address/],
    [[{ body: '{"ok":true,"upload_url":"file:///etc/passwd","file_id":"F1"}' }], "refused", /no address/],
    [[ASKED, { status: 413 }], "refused", /413/],
    [[ASKED, { status: 500 }], "retry", /500/],
    [[ASKED, { instead: "cut" }], "retry", /./],
    [
      [ASKED, { body: "OK" }, { body: '{"ok":false,"error":"channel_not_found"}' }],
      "gone",
      /channel_not_found/,
    ],
  ];
  for (const [replies, result, reason] of rows) {
    const { outcome } = await send(slackChannel, SLACK, SLACK_REF, ...replies);
    equal(outcome.result, result, JSON.stringify([replies, outcome]));
    match((outcome as { reason: string }).reason, reason);
    ok(!/xoxb|upload\/1/.test(JSON.stringify(outcome)), "a secret is told");
  }
});

Deno.test("slackChannel has a way for pictures with a bot's token alone, and none to a message of another channel", async () => {
  const way = slackChannel.pictureAfter!;
  equal(way.isOpen!({ token: "xoxb-1" } as never), true);
  equal(way.isOpen!({ url: "https://hooks.slack.com/services/1" } as never), false);
  const { outcome, requests } = await send(slackChannel, SLACK, "nothing");
  deepEqual([outcome.result, requests.length], ["refused", 0]);
});
