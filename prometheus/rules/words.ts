/** Numbers in the texts of alerts, as each language writes them. */

import type { Text } from "../../lib/text.ts";

/** The alert's value with one decimal: a piece of a Go template. */
export const VALUE: Text = {
  fr: '{{ printf "%.1f" $value | reReplaceAll "[.]" "," }}',
  en: '{{ printf "%.1f" $value }}',
};

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
