/** The value that an alert measured. */

import type { Locale } from "../../lib/text.ts";
import type { Alert } from "../payload.ts";
import { cleanLine } from "./clean.ts";
import { own } from "./labels.ts";
import { formatNumber } from "./words.ts";

const MAX_LENGTH = 500;
/** Source: `ValueString` of Grafana's `pkg/services/ngalert/state`: `[ var='B' labels={host=db-1} value=22.5 ], …`. */
const GRAFANA_PART = /\[ var='([^']*)' (?:metric='[^']*' )?labels=\{.*?\} value=(\S+) \]/g;

/** The annotation `value`; without it what Grafana measured, as `B = 22.5, C = 1`; `""` when nothing tells it. */
export function formatValue({ annotations, grafana }: Alert, locale: Locale): string {
  const said = cleanLine(own(annotations, "value") ?? "", MAX_LENGTH);
  if (said !== "" || !grafana) return said;
  const { values, valueString = "" } = grafana;
  if (values) return list(Object.entries(values).map(([name, value]) => [name, formatNumber(value, locale)]));
  const parts = [...valueString.matchAll(GRAFANA_PART)].map(([, name, value]) => [name!, value!] as const);
  return parts.length > 0 ? list(parts) : cleanLine(valueString, MAX_LENGTH);
}

function list(parts: readonly (readonly [name: string, value: string])[]): string {
  // A single one needs no name.
  const text = parts.length === 1
    ? parts[0]![1]
    : parts.map(([name, value]) => `${name} = ${value}`).join(", ");
  return cleanLine(text, MAX_LENGTH);
}
