/** Figures as readers write them. */

import type { Locale } from "../../../lib/text.ts";

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

/** How long ago: `12 minutes ago`. @param ms What has passed since. */
export function agoText(ms: number, language: Locale): string {
  const seconds = Math.max(0, ms / 1_000);
  const [unit, length] = UNITS.find(([, length]) => seconds >= length) ?? ["second", 1] as const;
  return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(
    -Math.round(seconds / length),
    unit,
  );
}
