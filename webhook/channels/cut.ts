/** Making texts and messages shorter, so that a destination takes them. */

import type { AlertView, Message, Pair } from "../message.ts";

const encoder = new TextEncoder();
const ELLIPSIS = "…";

/** `text` in at most `limit` UTF-16 units, with `…` when something was cut off; no character is halved. */
export function cutUnits(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const end = wholeEnd(text, Math.max(limit - ELLIPSIS.length, 0));
  return (text.slice(0, end).trimEnd() + ELLIPSIS).slice(0, limit);
}

/** `text` in at most `limit` bytes of UTF-8, at least 3, with `…` when something was cut off. */
export function cutBytes(text: string, limit: number): string {
  if (text.length * 3 <= limit || byteLength(text) <= limit) return text;
  const room = new Uint8Array(Math.max(limit - 3, 0));
  const { read } = encoder.encodeInto(text, room);
  return text.slice(0, wholeEnd(text, read)).trimEnd() + ELLIPSIS;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
/** What a reader takes for one character is rarely longer. */
const LOOK_BACK_UNITS = 32;
/** Below this no character joins its neighbour. */
const FIRST_COMBINING = 0x300;

/** Where `text` can end, at `end` or a little before, so that what a reader takes for one character stays whole: letters with accents, emoji, flags. */
function wholeEnd(text: string, end: number): number {
  if (end <= 0 || end >= text.length) return end;
  if (text.charCodeAt(end) < FIRST_COMBINING && text.charCodeAt(end - 1) < FIRST_COMBINING) return end;
  const from = Math.max(end - LOOK_BACK_UNITS, 0);
  const { index } = graphemes.segment(text.slice(from, end + 2)).containing(end - from)!;
  if (index > 0 || from === 0) return from + index;
  // An endless pile of marks is cut, but never between the halves of a surrogate pair: they cannot be sent as UTF-8.
  return /[\ud800-\udbff]/.test(text.charAt(end - 1)) ? end - 1 : end;
}

/** Bytes of `text` in UTF-8. */
export function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/** A message that was made to fit. */
export interface Fitted {
  readonly message: Message;
  /** Alerts that it has no room for. */
  readonly omitted: number;
}

/** Below this a text is not cut while alerts can still be left out: it would say nothing. */
const READABLE_UNITS = 200;
const SHORTEST_UNITS = 8;

/**
 * `message` cut as little as makes it fit: first the longest texts of its alerts, then the last alerts, which matter least, then everything.
 * What it cannot be brought to fit is cut to the least there is: one alert, its texts a word each, without labels, notes and links.
 *
 * @param fits Whether a destination takes it; what fits must fit when it is cut further.
 * @param maxAlerts Alerts that the destination can show at all; it bounds how long this takes.
 */
export function fitMessage(message: Message, fits: (fitted: Fitted) => boolean, maxAlerts: number): Fitted {
  const total = message.alerts.length;
  const make = (count: number, units: number): Fitted => ({
    message: capMessage({ ...message, alerts: message.alerts.slice(0, count) }, units),
    omitted: total - Math.min(count, total),
  });
  const all = Math.min(total, maxAlerts);
  const whole = make(all, Infinity);
  if (fits(whole)) return whole;
  const units = largest(
    READABLE_UNITS,
    longestText(whole.message),
    (candidate) => fits(make(all, candidate)),
  );
  if (units !== undefined) return make(all, units);
  const count = largest(1, all, (candidate) => fits(make(candidate, READABLE_UNITS)));
  if (count !== undefined) return make(count, READABLE_UNITS);
  const short = largest(SHORTEST_UNITS, READABLE_UNITS, (candidate) => fits(make(1, candidate)));
  if (short !== undefined) return make(1, short);
  const { message: least, omitted } = make(1, SHORTEST_UNITS);
  return {
    message: {
      ...least,
      alerts: least.alerts.map((alert) => ({ ...alert, labels: [], links: [] })),
      labels: [],
      notes: [],
      links: [],
    },
    omitted,
  };
}

/** The largest whole number from `low` to `high` that passes; undefined when `low` does not. Those that pass are below those that do not. */
export function largest(
  low: number,
  high: number,
  passes: (candidate: number) => boolean,
): number | undefined {
  if (!passes(low)) return undefined;
  let [good, bad] = [low, Math.max(high, low) + 1];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (passes(middle)) good = middle;
    else bad = middle;
  }
  return good;
}

function capMessage(message: Message, units: number): Message {
  if (units === Infinity) return message;
  const cap = (text: string) => cutUnits(text, units);
  return {
    ...message,
    title: cap(message.title),
    text: cap(message.text),
    alerts: message.alerts.map((alert) => capAlert(alert, cap)),
    labels: capPairs(message.labels, cap),
    notes: message.notes.map(cap),
  };
}

function capAlert(alert: AlertView, cap: (text: string) => string): AlertView {
  return {
    ...alert,
    name: cap(alert.name),
    summary: cap(alert.summary),
    description: cap(alert.description),
    value: cap(alert.value),
    labels: capPairs(alert.labels, cap),
  };
}

function capPairs(pairs: readonly Pair[], cap: (text: string) => string): readonly Pair[] {
  return pairs.map(([name, value]) => [cap(name), cap(value)]);
}

function longestText({ title, text, alerts, labels, notes }: Message): number {
  let longest = Math.max(title.length, text.length);
  const see = (texts: readonly string[]) => {
    for (const { length } of texts) if (length > longest) longest = length;
  };
  see(notes);
  see(labels.flat());
  for (const { name, summary, description, value, labels } of alerts) {
    see([name, summary, description, value]);
    see(labels.flat());
  }
  return longest;
}
