/** A message in Slack's blocks. */

import type { Message } from "../../message.ts";
import { cutUnits } from "../cut.ts";
import type { Line } from "../lines.ts";
import { type Block, type Capacity, type Part, splitMessage } from "../parts.ts";

/** Text of a rich text block: it shows what it holds, whatever that is. */
type RichElement =
  | {
    readonly type: "text";
    readonly text: string;
    readonly style?: { readonly bold?: true; readonly code?: true };
  }
  | { readonly type: "link"; readonly text: string; readonly url: string };

/** Blocks that are used here. Source: docs.slack.dev/reference/block-kit/blocks. */
export type SlackBlock =
  | { readonly type: "header"; readonly text: PlainText }
  | { readonly type: "context"; readonly elements: readonly PlainText[] }
  | {
    readonly type: "rich_text";
    readonly elements: readonly [
      { readonly type: "rich_text_section"; readonly elements: readonly RichElement[] },
    ];
  };

interface PlainText {
  readonly type: "plain_text";
  readonly text: string;
  /** Whether `:name:` is made an emoji: no, as an alert says what it says. */
  readonly emoji: false;
}

/** What is posted, but for where to. */
export interface SlackBody {
  /** What a push notification shows: Slack's mrkdwn, escaped. */
  readonly text: string;
  /** Whether `text` is mrkdwn, when it is all there is. */
  readonly mrkdwn?: false;
  readonly blocks?: readonly SlackBlock[];
  /** The coloured bar can be had only by an attachment. */
  readonly attachments?: readonly [{ readonly color: string; readonly blocks: readonly SlackBlock[] }];
  readonly unfurl_links: false;
  readonly unfurl_media: false;
}

const MAX_HEADER = 150;
const MAX_BLOCKS = 50;
const MAX_CONTEXT = 10;
/**
 * Slack refuses messages whose blocks are longer together than about 12,000 characters, counted with what holds the texts
 * (`msg_blocks_too_long`). Source: github.com/slackapi/bolt-js, issues 2509 and 2867.
 */
const MAX_BLOCKS_LENGTH = 10_000;

/** What one message takes: the length of its blocks as JSON, and how many they are. */
const CAPACITY: Omit<Capacity, "maxParts"> = {
  limits: [MAX_BLOCKS_LENGTH, MAX_BLOCKS],
  measurePart: (part, message) => [JSON.stringify(headBlocks(part, message)).length, 0],
  measureBlock: (block) => [JSON.stringify(blockOf(block)).length + 1, 1],
  trimmings: 3_000,
  maxAlerts: 100,
};

/** The bodies that tell `message`. */
export function slackBodies(message: Message, maxParts: number): SlackBody[] {
  return splitMessage(message, { ...CAPACITY, maxParts }).map((part) => {
    const blocks = part.blocks.map(blockOf);
    return {
      text: escapeSlack(`${message.emoji} ${cutUnits(part.title, 1_000)}`),
      blocks: headBlocks(part, message),
      ...(blocks.length > 0 && { attachments: [{ color: message.color, blocks }] as const }),
      ...QUIET,
    };
  });
}

/** No previews of links. */
export const QUIET = { unfurl_links: false, unfurl_media: false } as const;

/** `text` for Slack's mrkdwn: nothing in it is a link, a mention or an entity. Source: docs.slack.dev/messaging/formatting-message-text. */
export function escapeSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function headBlocks({ title, notes }: Part, { emoji }: Message): SlackBlock[] {
  const header: SlackBlock = { type: "header", text: plainText(cutUnits(`${emoji} ${title}`, MAX_HEADER)) };
  const shown = notes.slice(0, MAX_CONTEXT).map((note) => plainText(cutUnits(note, 2_000)));
  return shown.length === 0 ? [header] : [header, { type: "context", elements: shown }];
}

function plainText(text: string): PlainText {
  return { type: "plain_text", text, emoji: false };
}

function blockOf({ lines }: Block): SlackBlock {
  const elements = lines.flatMap((line, i) => [
    ...(i === 0 ? [] : [{ type: "text", text: "\n" } as const]),
    ...elementsOf(line),
  ]);
  return { type: "rich_text", elements: [{ type: "rich_text_section", elements: joined(elements) }] };
}

function elementsOf(line: Line): RichElement[] {
  // An element without text is refused.
  return line.filter(({ text }) => text !== "").map(({ text, look, url }): RichElement => {
    if (url !== undefined) return { type: "link", text, url: slackUrl(url) };
    return look === undefined ? { type: "text", text } : { type: "text", text, style: { [look]: true } };
  });
}

/** Neighbours that look the same are one element: each costs room. */
function joined(elements: readonly RichElement[]): RichElement[] {
  const all: RichElement[] = [];
  for (const element of elements) {
    const last = all.at(-1);
    if (last?.type === "text" && element.type === "text" && !last.style && !element.style) {
      all[all.length - 1] = { type: "text", text: last.text + element.text };
    } else all.push(element);
  }
  return all;
}

/** What Slack takes for markup of its own in an address, percent-encoded. */
function slackUrl(url: string): string {
  return url.replace(/[|<>]/g, encodeURIComponent);
}
