/// <reference lib="dom" />
/** Times of graphs, in the reader's zone and language. */

import type { Locale } from "../../../lib/text.ts";

const TAGS = { fr: "fr-FR", en: "en-GB" } as const;
const formats = new Map<string, Intl.DateTimeFormat>();

function format(locale: Locale, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${name}`;
  let made = formats.get(key);
  if (!made) formats.set(key, made = new Intl.DateTimeFormat(TAGS[locale], options));
  return made;
}

/** The texts along a time axis; a day is named where it begins. @param step Seconds between two. */
export function axisTimes(seconds: readonly number[], step: number, locale: Locale): string[] {
  const day = format(locale, "day", { day: "numeric", month: "short" });
  const clock = step < 60
    ? format(locale, "second", { hour: "2-digit", minute: "2-digit", second: "2-digit" })
    : format(locale, "minute", { hour: "2-digit", minute: "2-digit" });
  if (step >= 86_400) return seconds.map((at) => day.format(at * 1_000));
  let before = "";
  return seconds.map((at) => {
    const date = day.format(at * 1_000);
    const text = clock.format(at * 1_000);
    const isNew = date !== before;
    before = date;
    return isNew ? `${text}\n${date}` : text;
  });
}

/** A moment of a curve. */
export function momentText(seconds: number, locale: Locale): string {
  return format(locale, "moment", {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).format(seconds * 1_000);
}
