/** A message as lines of text, some of it bold or a link: what destinations that show text have in common. */

import type { Text } from "../../lib/text.ts";
import type { AlertView, Link, Message, Pair } from "../message.ts";
import { formatNumber, WORDS } from "../messages/words.ts";
import { cutUnits, type Fitted } from "./cut.ts";

/** What stands between a word and what it is said of. */
export const COLON: Text = { fr: " : ", en: ": " };

/** Text with one look. */
export interface Span {
  readonly text: string;
  readonly look?: "bold" | "code";
  /** Where it leads. */
  readonly url?: string;
}

/** One line; its spans follow each other without space. */
export type Line = readonly Span[];

/** A message in pieces that may be told apart from each other. */
export interface Blocks {
  /** The title and the notes. */
  readonly head: readonly Line[];
  /** One for each alert; the template's text instead when there is one. */
  readonly alerts: readonly (readonly Line[])[];
  /** What holds for all: labels, links, how many alerts are left out. */
  readonly foot: readonly Line[];
}

/** The lines of a message. */
export function blocksOf({ message, omitted }: Fitted): Blocks {
  const { title, emoji, notes, text, alerts, labels, links, locale } = message;
  const words = WORDS[locale];
  const valueWord = `${words.value}${COLON[locale]}`;
  return {
    head: [[{ text: `${emoji} ${title}`, look: "bold" }], ...notes.map((note) => [{ text: note }])],
    alerts: text === "" ? alerts.map((alert) => alertLines(alert, valueWord)) : [textLines(text)],
    foot: [
      ...(omitted > 0 && text === "" ? [[{ text: words.more(formatNumber(omitted, locale)) }]] : []),
      ...labelLines(labels),
      ...linkLines(links),
    ],
  };
}

/** The lines of one alert. */
function alertLines(alert: AlertView, valueWord: string): Line[] {
  const { emoji, name, summary, description, value, labels, when, links } = alert;
  return [
    [{ text: `${emoji} ` }, { text: name, look: "bold" }, ...(when === "" ? [] : [{ text: ` · ${when}` }])],
    ...textLines(summary),
    ...textLines(description),
    ...(value === "" ? [] : [[{ text: valueWord }, { text: value, look: "bold" as const }]]),
    ...labelLines(labels),
    ...linkLines(links),
  ];
}

function textLines(text: string): Line[] {
  return text === "" ? [] : text.split("\n").map((line) => [{ text: line }]);
}

function labelLines(labels: readonly Pair[]): Line[] {
  if (labels.length === 0) return [];
  return [[{ text: labels.map(([name, value]) => `${name}=${value}`).join(" "), look: "code" }]];
}

function linkLines(links: readonly Link[]): Line[] {
  if (links.length === 0) return [];
  return [
    links.flatMap(({ label, url }, i) => [...(i === 0 ? [] : [{ text: " · " }]), { text: label, url }]),
  ];
}

/**
 * Blocks as plain text, an empty line between them.
 *
 * @param colon What stands between the name of a link and its address; without, lines of links are left out.
 */
export function plainText(blocks: readonly (readonly Line[])[], colon?: string): string {
  return blocks
    .map((lines) =>
      lines.flatMap((line) => {
        if (line.every(({ url }) => url === undefined)) return [lineText(line)];
        return colon === undefined ? [] : linkText(line, colon);
      }).join("\n")
    )
    .filter((text) => text !== "")
    .join("\n\n");
}

function lineText(line: Line): string {
  return line.map(({ text }) => text).join("");
}

function linkText(line: Line, colon: string): string[] {
  return line.flatMap(({ text, url }) => url === undefined ? [] : [`${text}${colon}${url}`]);
}

const PLAIN_ALERTS = 20;
const PLAIN_LINE = 150;

/**
 * What is left of a message when nothing else is taken, with its title: text to be escaped, and a link that stands by itself.
 *
 * @param units Of the text at most.
 */
export function plainParts(message: Message, units: number): { readonly text: string; readonly link?: Link } {
  const text = `${cutUnits(message.title, 2 * PLAIN_LINE)}\n${plainest({ ...message, links: [] }, units)}`;
  return { text: cutUnits(text, units), link: message.links[0] };
}

/**
 * What is left of a message when nothing else is taken: notes, a line for each alert, and the address of the whole.
 *
 * @param limit UTF-16 units, at least 1,000.
 */
export function plainest({ notes, alerts, title, links, locale }: Message, limit = 3_000): string {
  // Half an address leads nowhere.
  const end = links.slice(0, 1).map(({ url }) => url).filter((url) => url.length <= limit / 2);
  const lines: string[] = [];
  let left = limit - (end[0]?.length ?? 0) - PLAIN_LINE;
  const put = (text: string): boolean => {
    const line = cutUnits(text, PLAIN_LINE);
    left -= line.length + 1;
    if (left >= 0) lines.push(line);
    return left >= 0;
  };
  notes.every(put);
  const told = alerts.slice(0, PLAIN_ALERTS).findIndex(({ emoji, name, summary }) =>
    !put(summary === "" ? `${emoji} ${name}` : `${emoji} ${name}: ${summary}`)
  );
  const omitted = alerts.length - (told === -1 ? Math.min(alerts.length, PLAIN_ALERTS) : told);
  if (omitted > 0) lines.push(WORDS[locale].more(formatNumber(omitted, locale)));
  return [...lines, ...end].join("\n") || title;
}
