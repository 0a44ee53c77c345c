/** A message in an Adaptive Card of Teams. */

import type { Message, Severity } from "../message.ts";
import { byteLength, cutUnits } from "./cut.ts";
import type { Line } from "./lines.ts";
import { type Block, type Capacity, type Part, splitMessage } from "./parts.ts";

interface TextRun {
  readonly type: "TextRun";
  readonly text: string;
  readonly weight?: "Bolder";
  readonly size?: "Large";
  readonly fontType?: "Monospace";
  readonly isSubtle?: true;
}

/** Text that is shown as it is: Markdown is for TextBlocks and facts only, and Teams' clients disagree about how it is escaped. */
interface RichTextBlock {
  readonly type: "RichTextBlock";
  readonly inlines: readonly TextRun[];
  readonly spacing?: "None";
}

/** Text in Markdown: used for links, whose labels are the webhook's own words. */
interface TextBlock {
  readonly type: "TextBlock";
  readonly text: string;
  readonly wrap: true;
  readonly spacing: "None" | "Small";
}

type ContainerStyle = "attention" | "warning" | "accent" | "good" | "emphasis" | "default";

interface Container {
  readonly type: "Container";
  readonly style: ContainerStyle;
  readonly spacing?: "Small";
  readonly items: readonly Element[];
}

type Element = RichTextBlock | TextBlock | Container;

/** A card. Source: adaptivecards.io/explorer; version 1.4 is what Teams' workflows take. */
export interface TeamsCard {
  readonly type: "AdaptiveCard";
  readonly $schema?: "http://adaptivecards.io/schemas/adaptive-card.json";
  readonly version: "1.2" | "1.4";
  readonly msteams?: { readonly width: "Full" };
  readonly body: readonly Element[];
}

/** Teams takes about 28 KB, counted in UTF-16 (users); what lies between may count UTF-8. */
const MAX_BYTES = 28_000;
/** The envelope around the card, and what holds its parts together. */
const ENVELOPE_BYTES = 600;
/** A channel that gets more for one group reads none of them. */
const MAX_PARTS = 5;

const CAPACITY: Capacity = {
  limits: [MAX_BYTES - 2 * ENVELOPE_BYTES, MAX_BYTES - ENVELOPE_BYTES],
  measurePart: (part, message) => measure(headOf(part, message)),
  measureBlock: (block) => measure(elementOf(block)),
  trimmings: 3_000,
  maxParts: MAX_PARTS,
  maxAlerts: 100,
};

/** The cards that tell `message`. */
export function teamsCards(message: Message): TeamsCard[] {
  return splitMessage(message, CAPACITY).map((part) => ({
    type: "AdaptiveCard",
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    version: "1.4",
    msteams: { width: "Full" },
    body: [headOf(part, message), ...part.blocks.map(elementOf)],
  }));
}

/** Bytes as UTF-16, and as UTF-8, with the comma behind it. */
function measure(element: Element): readonly number[] {
  const json = JSON.stringify(element);
  return [2 * json.length + 2, byteLength(json) + 1];
}

const STYLE: Readonly<Record<Severity, ContainerStyle>> = {
  critical: "attention",
  warning: "warning",
  info: "accent",
  none: "emphasis",
};

function headOf({ title, notes }: Part, { status, severity, emoji }: Message): Container {
  const text = cutUnits(`${emoji} ${title}`, 1_000);
  return {
    type: "Container",
    style: status === "resolved" ? "good" : STYLE[severity],
    items: [
      { type: "RichTextBlock", inlines: [{ type: "TextRun", text, weight: "Bolder", size: "Large" }] },
      ...notes.map((note): RichTextBlock => ({
        type: "RichTextBlock",
        inlines: [{ type: "TextRun", text: note, isSubtle: true }],
        spacing: "None",
      })),
    ],
  };
}

function elementOf({ lines, alert }: Block): Container {
  const style = alert === undefined
    ? "default"
    : alert.status === "resolved"
    ? "good"
    : STYLE[alert.severity];
  return { type: "Container", style, spacing: "Small", items: lines.map(lineElement) };
}

/** A line: as it is, or in Markdown when it is one of links. */
export function lineElement(line: Line): RichTextBlock | TextBlock {
  if (line.every(({ url }) => url === undefined)) {
    return { type: "RichTextBlock", inlines: runsOf(line), spacing: "None" };
  }
  const text = line.map(({ text, url }) => url === undefined ? text : `[${text}](${url})`).join("");
  return { type: "TextBlock", text, wrap: true, spacing: "None" };
}

function runsOf(line: Line): TextRun[] {
  const runs = line.filter(({ text }) => text !== "").map(({ text, look }): TextRun => ({
    type: "TextRun",
    text,
    ...(look === "bold" && { weight: "Bolder" as const }),
    ...(look === "code" && { fontType: "Monospace" as const }),
  }));
  // A block without text is refused.
  return runs.length > 0 ? runs : [{ type: "TextRun", text: " " }];
}
