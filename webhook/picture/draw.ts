/** The graph of an alert as a picture: its curves, the line that they crossed, and when it began. */

import type { Locale } from "../../lib/text.ts";
import type { Severity } from "../message.ts";
import { axisNumbers, formatNumber } from "../page/dashboards/units.ts";
import { type Span, timeTicks, valueSpan, valueTicks } from "./scale.ts";
import { cutLabel, type Element, element, svgText } from "./svg.ts";
import { WORDS } from "./words.ts";

/** A curve. */
export interface Curve {
  readonly name: string;
  /** In the order of time; what is no finite number is a gap. */
  readonly points: readonly (readonly [atMs: number, value: number])[];
}

/** What is drawn. Texts are a stranger's, as they came. */
export interface Graph {
  readonly title: string;
  /** One line below it; `""` for none. */
  readonly subtitle: string;
  readonly severity: Severity;
  readonly curves: readonly Curve[];
  /** Milliseconds since 1970. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Time between two points; where it is longer the curve has a gap. */
  readonly stepMs: number;
  readonly threshold?: number;
  /** `>`, `<=` and so on. */
  readonly operator?: string;
  /** As Grafana names it; `""` for none. */
  readonly unit: string;
  /** When the alert began to fire; milliseconds since 1970. */
  readonly startsMs?: number;
  readonly locale: Locale;
  /** Time zone of the times, as the IANA names it; UTC by default. */
  readonly timezone?: string;
}

/** Width of a picture; it is drawn with twice as many pixels. */
export const PICTURE_WIDTH = 800;
/** Height of a picture; it is drawn with twice as many pixels. */
export const PICTURE_HEIGHT = 360;
/** Curves that are named; the others are only counted. */
export const MAX_NAMED = 5;
/** Curves that are drawn: with more nobody sees anything. */
export const MAX_CURVES = 20;

// The page's tokens in the light theme (`page/style/tokens.css`): a picture does not know in which theme it is looked at.
const GROUND = "#ffffff";
const EDGE = "#d5dce5";
const TEXT = "#17202b";
const SOFT = "#4c5867";
const FAINT = "#5f6b7a";
const LINE = "#b3202a";
const BEYOND = "#fde9e9";
const CURVES = ["#2a6fce", "#c2571a", "#2c8a57", "#8a4fc0", "#b8860b", "#c23d73", "#14858f", "#6b7785"];
const SEVERITIES: Readonly<Record<Severity, string>> = {
  critical: "#b3202a",
  warning: "#8a5200",
  info: "#1c5cba",
  none: "#56616f",
};

const LEFT = 72;
// The name of the line stands behind it.
const RIGHT = PICTURE_WIDTH - 84;
// The name of the mark stands above it.
const TOP = 86;
const LEGEND_ROW = 19;
const EDGE_SPACE = 20;
const COLUMNS = 2;

/** The picture as SVG. Whatever the texts hold, it is well-formed and shows them as they are. */
export function drawGraph(graph: Graph): string {
  const named = graph.curves.slice(0, MAX_NAMED);
  const entries = named.length + (graph.curves.length > named.length ? 1 : 0);
  const bottom = PICTURE_HEIGHT - EDGE_SPACE - 24 - Math.ceil(entries / COLUMNS) * LEGEND_ROW;
  const plot = { left: LEFT, right: RIGHT, top: TOP, bottom };
  const content = [
    element("rect", { width: PICTURE_WIDTH, height: PICTURE_HEIGHT, fill: GROUND }),
    ...head(graph),
    ...body(graph, plot),
    ...legend(graph, named, bottom + 44),
  ];
  return element("svg", {
    xmlns: "http://www.w3.org/2000/svg",
    width: PICTURE_WIDTH,
    height: PICTURE_HEIGHT,
    viewBox: `0 0 ${PICTURE_WIDTH} ${PICTURE_HEIGHT}`,
    "font-family": "DejaVu Sans, sans-serif",
    "font-size": 12,
  }, ...content);
}

interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function head({ title, subtitle, severity }: Graph): Element[] {
  return [
    element("circle", { cx: EDGE_SPACE + 6, cy: 27, r: 6, fill: SEVERITIES[severity] }),
    svgText(cutLabel(title, 70), { x: EDGE_SPACE + 22, y: 33, fill: TEXT, "font-size": 17 }),
    ...(subtitle === "" ? [] : [svgText(cutLabel(subtitle, 108), { x: EDGE_SPACE, y: 54, fill: SOFT })]),
  ];
}

function body(graph: Graph, plot: Plot): Element[] {
  const { curves, fromMs, toMs, unit, locale, threshold } = graph;
  const drawn = curves.slice(0, MAX_CURVES);
  const values = drawn.flatMap(({ points }) =>
    points.map(([, value]) => value).filter((value) => Number.isFinite(value))
  );
  const middle = { x: (plot.left + plot.right) / 2, y: (plot.top + plot.bottom) / 2 };
  const span = valueSpan(threshold === undefined ? values : [...values, threshold], unit);
  const x = scale({ from: fromMs, to: toMs }, plot.left, plot.right);
  const y = scale(span, plot.bottom, plot.top);
  const ticks = valueTicks(span, unit, 5);
  const numbers = axisNumbers(ticks, { unit, locale });
  const line = threshold === undefined ? undefined : y(threshold);
  return [
    ...beyond(graph, plot, line),
    ...ticks.map((value) => rule(plot, y(value))),
    ...ticks.map((value, i) =>
      svgText(cutLabel(numbers[i]!, 10), {
        x: plot.left - 8,
        y: y(value) + 4,
        fill: FAINT,
        "font-size": 11,
        "text-anchor": "end",
      })
    ),
    ...times(graph, plot, x),
    ...began(graph, plot, x),
    ...(line === undefined ? [] : [lineAt(plot, line)]),
    // The first ones are the alert's own: they lie on top.
    ...drawn.map(({ points }, i) => curve(points, i, graph, x, y)).reverse(),
    ...(line === undefined ? [] : [lineName(graph, plot, line)]),
    ...(values.length > 0 ? [] : [
      svgText(WORDS[locale].noData, { ...middle, fill: SOFT, "font-size": 14, "text-anchor": "middle" }),
    ]),
  ];
}

/** The ground of what the alert fires on. */
function beyond({ operator = "" }: Graph, plot: Plot, line: number | undefined): Element[] {
  if (line === undefined || !/^[<>]=?$/.test(operator)) return [];
  const [top, bottom] = operator.startsWith(">") ? [plot.top, line] : [line, plot.bottom];
  const box = { x: plot.left, y: top, width: plot.right - plot.left, height: Math.max(bottom - top, 0) };
  return [element("rect", { ...box, fill: BEYOND, opacity: 0.6 })];
}

function rule({ left, right }: Plot, y: number): Element {
  return element("path", { d: `M${left} ${y}H${right}`, stroke: EDGE, "stroke-width": 1 });
}

function lineAt({ left, right }: Plot, y: number): Element {
  return element("path", {
    d: `M${left} ${y}H${right}`,
    stroke: LINE,
    "stroke-width": 1.5,
    "stroke-dasharray": "6 4",
  });
}

const SIGNS: Readonly<Record<string, string>> = { ">=": "≥", "<=": "≤", "==": "=", "!=": "≠" };

/** What the alert fires on. */
function lineName({ operator = "", threshold, unit, locale }: Graph, plot: Plot, y: number): Element {
  const text = `${SIGNS[operator] ?? operator} ${formatNumber(threshold!, { unit, locale })}`.trim();
  return svgText(cutLabel(text, 11), { x: plot.right + 6, y: y + 4, fill: LINE, "font-size": 11 });
}

function times({ fromMs, toMs, locale, timezone = "UTC" }: Graph, plot: Plot, x: Scale): Element[] {
  const isLong = toMs - fromMs > 36 * 3_600_000;
  const write = formatOf(locale, timezone, isLong);
  return timeTicks({ from: fromMs, to: toMs }, 8).map((ms) =>
    svgText(write(ms), {
      x: x(ms),
      y: plot.bottom + 18,
      fill: FAINT,
      "font-size": 11,
      "text-anchor": "middle",
    })
  );
}

function formatOf(locale: Locale, timezone: string, isLong: boolean): (ms: number) => string {
  const format = new Intl.DateTimeFormat(locale === "fr" ? "fr-FR" : "en-GB", {
    ...(isLong && { day: "numeric", month: "short" }),
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: timezone,
  });
  return (ms) => format.format(ms);
}

/** When the alert began. */
function began(graph: Graph, plot: Plot, x: Scale): Element[] {
  const { startsMs, fromMs, toMs, locale, timezone = "UTC", severity } = graph;
  if (startsMs === undefined || startsMs < fromMs || startsMs > toMs) return [];
  const at = x(startsMs);
  const isRight = at > plot.right - 120;
  const color = SEVERITIES[severity];
  const clock = formatOf(locale, timezone, false)(startsMs);
  const time = graph.timezone === undefined ? `${clock} UTC` : clock;
  return [
    element("path", {
      d: `M${at} ${plot.top}V${plot.bottom}`,
      stroke: color,
      "stroke-width": 1.5,
      opacity: 0.7,
    }),
    element("path", { d: `M${at - 5} ${plot.top - 8}h10l-5 8z`, fill: color }),
    svgText(WORDS[locale].since(time), {
      x: isRight ? at - 10 : at + 10,
      y: plot.top - 4,
      fill: SOFT,
      "font-size": 11,
      "text-anchor": isRight ? "end" : "start",
    }),
  ];
}

function curve(points: Curve["points"], index: number, { stepMs, fromMs, toMs }: Graph, x: Scale, y: Scale) {
  let path = "";
  let before = -Infinity;
  let isAlone = false;
  // A point between two gaps is a dot: a path of one point draws nothing.
  const dot = () => isAlone ? "h0.1" : "";
  for (const [atMs, value] of points) {
    if (!Number.isFinite(value) || atMs < fromMs || atMs > toMs) continue;
    const isNew = atMs - before > stepMs * 1.5;
    path += isNew ? `${dot()}M${x(atMs)} ${y(value)}` : `L${x(atMs)} ${y(value)}`;
    isAlone = isNew;
    before = atMs;
  }
  return element("path", {
    d: path + dot(),
    fill: "none",
    stroke: CURVES[index % CURVES.length]!,
    "stroke-width": index < MAX_NAMED ? 2 : 1.25,
    "stroke-linejoin": "round",
    "stroke-linecap": "round",
  });
}

function legend({ curves, unit, locale }: Graph, named: readonly Curve[], top: number): Element[] {
  const width = (PICTURE_WIDTH - 2 * EDGE_SPACE - 24) / COLUMNS;
  const place = (i: number) => ({
    x: EDGE_SPACE + (i % COLUMNS) * (width + 24),
    y: top + Math.floor(i / COLUMNS) * LEGEND_ROW,
  });
  const entries = named.flatMap(({ name, points }, i) => {
    const { x, y } = place(i);
    const newest = points.findLast(([, value]) => Number.isFinite(value))?.[1];
    const value = newest === undefined ? "–" : formatNumber(newest, { unit, locale });
    return [
      element("path", { d: `M${x} ${y - 4}h14`, stroke: CURVES[i]!, "stroke-width": 3 }),
      svgText(cutLabel(name, 40), { x: x + 22, y, fill: TEXT }),
      svgText(cutLabel(value, 12), { x: x + width, y, fill: SOFT, "text-anchor": "end" }),
    ];
  });
  const more = curves.length - named.length;
  if (more === 0) return entries;
  return [...entries, svgText(WORDS[locale].more(more), { ...shifted(place(named.length)), fill: SOFT })];
}

function shifted({ x, y }: { readonly x: number; readonly y: number }) {
  return { x: x + 22, y };
}

type Scale = (value: number) => number;

/** From a value to its place, in tenths of a pixel. */
function scale({ from, to }: Span, start: number, end: number): Scale {
  const length = to - from;
  return (value) => {
    const share = length > 0 && Number.isFinite(length) ? (value - from) / length : 0.5;
    return Math.round((start + Math.min(Math.max(share, 0), 1) * (end - start)) * 10) / 10;
  };
}
