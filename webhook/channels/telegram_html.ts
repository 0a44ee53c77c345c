/** A message in Telegram's HTML, in as many parts as it takes. */

import type { Message } from "../message.ts";
import { fitMessage, type Fitted } from "./cut.ts";
import { blocksOf, type Line, type Span } from "./lines.ts";

/** Characters that a message may show. Source: core.telegram.org/bots/api#sendmessage: "1-4096 characters after entities parsing". */
const MAX_SHOWN = 4_096;
/** More are shown without their look. Source: core.telegram.org/api/entities, `message_entity`. */
const MAX_ENTITIES = 100;
/** With its tags and addresses; Telegram does not say how much it takes. */
const MAX_HTML = 32_000;
/** A chat that gets more for one group reads none of them. */
const MAX_PARTS = 4;
const MAX_ALERTS = 100;
/** Room for ` (2/3)` behind the title. */
const NUMBER: Part["size"] = { shown: 10, entities: 0, html: 10 };

type Block = readonly Line[];

/** One message, and no less than what it takes; lengths in UTF-16 units. */
interface Part {
  readonly blocks: readonly Block[];
  readonly size: { readonly shown: number; readonly entities: number; readonly html: number };
}

/** The texts of the messages that tell `message`, at least one. */
export function telegramParts(message: Message): string[] {
  const fits = (fitted: Fitted) => {
    const parts = partsOf(fitted);
    return parts.length <= MAX_PARTS && parts.every(fitsPart);
  };
  const parts = partsOf(fitMessage(message, fits, MAX_ALERTS));
  return parts.map(({ blocks }) => blocks.map(blockHtml).filter((html) => html !== "").join("\n\n"));
}

/** Blocks packed into parts in order; every part but the first begins with the title again, and each with its number. */
function partsOf(fitted: Fitted): Part[] {
  const { head, alerts, foot } = blocksOf(fitted);
  const title: Block = [head[0]!];
  let part = add({ blocks: [], size: NUMBER }, head);
  const parts = [part];
  for (const block of [...alerts, foot]) {
    const longer = add(part, block);
    if (part.blocks.length === 1 || fitsPart(longer)) parts[parts.length - 1] = part = longer;
    else parts.push(part = add(add({ blocks: [], size: NUMBER }, title), block));
  }
  if (parts.length === 1) return parts;
  return parts.map(({ blocks: [first, ...blocks], size }, i) => ({
    blocks: [numbered(first!, i + 1, parts.length), ...blocks],
    size,
  }));
}

function numbered([title, ...lines]: Block, number: number, of: number): Block {
  return [[...title!, { text: ` (${number}/${of})` }], ...lines];
}

function add({ blocks, size }: Part, block: Block): Part {
  // An empty line before it, and a line end behind each of its lines.
  let [shown, entities, html] = [size.shown + 2 + block.length, size.entities, size.html + 2 + block.length];
  for (const span of block.flat()) {
    shown += quiet(span.text).length;
    html += spanHtml(span).length;
    if (span.look || span.url !== undefined) entities += 1;
  }
  return { blocks: [...blocks, block], size: { shown, entities, html } };
}

function fitsPart({ size: { shown, entities, html } }: Part): boolean {
  return shown <= MAX_SHOWN && entities <= MAX_ENTITIES && html <= MAX_HTML;
}

function blockHtml(block: Block): string {
  return block.map((line) => line.map(spanHtml).join("")).join("\n");
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
