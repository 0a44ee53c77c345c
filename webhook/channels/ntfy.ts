/** ntfy: a push message to a phone or a desktop, by ntfy.sh or a server of one's own. */

import * as z from "zod";
import { serverUrl } from "./server_url.ts";
import type { Link, Message, Severity } from "../message.ts";
import { defineChannel, HEADER_SECRET, type Outcome, picturesSetting, secretSetting } from "./channel.ts";
import { byteLength, cutBytes, fitMessage } from "./cut.ts";
import { exchange, isAnswer } from "./http.ts";
import { jsonOf, judgeFailure, saying } from "./judge.ts";
import { blocksOf, plainest, plainText } from "./lines.ts";

/** The JSON that ntfy takes at its root. Source: docs.ntfy.sh, "Publish as JSON". */
export interface NtfyOut {
  readonly topic: string;
  readonly title: string;
  readonly message: string;
  readonly priority: number;
  readonly tags: readonly string[];
  readonly click?: string;
  readonly actions?: readonly { readonly action: "view"; readonly label: string; readonly url: string }[];
}

const MAX_TITLE_BYTES = 1_024;
// What is longer is turned into a file by the server.
const MAX_MESSAGE_BYTES = 4_096;
// Three bytes each at most.
const MAX_PLAIN_UNITS = 1_300;
const MAX_ACTIONS = 3;
const MAX_ALERTS = 50;
// ntfy.sh takes 2 MB from those who do not pay; servers of one's own 15 MB by default.
const MAX_ATTACHMENT_BYTES = 2_000_000;
/** It makes no sound: the message before it did. */
const LOW = 2;
const DAILY_QUOTA = 42_908;

/** From 5, which sounds through "do not disturb" where allowed, to 1. */
const PRIORITY: Readonly<Record<Severity, number>> = { critical: 5, warning: 4, none: 3, info: 2 };
/** Shown as emoji before the title. */
const TAG: Readonly<Record<Severity, string>> = {
  critical: "rotating_light",
  warning: "warning",
  info: "information_source",
  none: "bell",
};

/** The ntfy channel. */
export const ntfyChannel = defineChannel({
  kind: "ntfy",
  about: "A push message to phones and desktops by ntfy.sh, or by an ntfy server of one's own.",
  shape: {
    /** The server's address. */
    server: serverUrl.default("https://ntfy.sh").describe("The server's address."),
    /** The topic; on a server that anybody may read, its name is what keeps it private. */
    topic: z.string().regex(/^[-_A-Za-z0-9]{1,64}$/, {
      error: 'expected a topic of 1 to 64 letters, digits, "-" and "_"',
    }).describe("The topic; on a server that anybody may read, its name is what keeps it private."),
    ...secretSetting("token", "the access token, when the topic is protected"),
    /** The user, when the topic is protected by a password rather than by a token. */
    username: z.string().min(1).optional().describe(
      "The user, when the topic is protected by a password rather than by a token.",
    ),
    ...secretSetting("password", "the user's password"),
    ...picturesSetting,
  },
  secrets: ["token", "password"],
  secretForms: { token: HEADER_SECRET },
  check({ token, username, password }) {
    if ((username === undefined) !== (password === undefined)) return "give username and password together";
    if (token !== undefined && password !== undefined) {
      return "give a token, or username and password, not both";
    }
  },
  // ntfy.sh takes 60 at once, then one each 5 s. Source: docs.ntfy.sh, "Limitations".
  pace: { burst: 50, everyMs: 5_500 },
  render: (message, { topic }) => [renderNtfy(message, topic)],
  plain: (message, { topic }) => ({
    topic,
    title: cutBytes(message.title, 250),
    message: plainest(message, MAX_PLAIN_UNITS),
    priority: priorityOf(message),
    tags: [],
  }),
  async send(out, settings, context) {
    const answer = await exchange({
      method: "POST",
      url: rootOf(settings.server),
      headers: { "content-type": "application/json", ...authorization(settings) },
      body: JSON.stringify(out),
    }, context);
    return isAnswer(answer) ? judgeNtfy(answer, context.now()) : answer;
  },
  pictureAfter: {
    maxBytes: MAX_ATTACHMENT_BYTES,
    async send({ name, bytes }, { out }, settings, context) {
      const answer = await exchange({
        method: "PUT",
        url: attachmentUrl(out, name, settings.server),
        headers: { "content-type": "image/png", ...authorization(settings) },
        body: bytes,
      }, context);
      return isAnswer(answer) ? judgeNtfy(answer, context.now()) : answer;
    },
  },
  preview: (out, settings) => ({
    what: `POST ${rootOf(settings.server)} (JSON${
      settings.token ?? settings.password ? ", Authorization: <secret>" : ""
    })`,
    body: JSON.stringify(out, null, 2),
  }),
});

/** What is published. */
export function renderNtfy(whole: Message, topic: string): NtfyOut {
  const { message, omitted } = fitMessage(
    whole,
    (fitted) => byteLength(textOf(fitted)) <= MAX_MESSAGE_BYTES,
    MAX_ALERTS,
  );
  const shared = sharedLinks(message);
  const click = message.links[0] ?? shared[0];
  const others = [...shared, ...message.links].filter((link) => link !== click);
  return {
    topic,
    title: cutBytes(message.title, MAX_TITLE_BYTES),
    message: cutBytes(textOf({ message, omitted }), MAX_MESSAGE_BYTES),
    priority: priorityOf(message),
    tags: [message.status === "resolved" ? "white_check_mark" : TAG[message.severity], message.status],
    ...(click && { click: click.url }),
    ...(others.length > 0 && {
      actions: others.slice(0, MAX_ACTIONS).map(({ label, url }) => ({
        action: "view" as const,
        label,
        url,
      })),
    }),
  };
}

function textOf(fitted: Parameters<typeof blocksOf>[0]): string {
  const { head: [, ...notes], alerts, foot } = blocksOf(fitted);
  return plainText([notes, ...alerts, foot]) || fitted.message.title;
}

/** Links that every alert has: those of the alert when there is one, the runbook when it is the same for all. */
function sharedLinks({ alerts: [first, ...others] }: Message): readonly Link[] {
  return first?.links.filter(({ url }) =>
    others.every(({ links }) => links.some((link) => link.url === url))
  ) ?? [];
}

function priorityOf({ status, severity }: Message): number {
  return status === "resolved" ? PRIORITY.none : PRIORITY[severity];
}

/** Where a picture is put: what is said of it stands in the query, as headers have no letters beyond ASCII. Source: docs.ntfy.sh, "Attach local file". */
function attachmentUrl({ topic, title, tags }: NtfyOut, name: string, server: string): string {
  const said = new URLSearchParams({ filename: name, title, tags: tags.join(","), priority: String(LOW) });
  return `${rootOf(server)}${topic}?${said}`;
}

function rootOf(server: string): string {
  return `${server.replace(/\/+$/, "")}/`;
}

interface Credentials {
  readonly token?: string;
  readonly username?: string;
  readonly password?: string;
}

function authorization({ token, username, password }: Credentials): Record<string, string> {
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  if (username === undefined) return {};
  const bytes = new TextEncoder().encode(`${username}:${password}`);
  return { authorization: `Basic ${bytes.toBase64()}` };
}

/** Source: ntfy's `server/errors.go`. */
function judgeNtfy(answer: Parameters<typeof saying>[0], nowMs: number): Outcome {
  const said = jsonOf(answer);
  if (answer.status === 200 && typeof said?.id === "string") return { result: "delivered", ref: said.id };
  const detail = typeof said?.error === "string" ? said.error : undefined;
  if (answer.status === 429 && said?.code === DAILY_QUOTA) {
    // It says nothing of when; the count begins anew at midnight, UTC.
    const day = 86_400_000;
    return { result: "retry", reason: saying(answer, detail), afterMs: day - nowMs % day };
  }
  return judgeFailure(answer, nowMs, detail);
}
