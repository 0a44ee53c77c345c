/** Scales of a picture: which values it spans, and where its axes have numbers. */

import { axisSteps } from "../page/dashboards/units.ts";

/** From where to where a scale goes. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const MINUTE_MS = 60_000;
const TIME_STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880, 10_080, 43_200, 129_600]
  .map((minutes) => minutes * MINUTE_MS);
const MAX_TICKS = 200;

/** What the scale of `values` spans: with room around them, from 0 where that is near, and never beyond what percents can be. */
export function valueSpan(values: Iterable<number>, unit: string): Span {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return { from: 0, to: 1 };
  // From one end of what a number can be to the other is no number.
  const room = Number.isFinite(high - low) ? (high - low) * 0.08 : 0;
  const isPositive = low >= 0;
  if (isPositive && low <= high * 0.6) low = 0;
  else if (low === high) low -= Math.abs(low) * 0.1 || 1;
  else low = isPositive ? Math.max(low - room, 0) : low - room;
  high = high > 0 || low === high ? high + (room || Math.abs(high) * 0.1 || 1) : Math.min(high + room, 0);
  if (isPositive && unit === "percent" && high > 100 && high - room <= 100) high = 100;
  if (isPositive && unit === "percentunit" && high > 1 && high - room <= 1) high = 1;
  return { from: low, to: high };
}

/** The values that the axis of `span` names, about `count` of them. */
export function valueTicks({ from, to }: Span, unit: string, count: number): number[] {
  const least = (to - from) / count;
  if (!(least > 0) || !Number.isFinite(least)) return [];
  const power = 10 ** Math.floor(Math.log10(least));
  const decimal = [1, 2, 5, 10].map((each) => each * power).find((step) => step >= least * 0.999)!;
  return ticks({ from, to }, axisSteps(unit)?.find((step) => step >= least * 0.999) ?? decimal);
}

/** The times that the axis of `span` names, about `count` of them; milliseconds since 1970. */
export function timeTicks({ from, to }: Span, count: number): number[] {
  const step = TIME_STEPS_MS.find((step) => step >= (to - from) / count) ?? TIME_STEPS_MS.at(-1)!;
  return ticks({ from, to }, step);
}

function ticks({ from, to }: Span, step: number): number[] {
  const first = Math.ceil(from / step);
  const found: number[] = [];
  for (let i = 0; i < MAX_TICKS && (first + i) * step <= to; i++) {
    // What adding up steps leaves behind the point is nobody's value.
    const value = Number(((first + i) * step).toPrecision(12));
    // Further apart from 0 than twelve digits tell, two are the same.
    if (value !== found.at(-1)) found.push(value);
  }
  return found;
}
