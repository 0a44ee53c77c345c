/** A message in Discord's embeds: one for each alert. */

import type { Message } from "../message.ts";
import { cutUnits } from "./cut.ts";
import { discordMarkdown } from "./discord_markdown.ts";
import { type Block, type Capacity, type Part, splitMessage } from "./parts.ts";
import type { Line } from "./lines.ts";

// Source: docs.discord.com/developers/resources/message#embed-object-embed-limits. Discord counts code points; UTF-16 units are never fewer.
const MAX_CONTENT = 2_000;
const MAX_EMBEDS = 10;
const MAX_DESCRIPTION = 4_096;
const MAX_ALL_EMBEDS = 6_000;
/** A channel that gets more for one group reads none of them. */
const MAX_PARTS = 5;

const CAPACITY: Capacity = {
  limits: [MAX_CONTENT, MAX_ALL_EMBEDS, MAX_EMBEDS, MAX_DESCRIPTION],
  measurePart: (part, message) => [contentOf(part, message).length, 0, 0, 0],
  // The last one limits each embed by itself: what is within it adds nothing.
  measureBlock: ({ lines }) => {
    const { length } = discordMarkdown(lines);
    return [0, length, 1, length > MAX_DESCRIPTION ? Infinity : 0];
  },
  trimmings: 1_500,
  maxParts: MAX_PARTS,
  maxAlerts: MAX_PARTS * MAX_EMBEDS,
};

/** The contents and embeds that tell `message`. */
export function discordParts(message: Message) {
  return splitMessage(message, CAPACITY).map((part) => {
    const embeds = part.blocks.map((block) => ({
      description: discordMarkdown(block.lines),
      color: colorOf(block, message),
    }));
    return {
      content: contentOf(part, message),
      ...(embeds.length > 0 && { embeds }),
    };
  });
}

function contentOf({ title, notes }: Part, { emoji }: Message): string {
  const lines: Line[] = [
    [{ text: `${emoji} ` }, { text: cutUnits(title, 500), look: "bold" }],
    ...notes.map((note) => [{ text: note }]),
  ];
  return discordMarkdown(lines);
}

function colorOf({ alert }: Block, message: Message): number {
  const color = alert?.color ?? message.color;
  return Number.parseInt(color.slice(1), 16);
}
