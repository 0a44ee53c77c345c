/** What a value looks like: its text and its colour. Runs on the server and in browsers. */

import type { Locale } from "../../../lib/text.ts";
import type { Field, Panel } from "./model.ts";
import { formatNumber } from "./units.ts";

/** Colours that mean something: names of the page's tokens. */
export type Tone = "good" | "warning" | "critical" | "info" | "unknown";

/** A value, as it is shown. */
export interface Shown {
  readonly text: string;
  /** Undefined where its colour means nothing. */
  readonly tone?: Tone;
}

const TONES: Readonly<Record<string, Tone>> = {
  green: "good",
  yellow: "warning",
  orange: "warning",
  red: "critical",
  blue: "info",
  purple: "info",
  gray: "unknown",
  grey: "unknown",
  text: "unknown",
};

/** The token of one of Grafana's colours, its shades too: `dark-red` is red. */
export function toneOf(color: string | undefined): Tone | undefined {
  return TONES[color?.split("-").at(-1) ?? ""];
}

/** How the series of a query, under its name, is shown. */
export function fieldFor(panel: Pick<Panel, "field" | "overrides">, name: string, refId?: string): Field {
  const fitting = panel.overrides.filter(({ by, of }) =>
    by === "byName" ? of === name : by === "byFrameRefID" && of === refId
  );
  return Object.assign({}, panel.field, ...fitting.map(({ field }) => field));
}

/** A number, or a label's value, by its mappings, thresholds and unit. */
export function shown(value: number | string, field: Field, locale: Locale, now?: number): Shown {
  const named = mappingOf(value, field);
  // One colour for all values says nothing of any.
  const isJudged = typeof value === "number" && field.steps.length > 1;
  const byThreshold = isJudged ? toneOf(stepColor(value, field)) : undefined;
  const tone = toneOf(named?.color) ?? toneOf(field.color) ?? byThreshold;
  if (named?.text !== undefined) return { text: named.text, tone };
  if (typeof value === "string") return { text: value, tone };
  if (Number.isNaN(value) && field.noValue !== "") return { text: field.noValue, tone: "unknown" };
  const { unit, decimals } = field;
  return { text: formatNumber(value, { unit, decimals, locale, now }), tone };
}

function mappingOf(value: number | string, { mappings }: Field) {
  for (const mapping of mappings) {
    const { type, options } = mapping;
    if (type === "value") {
      const named = Object.hasOwn(options, String(value)) ? options[String(value)] : undefined;
      if (named) return named;
    } else if (type === "range" && typeof value === "number") {
      const { from, to, result } = options;
      if (value >= (from ?? -Infinity) && value <= (to ?? Infinity)) return result;
    } else if (type === "special" && Number.isNaN(value) && options.match.includes("nan")) {
      return options.result;
    }
  }
  return undefined;
}

/** Grafana's name of the colour that holds at `value`. */
function stepColor(value: number, { steps, percentSteps, min = 0, max = 100 }: Field): string | undefined {
  const given = percentSteps ? (value - min) / (max - min) * 100 : value;
  return steps.findLast((step) => step.value === null || step.value <= given)?.color;
}

/** The thresholds that a line can be drawn at, in the unit of the values. */
export function thresholdLines({ steps, percentSteps, min = 0, max = 100 }: Field) {
  return steps.flatMap(({ value, color }) => {
    if (value === null) return [];
    return [{ value: percentSteps ? min + value / 100 * (max - min) : value, tone: toneOf(color) }];
  });
}

/** Share of a bar that `value` fills, 0 to 1. */
export function shareOf(value: number, { min = 0, max }: Field, largest: number): number {
  const end = max ?? largest;
  return end > min && Number.isFinite(value) ? Math.min(Math.max((value - min) / (end - min), 0), 1) : 0;
}

/** Name of a series: the legend with its labels, or all labels where there is no legend. */
export function seriesName(legend: string, labels: Readonly<Record<string, string>>): string {
  if (legend !== "" && legend !== "__auto") {
    return legend.replace(/\{\{\s*([\w.]+)\s*\}\}/g, (_, label) => labels[label] ?? "").trim() || "—";
  }
  const { __name__: name = "", ...rest } = labels;
  const pairs = Object.entries(rest).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return pairs.length === 0 ? name || "—" : `${name}{${pairs.join(", ")}}`;
}
