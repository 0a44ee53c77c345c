/** A message in Telegram's HTML, in as many parts as it takes. */

import type { Message } from "../message.ts";
import type { Line, Span } from "./lines.ts";
import { type Capacity, splitMessage } from "./parts.ts";

/** What one message holds; lengths in UTF-16 units. */
const CAPACITY: Capacity = {
  limits: [
    // Shown. Source: core.telegram.org/bots/api#sendmessage: "1-4096 characters after entities parsing".
    4_096,
    // Entities; more are shown without their look. Source: core.telegram.org/api/entities.
    100,
    // With tags and addresses; Telegram does not say how much it takes.
    32_000,
  ],
  measurePart: ({ title, notes }, { emoji }) => sizeOf(headLines(emoji, title, notes)),
  measureBlock: ({ lines }) => sizeOf(lines),
  trimmings: 1_000,
  // A chat that gets more for one group reads none of them.
  maxParts: 4,
  maxAlerts: 100,
};

/** The texts of the messages that tell `message`, at least one. */
export function telegramParts(message: Message): string[] {
  return splitMessage(message, CAPACITY).map(({ title, notes, blocks }) =>
    [headLines(message.emoji, title, notes), ...blocks.map(({ lines }) => lines)].map(linesHtml).join("\n\n")
  );
}

function headLines(emoji: string, title: string, notes: readonly string[]): Line[] {
  return [[{ text: `${emoji} ${title}`, look: "bold" }], ...notes.map((note) => [{ text: note }])];
}

/** Shown, entities, and with markup; an empty line before it, and a line end behind each of its lines. */
function sizeOf(lines: readonly Line[]): readonly number[] {
  let [shown, entities, html] = [2 + lines.length, 0, 2 + lines.length];
  for (const span of lines.flat()) {
    shown += quiet(span.text).length;
    html += spanHtml(span).length;
    if (span.look || span.url !== undefined) entities += 1;
  }
  return [shown, entities, html];
}

function linesHtml(lines: readonly Line[]): string {
  return lines.map((line) => line.map(spanHtml).join("")).join("\n");
}

function spanHtml({ text, look, url }: Span): string {
  const escaped = escapeHtml(quiet(text));
  if (url !== undefined) return `<a href="${escapeHtml(url)}">${escaped}</a>`;
  if (look === "bold") return `<b>${escaped}</b>`;
  return look === "code" ? `<code>${escaped}</code>` : escaped;
}

/** `text` for Telegram's HTML, in an attribute as well. Source: core.telegram.org/bots/api#html-style. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ESCAPES[character]!);
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/**
 * `text` that calls nobody and leads nowhere but to web pages: Telegram makes mentions of `@name` and links of `tg://…` in any text, unless
 * something stands between. An invisible word joiner does.
 *
 * Source: `find_mentions` and `find_urls` in TDLib's `td/telegram/MessageEntity.cpp`.
 */
export function quiet(text: string): string {
  return text
    .replace(/(?<![A-Za-z0-9_])@(?=[A-Za-z0-9_])/g, "@\u2060")
    .replace(
      /(?<=[a-z]):(?=\/\/)/gi,
      (colon, at: number, all: string) =>
        /(^|[^a-z])https?$/i.test(all.slice(Math.max(at - 6, 0), at)) ? colon : `${colon}\u2060`,
    );
}
