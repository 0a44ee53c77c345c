/** Telegram: a message by a bot, to a person, a group or a channel. */

import * as z from "zod";
import { serverUrl } from "./server_url.ts";
import type { Message } from "../message.ts";
import { defineChannel, type Outcome, type Picture, picturesSetting, secretSetting } from "./channel.ts";
import { cutUnits } from "./cut.ts";
import { exchange, formBody, type HttpAnswer, isAnswer } from "./http.ts";
import { jsonOf, judgeFailure, saying } from "./judge.ts";
import { plainest } from "./lines.ts";
import { quiet, telegramParts } from "./telegram_html.ts";

// Source: core.telegram.org/bots/api#sendphoto: 10 MB.
const MAX_PHOTO_BYTES = 9_000_000;

/** What `sendMessage` takes. Source: core.telegram.org/bots/api#sendmessage. */
export interface TelegramOut {
  readonly chat_id: string;
  readonly message_thread_id?: number;
  readonly text: string;
  /** Plain text without it. */
  readonly parse_mode?: "HTML";
  readonly link_preview_options: { readonly is_disabled: true };
}

/** The Telegram channel. */
export const telegramChannel = defineChannel({
  kind: "telegram",
  about: "A message by a Telegram bot, to a person, a group or a channel.",
  shape: {
    ...secretSetting("token", "the bot's token, as @BotFather gives it"),
    /** Whom: the number of a chat, negative for a group, or the name of a public channel such as `@alerts`. */
    chatId: z.union([z.int(), z.string().regex(/^(-?\d+|@[A-Za-z0-9_]+)$/)], {
      error: 'expected the number of a chat, such as -1001234567890, or a channel such as "@alerts"',
    }).describe(
      "Whom: the number of a chat, negative for a group, or the name of a public channel such as `@alerts`.",
    ),
    /** The topic of a forum group, by its number. */
    threadId: z.int().min(1).optional().describe("The topic of a forum group, by its number."),
    /** Address of the Bot API, when it is not Telegram's own. */
    apiUrl: serverUrl.default("https://api.telegram.org").describe(
      "Address of the Bot API, when it is not Telegram's own.",
    ),
    ...picturesSetting,
  },
  secrets: ["token"],
  secretForms: {
    token: {
      pattern: /^\d+:[A-Za-z0-9_-]+$/,
      wanted: 'a bot\'s token such as "123456:ABC-DEF", alone in its file',
    },
  },
  check: ({ token }) => token === undefined ? "give the token" : undefined,
  // 1 a second to a chat, 20 a minute to a group. Source: core.telegram.org/bots/faq, "My bot is hitting limits".
  pace: { burst: 1, everyMs: 3_000 },
  render: (message, settings) =>
    telegramParts(message).map((text) => ({
      ...addressOf(settings),
      text,
      parse_mode: "HTML" as const,
      ...QUIET,
    })),
  plain: (message, settings): TelegramOut => ({
    ...addressOf(settings),
    text: renderPlain(message),
    ...QUIET,
  }),
  async send(out: TelegramOut, { apiUrl, token }, context) {
    const answer = await exchange({
      method: "POST",
      url: `${apiUrl.replace(/\/+$/, "")}/bot${token}/sendMessage`,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(out),
    }, context);
    return isAnswer(answer) ? judgeTelegram(answer, context.now()) : answer;
  },
  pictureAfter: {
    maxBytes: MAX_PHOTO_BYTES,
    async send(picture, { out, ref }, { apiUrl, token }, context) {
      const answer = await exchange({
        method: "POST",
        url: `${apiUrl.replace(/\/+$/, "")}/bot${token}/sendPhoto`,
        ...await formBody(photoForm(picture, out, ref)),
      }, context);
      return isAnswer(answer) ? judgeTelegram(answer, context.now()) : answer;
    },
  },
  preview: (out, { apiUrl }) => ({
    what: `POST ${apiUrl.replace(/\/+$/, "")}/bot<secret>/sendMessage (JSON)`,
    body: JSON.stringify(out, null, 2),
  }),
});

/** The picture as a silent answer to the message. Source: core.telegram.org/bots/api#sendphoto. */
function photoForm(
  { name, bytes }: Picture,
  { chat_id, message_thread_id }: TelegramOut,
  ref: string,
): FormData {
  const form = new FormData();
  form.set("chat_id", chat_id);
  if (message_thread_id !== undefined) form.set("message_thread_id", String(message_thread_id));
  form.set(
    "reply_parameters",
    JSON.stringify({ message_id: Number(ref), allow_sending_without_reply: true }),
  );
  form.set("disable_notification", "true");
  form.set("photo", new Blob([bytes], { type: "image/png" }), name);
  return form;
}

const QUIET = { link_preview_options: { is_disabled: true } } as const;
const MAX_UNITS = 4_096;
// What makes it quiet makes it longer, by a third at most.
const PLAIN_UNITS = 2_500;

function addressOf({ chatId, threadId }: { readonly chatId: string | number; readonly threadId?: number }) {
  return { chat_id: String(chatId), ...(threadId !== undefined && { message_thread_id: threadId }) };
}

function renderPlain(message: Message): string {
  return cutUnits(quiet(`${cutUnits(message.title, 500)}\n${plainest(message, PLAIN_UNITS)}`), MAX_UNITS);
}

/** Source: core.telegram.org/bots/api#making-requests and the descriptions that its users quote. */
function judgeTelegram(answer: HttpAnswer, nowMs: number): Outcome {
  const said = jsonOf(answer);
  const result = said?.result as { message_id?: unknown } | undefined;
  if (answer.status === 200 && said?.ok === true) {
    return {
      result: "delivered",
      ...(typeof result?.message_id === "number" && { ref: String(result.message_id) }),
    };
  }
  const detail = typeof said?.description === "string" ? said.description : undefined;
  const outcome = judgeFailure(answer, nowMs, detail);
  const parameters = said?.parameters as { retry_after?: unknown; migrate_to_chat_id?: unknown } | undefined;
  if (outcome.result === "retry" && typeof parameters?.retry_after === "number") {
    return { ...outcome, afterMs: Math.ceil(parameters.retry_after * 1_000) };
  }
  if (typeof parameters?.migrate_to_chat_id === "number") {
    return {
      result: "gone",
      reason: `${saying(answer, detail)}: the chatId is ${parameters.migrate_to_chat_id} now`,
    };
  }
  // These are about the chat, whatever the message says.
  if (
    outcome.result === "refused" &&
    /chat not found|thread not found|have no rights|topic_closed/i.test(detail ?? "")
  ) {
    return { ...outcome, result: "gone" };
  }
  return outcome;
}
