/** Discord: messages by the webhook of a channel. */

import type { Message } from "../message.ts";
import { defineChannel, type Outcome, type Picture, picturesSetting, secretSetting } from "./channel.ts";
import { cutUnits } from "./cut.ts";
import { discordParts } from "./discord_embeds.ts";
import { exchange, formBody, type HttpAnswer, isAnswer } from "./http.ts";
import { jsonOf, judgeFailure, saying } from "./judge.ts";
import { plainParts } from "./lines.ts";
import { escapeDiscord } from "./discord_markdown.ts";

// Source: docs.discord.com/developers/reference#uploading-files: 10 MiB without boosts.
const MAX_FILE_BYTES = 8 * 1024 * 1024;
const MAX_ALT = 1_024;

/** What is posted. Source: docs.discord.com/developers/resources/webhook#execute-webhook. */
export interface DiscordOut {
  readonly content: string;
  readonly embeds?: readonly DiscordEmbed[];
  /** Nobody is called, whatever the texts hold. */
  readonly allowed_mentions: { readonly parse: readonly [] };
}

/** A box with a coloured edge. */
export interface DiscordEmbed {
  readonly description: string;
  /** `0xrrggbb`. */
  readonly color: number;
}

/** The Discord channel. */
export const discordChannel = defineChannel({
  kind: "discord",
  about: "Discord, by the webhook of a channel.",
  shape: {
    ...secretSetting("url", "the webhook's address, `https://discord.com/api/webhooks/…`"),
    ...picturesSetting,
  },
  secrets: ["url"],
  check: ({ url }) => url === undefined ? "give the url" : undefined,
  // 5 in 2 s and 30 a minute for one webhook (users); the answers say when it is less.
  pace: { burst: 4, everyMs: 2_400 },
  render: (message): readonly DiscordOut[] => discordParts(message).map((part) => ({ ...part, ...NOBODY })),
  plain: (message): DiscordOut => ({ content: plainContent(message), ...NOBODY }),
  async send(out: DiscordOut, { url = "" }, context) {
    const answer = await exchange({
      method: "POST",
      url: awaited(url),
      headers: { "content-type": "application/json" },
      body: JSON.stringify(out),
    }, context);
    return isAnswer(answer) ? judgeDiscord(answer, context.now()) : answer;
  },
  pictureAfter: {
    maxBytes: MAX_FILE_BYTES,
    async send(picture, { out, ref }, { url = "" }, context) {
      const answer = await exchange({
        method: "PATCH",
        url: messageUrl(url, ref),
        ...await formBody(pictureForm(picture, out)),
      }, context);
      return isAnswer(answer) ? judgeDiscord(answer, context.now()) : answer;
    },
  },
  preview: (out: DiscordOut) => ({
    what: "POST https://discord.com/api/webhooks/<secret>?wait=true (JSON)",
    body: JSON.stringify(out, null, 2),
  }),
});

/** The message again, with the picture in its first embed. Source: docs.discord.com/developers/reference#editing-message-attachments. */
function pictureForm({ name, bytes, alt }: Picture, { embeds = [] }: DiscordOut): FormData {
  const [first, ...others] = embeds;
  const form = new FormData();
  form.set(
    "payload_json",
    JSON.stringify({
      ...(first && { embeds: [{ ...first, image: { url: `attachment://${name}` } }, ...others] }),
      attachments: [{ id: 0, filename: name, description: cutUnits(alt, MAX_ALT) }],
      ...NOBODY,
    }),
  );
  form.set("files[0]", new Blob([bytes], { type: "image/png" }), name);
  return form;
}

/** The address of a message of the webhook's; a thread in the query stays. */
function messageUrl(url: string, ref: string): string {
  const address = URL.parse(url);
  if (!address) return url;
  address.pathname = `${address.pathname.replace(/\/+$/, "")}/messages/${encodeURIComponent(ref)}`;
  address.searchParams.delete("wait");
  return address.href;
}

const NOBODY = { allowed_mentions: { parse: [] } } as const;
const MAX_CONTENT = 2_000;
/** Escaped it is twice as long at most. */
const PLAIN_UNITS = MAX_CONTENT / 2;

function plainContent(message: Message): string {
  const { text, link } = plainParts(message, PLAIN_UNITS);
  const content = escapeDiscord(text);
  const address = `\n<${link?.url}>`;
  return link && content.length + address.length <= MAX_CONTENT ? content + address : content;
}

/** The address with which Discord answers only when the message is there; without it, one that was not saved gives no error. */
function awaited(url: string): string {
  const address = URL.parse(url);
  address?.searchParams.set("wait", "true");
  return address?.href ?? url;
}

/** Codes of answers that no other message changes. Source: docs.discord.com/developers/topics/opcodes-and-status-codes#json. */
const UNKNOWN_WEBHOOK = 10_015;
const INVALID_WEBHOOK_TOKEN = 50_027;

function judgeDiscord(answer: HttpAnswer, nowMs: number): Outcome {
  const said = jsonOf(answer);
  if (answer.status === 204) return { result: "delivered" };
  if (answer.status === 200 && typeof said?.id === "string") return { result: "delivered", ref: said.id };
  const detail = typeof said?.message === "string" ? said.message : undefined;
  if (said?.code === UNKNOWN_WEBHOOK || said?.code === INVALID_WEBHOOK_TOKEN) {
    return { result: "gone", reason: saying(answer, detail) };
  }
  const outcome = judgeFailure(answer, nowMs, detail);
  if (answer.status !== 429 || outcome.result !== "retry") return outcome;
  const seconds = said?.retry_after ?? answer.headers.get("x-ratelimit-reset-after") ?? undefined;
  const afterMs = Math.ceil(Number(seconds) * 1_000);
  // The larger one: the header's whole seconds may be rounded down.
  return Number.isFinite(afterMs)
    ? { ...outcome, afterMs: Math.max(afterMs, outcome.afterMs ?? 0) }
    : outcome;
}
