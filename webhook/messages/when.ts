/** When an alert began and ended, for a reader. */

import type { Locale } from "../../lib/text.ts";
import { type Moment, WORDS } from "./words.ts";

/** What times are shown in. */
export interface TimeContext {
  readonly locale: Locale;
  /** As the IANA names it; the machine's own by default, and then it is said. */
  readonly timezone?: string;
  /** When the message is sent, milliseconds since 1970: what happened on that day is told without its date. */
  readonly sentMs: number;
}

/**
 * Since when, or from when to when, and how long: `since 10:02 (3 min)`, `21 Nov, 23:50 to 00:10 (20 min)`; `""` when nothing is known.
 *
 * @param startsMs Milliseconds since 1970.
 * @param endsMs The same; undefined while it lasts.
 */
export function formatWhen(
  startsMs: number | undefined,
  endsMs: number | undefined,
  context: TimeContext,
): string {
  const words = WORDS[context.locale];
  const time = (ms: number) => momentOf(ms, context);
  if (startsMs === undefined) return endsMs === undefined ? "" : words.until(time(endsMs));
  const said = endsMs === undefined
    ? words.since(time(startsMs))
    : words.between(time(startsMs), time(endsMs));
  const lastedMs = (endsMs ?? context.sentMs) - startsMs;
  // A sender whose clock is ahead would be said to fire for less than nothing.
  return lastedMs < 0 ? said : `${said} (${formatLasting(lastedMs, context.locale)})`;
}

/** A time by itself: the time of day, with the date unless it is the day of `sentMs`. */
export function formatTime(ms: number, context: TimeContext): string {
  return WORDS[context.locale].at(momentOf(ms, context));
}

function momentOf(ms: number, { locale, timezone, sentMs }: TimeContext): Moment {
  const { time, date, day } = formatsOf(locale, timezone);
  const today = day.format(ms) === day.format(sentMs);
  return { date: today ? undefined : date.format(ms), time: time.format(ms) };
}

/** A time span in its two largest units: `45 s`, `3 min`, `2 h 5 min`, `3 d 4 h`. */
export function formatLasting(ms: number, locale: Locale): string {
  const { units } = WORDS[locale];
  const seconds = Math.floor(ms / 1_000);
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), units.d],
    [Math.floor(seconds / 3_600) % 24, units.h],
    [Math.floor(seconds / 60) % 60, units.min],
    [seconds % 60, units.s],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first === -1) return `0 ${units.s}`;
  // Seconds beside minutes tell nobody anything.
  const shown = parts.slice(first, first === 2 ? 3 : first + 2).filter(([count]) => count > 0);
  return shown.map(([count, unit]) => `${count} ${unit}`).join(" ");
}

interface Formats {
  readonly time: Intl.DateTimeFormat;
  readonly date: Intl.DateTimeFormat;
  /** Tells days apart. */
  readonly day: Intl.DateTimeFormat;
}

// A formatter takes longer to make than a thousand times to format.
const made = new Map<string, Formats>();

function formatsOf(locale: Locale, timezone: string | undefined): Formats {
  const key = `${locale} ${timezone}`;
  const known = made.get(key);
  if (known) return known;
  const time: Intl.DateTimeFormatOptions = {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    ...(timezone === undefined ? { timeZoneName: "short" } : { timeZone: timezone }),
  };
  // British English puts the day before the month and takes no AM or PM.
  const language = locale === "en" ? "en-GB" : "fr-FR";
  const formats: Formats = {
    time: new Intl.DateTimeFormat(language, time),
    date: new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone: timezone }),
    day: new Intl.DateTimeFormat("en-CA", { dateStyle: "short", timeZone: timezone }),
  };
  made.set(key, formats);
  return formats;
}
