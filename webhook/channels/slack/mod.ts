/** Slack: messages by an incoming webhook, or by a bot that keeps its message up to date. */

import * as z from "zod";
import { serverUrl } from "../server_url.ts";
import type { Message } from "../../message.ts";
import {
  defineChannel,
  HEADER_SECRET,
  type Outcome,
  picturesSetting,
  secretSetting,
  type SendContext,
} from "../channel.ts";
import { exchange, isAnswer } from "../http.ts";
import { plainParts } from "../lines.ts";
import { escapeSlack, QUIET, slackBodies, type SlackBody } from "./blocks.ts";
import { judgeApi, judgeWebhook } from "./judge.ts";
import { sendPicture } from "./picture.ts";

// Slack takes 1 GB; a picture of ours never has as much as this.
const MAX_FILE_BYTES = 8 * 1024 * 1024;

/** A message of the bot's that may still change. */
export interface Posted {
  /** The channel's id, and the message's time stamp, which is its id within it. */
  readonly channel: string;
  readonly ts: string;
}

/** One request; the update of a message, and the reply that makes it heard, are one. */
export interface SlackOut {
  readonly body: SlackBody;
  /** The message to put `body` in the place of. */
  readonly update?: Posted;
  /** Said in the thread of that message, as Slack tells nobody of a change. */
  readonly reply?: SlackBody & { readonly reply_broadcast: boolean };
  /** Whether nothing more will be said of it: the next message of the group is a new one. */
  readonly final: boolean;
}

interface Settings {
  readonly url?: string;
  readonly token?: string;
  readonly channel?: string;
  readonly apiUrl: string;
}

/** The Slack channel. */
export const slackChannel = defineChannel({
  kind: "slack",
  about:
    "Slack, by an incoming webhook, or by a bot's token: then the message about a group is kept up to date, and changes are told in its thread.",
  shape: {
    ...secretSetting("url", "the incoming webhook's address"),
    ...secretSetting(
      "token",
      "the bot's token, `xoxb-…`, with the scope `chat:write`, and `files:write` for pictures",
    ),
    /** Where the bot writes: the channel's id or its name; the bot must be in it. */
    channel: z.string().min(1).optional().describe(
      "Where the bot writes: the channel's id or its name; the bot must be in it.",
    ),
    /** Address of the Web API, when it is not Slack's usual one. */
    apiUrl: serverUrl.default("https://slack.com/api").describe(
      "Address of the Web API, when it is not Slack's usual one.",
    ),
    ...picturesSetting,
  },
  secrets: ["url", "token"],
  secretForms: { token: HEADER_SECRET },
  check({ url, token, channel }) {
    if ((url === undefined) === (token === undefined)) return "give either url or token";
    if (token !== undefined && channel === undefined) return "give the channel that the bot writes to";
    if (url !== undefined && channel !== undefined) {
      return "an incoming webhook has its own channel: give no channel";
    }
  },
  // About one message a second to a channel, and short bursts. Source: docs.slack.dev/apis/web-api/rate-limits.
  pace: { burst: 3, everyMs: 1_100 },
  render: (message, settings, ref): readonly SlackOut[] =>
    settings.token === undefined
      ? slackBodies(message, MAX_PARTS).map((body) => ({ body, final: true }))
      : [renderBot(message, settings, ref)],
  plain: (message): SlackOut => ({ body: plainBody(message), final: message.status === "resolved" }),
  send: (out: SlackOut, settings, context) =>
    settings.token === undefined ? sendToWebhook(out, settings, context) : sendAsBot(out, settings, context),
  pictureAfter: {
    maxBytes: MAX_FILE_BYTES,
    isOpen: ({ token }) => token !== undefined,
    send(picture, { ref }, settings, context) {
      const posted = readRef(ref, settings);
      return posted
        ? sendPicture(picture, posted, { ...settings, api: apiOf(settings) }, context)
        : Promise.resolve({ result: "refused", reason: "The message is not known where the bot writes now" });
    },
  },
  preview(out: SlackOut, settings) {
    if (settings.token === undefined) {
      return { what: "POST https://hooks.slack.com/services/<secret> (JSON)", body: shown(out.body) };
    }
    const method = out.update ? "chat.update" : "chat.postMessage";
    const body = out.reply ? `${shown(out.body)}\n${shown(out.reply)}` : shown(out.body);
    return { what: `POST ${apiOf(settings)}/${method} (JSON, Authorization: <secret>)`, body };
  },
});

/** A channel that gets more for one group reads none of them. */
const MAX_PARTS = 5;
const PLAIN_UNITS = 3_000;
/** What Alertmanager says when it tells no more than that some are resolved: nobody has to look up. */
const QUIET_REASON = "some alerts resolved";

function renderBot(message: Message, settings: Settings, ref: string | undefined): SlackOut {
  // One message, as only one can be kept up to date.
  const [body] = slackBodies(message, 1);
  const posted = ref === undefined ? undefined : readRef(ref, settings);
  const final = message.status === "resolved";
  if (!posted) return { body: body!, final };
  // One with a remark may stand for older ones, which told of more.
  const isQuiet = message.notification.reason === QUIET_REASON && message.notes.length === 0;
  return {
    body: body!,
    final,
    update: posted,
    reply: { ...plainBody(message), reply_broadcast: !final && !isQuiet },
  };
}

function plainBody(message: Message): SlackBody {
  const { text, link } = plainParts(message, PLAIN_UNITS);
  const address = link ? `\n${link.url}` : "";
  return { text: escapeSlack(`${message.emoji} ${text}${address}`), mrkdwn: false, ...QUIET };
}

async function sendToWebhook(
  { body }: SlackOut,
  { url = "" }: Settings,
  context: SendContext,
): Promise<Outcome> {
  const answer = await exchange({
    method: "POST",
    url,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  }, context);
  return isAnswer(answer) ? judgeWebhook(answer, context.now()) : answer;
}

/** Errors that say that a message cannot be changed any more. Source: docs.slack.dev/reference/methods/chat.update, "Errors". */
const NOT_CHANGEABLE = new Set([
  "cant_update_message",
  "edit_window_closed",
  "message_not_found",
  "update_failed",
]);

async function sendAsBot(out: SlackOut, settings: Settings, context: SendContext): Promise<Outcome> {
  const { body, update, reply, final } = out;
  const call = async (method: string, what: Record<string, unknown>) => {
    const answer = await exchange({
      method: "POST",
      url: `${apiOf(settings)}/${method}`,
      headers: {
        "content-type": "application/json; charset=utf-8",
        "authorization": `Bearer ${settings.token}`,
      },
      body: JSON.stringify(what),
    }, context);
    return isAnswer(answer) ? judgeApi(answer, context.now()) : { error: "", outcome: answer };
  };
  const post = async (): Promise<Outcome> => {
    const answer = await call("chat.postMessage", { channel: settings.channel, ...body });
    if ("outcome" in answer) return answer.outcome;
    const { channel, ts } = answer.ok;
    const known = typeof channel === "string" && typeof ts === "string";
    return { result: "delivered", ...(known && { ref: writeRef({ channel, ts }, settings, final) }) };
  };
  if (!update) return await post();
  // To change it again does no harm, so that both may be tried again together. Attachments that are not named would stay as they were.
  const changed = await call("chat.update", { ...update, attachments: [], ...body });
  if ("outcome" in changed) return NOT_CHANGEABLE.has(changed.error) ? await post() : changed.outcome;
  if (reply) {
    const said = await call("chat.postMessage", { channel: update.channel, thread_ts: update.ts, ...reply });
    if ("outcome" in said) {
      if (said.outcome.result === "retry") return said.outcome;
      // A thread that takes nothing more must not keep what fires from being heard.
      if (reply.reply_broadcast) return await post();
    }
  }
  return { result: "delivered", ref: writeRef(update, settings, final) };
}

/** What is kept of a message: where it is, whether it may still change, and which channel was configured then, as that may be a name. */
function writeRef({ channel, ts }: Posted, settings: Settings, final: boolean): string {
  return JSON.stringify([channel, ts, final ? "final" : "open", settings.channel]);
}

/** The message that is to be changed; undefined when nothing more is said of it, or when the bot writes elsewhere by now. */
function readRef(ref: string, settings: Settings): Posted | undefined {
  try {
    const [channel, ts, state, configured] = JSON.parse(ref);
    const open = state === "open" && configured === settings.channel;
    return open && typeof channel === "string" && typeof ts === "string" ? { channel, ts } : undefined;
  } catch {
    // A channel of another kind had this name before.
    return undefined;
  }
}

function apiOf({ apiUrl }: Settings): string {
  return apiUrl.replace(/\/+$/, "");
}

function shown(body: SlackBody): string {
  return JSON.stringify(body, null, 2);
}
