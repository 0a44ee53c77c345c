/** Numbers in the texts of alerts, as each language writes them. */

import type { Locale, Text } from "../../lib/text.ts";
import { type Duration, durationMs } from "../../lib/units.ts";

/** The alert's value with one decimal: a piece of a Go template. */
export const VALUE: Text = {
  fr: '{{ printf "%.1f" $value | reReplaceAll "[.]" "," }}',
  en: '{{ printf "%.1f" $value }}',
};

/** The alert's value, seconds, in the unit that suits it (`1h 2m 3s`, `62.5ms`): a piece of a Go template. */
export const DURATION: Text = {
  fr: '{{ humanizeDuration $value | reReplaceAll "[.]" "," }}',
  en: "{{ humanizeDuration $value }}",
};

/** The alert's value as a whole number, the same in both languages: a piece of a Go template. */
export const COUNT = '{{ printf "%.0f" $value }}';

/** A number from the configuration: 92.5 gives `92,5` in French. */
export function decimal(value: number): Text {
  return { fr: String(value).replace(".", ","), en: String(value) };
}

/**
 * A number as PromQL prints it: without an exponent.
 *
 * @example
 * ```ts
 * import { promqlNumber } from "./words.ts";
 * promqlNumber(1e-7); // "0.0000001"
 * ```
 */
export function promqlNumber(value: number): string {
  const text = String(value);
  return text.includes("e") ? value.toFixed(20).replace(/\.?0+$/, "") : text;
}

const UNITS: readonly { readonly ms: number; readonly fr: string; readonly en: string }[] = [
  { ms: 86_400_000, fr: "jour", en: "day" },
  { ms: 3_600_000, fr: "heure", en: "hour" },
  { ms: 60_000, fr: "minute", en: "minute" },
  { ms: 1_000, fr: "seconde", en: "second" },
];

/** A duration in words, down to seconds: `1m30s` gives `1 minute 30 seconds`. */
export function inWords(duration: Duration): Text {
  const words = (locale: Locale) => {
    let rest = durationMs(duration);
    const parts = UNITS.flatMap((unit) => {
      const count = Math.floor(rest / unit.ms);
      rest %= unit.ms;
      return count === 0 ? [] : [`${count} ${unit[locale]}${count > 1 ? "s" : ""}`];
    });
    return parts.join(" ") || duration;
  };
  return { fr: words("fr"), en: words("en") };
}
