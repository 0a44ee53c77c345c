/// <reference lib="dom" />
/** States over time: one line a series, one box for as long as a state lasts. */

import type { Locale } from "../../../lib/text.ts";
import { shown } from "../dashboards/field.ts";
import { SPARK_HEIGHT, SPARK_WIDTH, sparkPath } from "../spark.ts";
import type { Curve } from "./curves.ts";
import { element, svg } from "./element.ts";
import { axisTimes, momentText } from "./times.ts";

const MOST = 40;
const TICKS = 6;
const HEIGHT_PX = 14;

/** Draws the states into `parent`. */
export function drawTimeline(
  parent: HTMLElement,
  title: string,
  times: readonly number[],
  curves: readonly Curve[],
  locale: Locale,
  more: (count: number) => string,
): void {
  const [first = 0, last = 1] = [times[0], times.at(-1)];
  const span = Math.max(last - first, 1);
  const step = span / Math.max(times.length - 1, 1);
  const percent = (seconds: number) => `${((seconds - first) / (span + step) * 100).toFixed(3)}%`;
  const texts = new Map<string, string>();
  const rows = curves.slice(0, MOST).map(({ name, values, field }) => {
    const boxes = runsOf(values).map(({ from, to, value }) => {
      const { text, tone = "unknown" } = shown(value, field, locale);
      texts.set(tone, text);
      const [start, end] = [times[from]!, times[to]! + step];
      return svg(
        "rect",
        {
          x: percent(start),
          width: percent(end - start + first),
          height: "100%",
          "data-tone": tone,
          class: "state",
        },
        svg("title", {}, `${name}: ${text}, ${momentText(start, locale)} – ${momentText(end, locale)}`),
      );
    });
    return element(
      "div",
      { class: "state-row" },
      element("span", { class: "state-name", title: name }, name),
      svg("svg", {
        class: "states",
        height: String(HEIGHT_PX),
        role: "img",
        "aria-label": lastState(values, field, locale),
      }, ...boxes),
    );
  });
  const tick = span / TICKS;
  const at = Array.from({ length: TICKS }, (_, i) => first + i * tick);
  const axis = element(
    "div",
    { class: "state-row state-axis", "aria-hidden": "true" },
    element("span"),
    element(
      "span",
      { class: "state-ticks" },
      ...axisTimes(at, Math.max(tick, 60), locale).map((text) => element("span", {}, text)),
    ),
  );
  const legend = element(
    "ul",
    { class: "legend" },
    ...[...texts].map(([tone, text]) =>
      element(
        "li",
        {},
        svg(
          "svg",
          { width: "12", height: "12", "aria-hidden": "true" },
          svg("rect", { width: "12", height: "12", rx: "2", "data-tone": tone, class: "state" }),
        ),
        text,
      )
    ),
  );
  const rest = curves.length - MOST;
  parent.replaceChildren(
    element("div", { class: "timeline", tabindex: "0", role: "group", "aria-label": title }, ...rows),
    axis,
    legend,
    ...rest > 0 ? [element("p", { class: "panel-note" }, more(rest))] : [],
  );
}

function lastState(values: Curve["values"], field: Curve["field"], locale: Locale): string {
  const value = values.at(-1);
  return value == null ? field.noValue || "–" : shown(value, field, locale).text;
}

function runsOf(values: Curve["values"]): { from: number; to: number; value: number }[] {
  const runs: { from: number; to: number; value: number }[] = [];
  values.forEach((value, at) => {
    if (value === null) return;
    const run = runs.at(-1);
    if (run && run.to === at - 1 && run.value === value) run.to = at;
    else runs.push({ from: at, to: at, value });
  });
  return runs;
}

/** A small curve without axes, behind a value. */
export function drawSpark(parent: HTMLElement, [curve]: readonly Curve[]): void {
  parent.querySelector(":scope > .spark")?.remove();
  if (!curve) return;
  const known = curve.values.filter((value) => value !== null);
  const [low, high] = [Math.min(...known, curve.field.min ?? Infinity), Math.max(...known)];
  const d = sparkPath(curve.values, low, high);
  const line = svg("path", { d, "vector-effect": "non-scaling-stroke", class: "spark-line" });
  parent.append(
    svg(
      "svg",
      {
        class: "spark",
        viewBox: `0 0 ${SPARK_WIDTH} ${SPARK_HEIGHT}`,
        preserveAspectRatio: "none",
        "aria-hidden": "true",
      },
      line,
    ),
  );
}
