/** A message in as many parts as a destination needs, and as few. */

import type { AlertView, Link, Message, Pair } from "../message.ts";
import { cutUnits, fitMessage, type Fitted } from "./cut.ts";
import { blocksOf, type Line } from "./lines.ts";

/** Lines that belong together, and are never parted. */
export interface Block {
  readonly lines: readonly Line[];
  /** The alert that they tell; undefined for what holds for all. */
  readonly alert?: AlertView;
}

/** One part: what one request tells. */
export interface Part {
  /** With its number when there are several: `[FIRING 9] HostDown (2/3)`. */
  readonly title: string;
  /** Remarks; the first part has them. */
  readonly notes: readonly string[];
  readonly blocks: readonly Block[];
}

/** What a destination takes at once. What is measured is a list of lengths and counts, each with its limit. */
export interface Capacity {
  readonly limits: readonly number[];
  /** What a part takes before it has blocks. */
  readonly measurePart: (part: Part, message: Message) => readonly number[];
  /** What one block adds. */
  readonly measureBlock: (block: Block) => readonly number[];
  /** What the labels and the addresses of one alert may take, UTF-16 units each: long ones must not crowd out what happened. */
  readonly trimmings: number;
  /** More parts than these are a flood. */
  readonly maxParts: number;
  /** Alerts that may be told at all; it bounds how long this takes. */
  readonly maxAlerts: number;
}

/**
 * `message` in parts that a destination takes, at least one. Whole alerts are kept together; when the parts do not suffice, long texts are cut,
 * then alerts are left out from the end, and counted.
 */
export function splitMessage(message: Message, capacity: Capacity): readonly Part[] {
  const { maxAlerts, trimmings } = capacity;
  const trimmed = trimMessage(message, maxAlerts, trimmings);
  const fitted = fitMessage(trimmed, (fitted) => pack(fitted, capacity) !== undefined, maxAlerts);
  return pack(fitted, capacity) ?? [{ title: fitted.message.title, notes: [], blocks: [] }];
}

/** The parts; undefined when there are too many, or one is too large. */
function pack(fitted: Fitted, { limits, measurePart, measureBlock, maxParts }: Capacity): Part[] | undefined {
  const { message } = fitted;
  const fits = (size: readonly number[]) => size.every((length, i) => length <= limits[i]!);
  const begin = (first: boolean): { part: Part; size: readonly number[] } => {
    // Numbers are put in at the end, but need their room from the beginning.
    const part = {
      title: numbered(message.title, maxParts, maxParts),
      notes: first ? message.notes : [],
      blocks: [],
    };
    return { part, size: measurePart(part, message) };
  };
  let { part, size } = begin(true);
  if (!fits(size)) return undefined;
  const parts: Part[] = [];
  for (const block of blocksIn(fitted)) {
    const added = measureBlock(block);
    let longer = plus(size, added);
    if (!fits(longer)) {
      // Nothing is gained by a new part when this one is empty still.
      if (part.blocks.length === 0 && part.notes.length === 0) return undefined;
      parts.push(part);
      if (parts.length >= maxParts) return undefined;
      ({ part, size } = begin(false));
      longer = plus(size, added);
      if (!fits(longer)) return undefined;
    }
    part = { ...part, blocks: [...part.blocks, block] };
    size = longer;
  }
  parts.push(part);
  return parts.map((part, i) => ({
    ...part,
    title: parts.length === 1 ? message.title : numbered(message.title, i + 1, parts.length),
  }));
}

function blocksIn(fitted: Fitted): Block[] {
  const { alerts, foot } = blocksOf(fitted);
  const views = fitted.message.text === "" ? fitted.message.alerts : [];
  return [
    ...alerts.map((lines, i): Block => ({ lines, alert: views[i] })),
    { lines: foot },
  ].filter(({ lines }) => lines.length > 0);
}

function numbered(title: string, number: number, of: number): string {
  return of === 1 ? title : `${title} (${number}/${of})`;
}

function plus(size: readonly number[], added: readonly number[]): readonly number[] {
  return size.map((length, i) => length + added[i]!);
}

/** `message` with as many labels and links as `units` hold for each alert, and for all of them. Labels that are left out are counted. */
function trimMessage(message: Message, maxAlerts: number, units: number): Message {
  const trim = <View extends { readonly labels: readonly Pair[]; readonly links: readonly Link[] }>(
    view: View,
  ): View => ({
    ...view,
    labels: trimLabels(view.labels, units),
    links: trimLinks(view.links, units),
  });
  return {
    ...trim(message),
    // Those behind are not told in any case.
    alerts: message.alerts.map((alert, i) => i < maxAlerts ? trim(alert) : alert),
  };
}

const LONGEST_LABEL = 300;

function trimLabels(labels: readonly Pair[], units: number): readonly Pair[] {
  const kept: Pair[] = [];
  let left = units;
  for (const [name, value] of labels) {
    const pair = [cutUnits(name, LONGEST_LABEL), cutUnits(value, LONGEST_LABEL)] as const;
    left -= pair[0].length + pair[1].length + 2;
    if (left < 0) return [...kept, ["…", `+${labels.length - kept.length}`]];
    kept.push(pair);
  }
  return kept;
}

/** The longest goes first: an address of a query can be made again, that of a runbook cannot. */
function trimLinks(links: readonly Link[], units: number): readonly Link[] {
  const length = links.reduce((sum, { url }) => sum + url.length, 0);
  if (length <= units) return links;
  const longest = links.reduce((a, b) => b.url.length > a.url.length ? b : a);
  return trimLinks(links.filter((link) => link !== longest), units);
}
