/** How each kind of channel sends the picture that follows a message. */

import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Outcome, Picture } from "./channel.ts";
import { discordChannel } from "./discord.ts";
import { ntfyChannel } from "./ntfy.ts";
import { slackChannel } from "./slack/mod.ts";
import { telegramChannel } from "./telegram.ts";
import { caseMessage } from "./testing/cases.ts";
import { fakeDestination, formIn, type ReceivedRequest, type Reply } from "./testing/fake_destination.ts";

// No PNG, but bytes that are no text either.
const PICTURE: Picture = {
  name: "HostDown.png",
  bytes: new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x00, 0xff, 0xfe, 0x1a]),
  alt: 'HostDown: "é" is <down>',
};
const MESSAGE = caseMessage("firing", "fr");

const context = () => ({
  fetch,
  print: () => Promise.resolve(),
  signal: AbortSignal.timeout(10_000),
  now: () => Date.parse("2026-11-22T10:00:00Z"),
});

async function bytesOf(file: FormDataEntryValue | null): Promise<number[]> {
  ok(file instanceof File);
  deepEqual([file.name, file.type], [PICTURE.name, "image/png"]);
  return [...await file.bytes()];
}

function isPicture(bytes: Iterable<number>): void {
  deepEqual([...bytes], [...PICTURE.bytes]);
}

/** One way for each kind: sends the picture of a message that was told. */
type Way = (url: string) => Promise<Outcome>;

const discord: Way = (url) => {
  const settings = { url: `${url}/api/webhooks/1/s3cr3t?thread_id=5` };
  const [out] = discordChannel.render(MESSAGE, settings);
  return discordChannel.pictureAfter!.send(PICTURE, { out: out!, ref: "77" }, settings, context());
};
const telegram: Way = (apiUrl) => {
  const settings = { apiUrl, token: "1:s3cr3t", chatId: -100, threadId: 7 };
  const [out] = telegramChannel.render(MESSAGE, settings);
  return telegramChannel.pictureAfter!.send(PICTURE, { out: out!, ref: "12" }, settings, context());
};
const ntfy: Way = (server) => {
  const settings = { server: `${server}/`, topic: "alerts", token: "tk_s3cr3t" };
  const [out] = ntfyChannel.render(MESSAGE, settings);
  return ntfyChannel.pictureAfter!.send(PICTURE, { out: out!, ref: "x1" }, settings, context());
};

Deno.test("discordChannel edits its message, so that the picture stands in it", async () => {
  await using fake = fakeDestination();
  fake.answer({ body: { id: "77" } });
  equal((await discord(fake.url)).result, "delivered");
  const [request] = fake.requests;
  equal(request!.method, "PATCH");
  equal(request!.path, "/api/webhooks/1/s3cr3t/messages/77?thread_id=5");
  const form = await formIn(request!);
  isPicture(await bytesOf(form.get("files[0]")));
  const said = JSON.parse(form.get("payload_json") as string);
  const [told] = discordChannel.render(MESSAGE, { url: fake.url });
  equal(said.embeds.length, told!.embeds!.length, "nothing of the message is lost");
  equal(said.embeds[0].image.url, "attachment://HostDown.png");
  deepEqual(said.attachments, [{ id: 0, filename: "HostDown.png", description: PICTURE.alt }]);
  deepEqual(said.allowed_mentions, { parse: [] });
});

Deno.test("telegramChannel answers its message with the picture, without a sound", async () => {
  await using fake = fakeDestination();
  fake.answer({ body: { ok: true, result: { message_id: 13 } } });
  equal((await telegram(fake.url)).result, "delivered");
  const [request] = fake.requests;
  deepEqual([request!.method, request!.path], ["POST", "/bot1:s3cr3t/sendPhoto"]);
  const form = await formIn(request!);
  isPicture(await bytesOf(form.get("photo")));
  deepEqual(JSON.parse(form.get("reply_parameters") as string), {
    message_id: 12,
    allow_sending_without_reply: true,
  });
  deepEqual(
    ["chat_id", "message_thread_id", "disable_notification"].map((key) => form.get(key)),
    ["-100", "7", "true"],
  );
});

Deno.test("ntfyChannel puts the picture behind its message, quietly", async () => {
  await using fake = fakeDestination();
  fake.answer({ body: { id: "x2", event: "message" } });
  equal((await ntfy(fake.url)).result, "delivered");
  const [request] = fake.requests;
  const url = new URL(request!.path, fake.url);
  deepEqual([request!.method, url.pathname], ["PUT", "/alerts"]);
  isPicture(request!.bytes);
  deepEqual([url.searchParams.get("filename"), url.searchParams.get("priority")], ["HostDown.png", "2"]);
  equal(request!.headers.authorization, "Bearer tk_s3cr3t");
  ok(!request!.path.includes("s3cr3t"), "no secret is in the address");
});

Deno.test("slackChannel uploads the picture and shares it in its message's thread", async () => {
  await using fake = fakeDestination();
  await using store = fakeDestination();
  const settings = { apiUrl: fake.url, token: "xoxb-s3cr3t", channel: "#alerts" };
  fake.answer(
    { body: { ok: true, channel: "C1", ts: "1.5" } },
    { body: { ok: true, upload_url: `${store.url}/up/1`, file_id: "F1" } },
    { body: { ok: true, files: [{ id: "F1" }] } },
  );
  const [out] = slackChannel.render(MESSAGE, settings);
  const told = await slackChannel.send(out!, settings, context());
  ok(told.result === "delivered" && told.ref !== undefined);
  const way = slackChannel.pictureAfter!;
  const outcome = await way.send(PICTURE, { out: out!, ref: told.ref }, settings, context());
  equal(outcome.result, "delivered", JSON.stringify(outcome));
  const [, asked, shared] = fake.requests;
  deepEqual([asked!.path, shared!.path], ["/files.getUploadURLExternal", "/files.completeUploadExternal"]);
  const [of, what] = [fields(asked!), fields(shared!)];
  deepEqual([of.get("filename"), of.get("length")], [PICTURE.name, `${PICTURE.bytes.length}`]);
  deepEqual([what.get("channel_id"), what.get("thread_ts")], ["C1", "1.5"]);
  equal(JSON.parse(what.get("files")!)[0].id, "F1");
  isPicture(store.requests[0]!.bytes);
  equal(store.requests[0]!.headers.authorization, undefined, "who stores it is not told the token");
});

Deno.test("slackChannel has a way for pictures as a bot only, and says which scope it lacks", async () => {
  const way = slackChannel.pictureAfter!;
  const settings = { apiUrl: "", channel: "#alerts" };
  deepEqual(
    [way.isOpen!({ ...settings, url: "https://x.example" }), way.isOpen!({ ...settings, token: "x" })],
    [false, true],
  );
  await using fake = fakeDestination();
  const asBot = { apiUrl: fake.url, token: "xoxb-s3cr3t", channel: "#alerts" };
  fake.answer({ body: { ok: true, channel: "C1", ts: "1.5" } }, {
    body: { ok: false, error: "missing_scope", needed: "files:write" },
  });
  const [out] = slackChannel.render(MESSAGE, asBot);
  const told = await slackChannel.send(out!, asBot, context());
  ok(told.result === "delivered" && told.ref !== undefined);
  const outcome = await way.send(PICTURE, { out: out!, ref: told.ref }, asBot, context());
  ok(outcome.result !== "delivered");
  match(outcome.reason, /missing_scope/);
});

function fields({ body }: ReceivedRequest): URLSearchParams {
  return new URLSearchParams(body);
}

for (const [name, send] of Object.entries({ discord, telegram, ntfy })) {
  Deno.test(`${name}Channel's picture that is refused is an outcome, whatever the answer`, async () => {
    const replies: readonly Reply[] = [
      { status: 413, body: "Request entity too large" },
      { status: 429, headers: { "retry-after": "3" }, body: "slow down" },
      { status: 502, body: "<html>" },
      { instead: "cut" },
      { body: "x".repeat(99), instead: "cutBody" },
    ];
    await using fake = fakeDestination();
    for (const reply of replies) {
      fake.answer(reply);
      const outcome = await send(fake.url);
      ok(outcome.result !== "delivered", JSON.stringify(reply));
      ok(!JSON.stringify(outcome).includes("s3cr3t"), JSON.stringify(outcome));
    }
    equal(fake.requests.length, replies.length, "nothing is sent twice");
  });
}
