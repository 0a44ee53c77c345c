/** Figures as readers write them. Runs on the server and in browsers. */

import type { Locale } from "../../lib/text.ts";

const UNITS = [["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1]] as const;

/** A share as percent: `12 %`. */
export function percentText(share: number, language: Locale): string {
  return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 }).format(share);
}

/** A number with two digits behind the point. */
export function decimalText(value: number, language: Locale): string {
  return new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(
    value,
  );
}

/** A time of some seconds: `1.8 s`, `42 ms`. */
export function secondsText(ms: number, language: Locale): string {
  const [value, unit, digits] = ms < 100
    ? [ms, "ms", 0] as const
    : [ms / 1_000, "s", ms < 10_000 ? 1 : 0] as const;
  const text = new Intl.NumberFormat(language, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
  return `${text}\u00a0${unit}`;
}

// Making one takes longer than using it, and a page may have hundreds.
const distances = new Map<Locale, Intl.RelativeTimeFormat>();

/** How long ago: `12 minutes ago`. @param ms What has passed since; clocks that differ make it less than nothing. */
export function agoText(ms: number, language: Locale): string {
  return distanceText(-Math.max(0, ms), language);
}

/** How far a moment is: `12 minutes ago`, `in 3 days`. @param ms From now; negative for what is over. */
export function distanceText(ms: number, language: Locale): string {
  const seconds = ms / 1_000;
  const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1] as const;
  let format = distances.get(language);
  if (!format) distances.set(language, format = new Intl.RelativeTimeFormat(language, { numeric: "auto" }));
  return format.format(Math.round(seconds / length), unit);
}
