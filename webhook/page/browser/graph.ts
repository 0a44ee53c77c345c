/// <reference lib="dom" />
/** A graph: curves over time, with a legend that has their values, and a crosshair that all graphs of a page share. */

import uPlot from "uplot";
import type { Locale } from "../../../lib/text.ts";
import { toneOf } from "../dashboards/field.ts";
import type { Tone } from "../dashboards/field.ts";
import { axisNumbers, axisSteps, formatNumber } from "../dashboards/units.ts";
import { type Curve, stacked } from "./curves.ts";
import { element } from "./element.ts";
import { createLegend } from "./legend.ts";
import { curveToken, faded, onTheme, token } from "./palette.ts";
import { axisTimes } from "./times.ts";
import { createTooltip } from "./tooltip.ts";

/** A horizontal line. */
export interface Line {
  readonly value: number;
  readonly tone?: Tone;
  /** Written on it. */
  readonly text?: string;
  /** Which side of it is shaded. */
  readonly shade?: "above" | "below";
}

/** A moment that is marked, seconds since 1970. */
export interface Mark {
  readonly at: number;
  readonly tone: Tone;
}

/** What a graph shows. */
export interface GraphData {
  /** Seconds since 1970. */
  readonly times: readonly number[];
  readonly curves: readonly Curve[];
  readonly lines?: readonly Line[];
  readonly marks?: readonly Mark[];
}

/** How a graph is drawn. */
export interface GraphOptions {
  readonly title: string;
  readonly unit: string;
  readonly min?: number;
  readonly max?: number;
  readonly locale: Locale;
  readonly legend?: boolean;
  /** Called with seconds since 1970 when the reader drags over a part of it. */
  readonly onZoom?: (from: number, to: number) => void;
  readonly onZoomOut?: () => void;
}

/** A graph that is drawn. */
export interface Graph {
  update(data: GraphData): void;
  destroy(): void;
}

const SYNC = "page";
const FONT = "11px system-ui, sans-serif";

/** Draws a graph into `parent`, as large as that. */
export function drawGraph(parent: HTMLElement, options: GraphOptions): Graph {
  const plot = element("div", { class: "plot", role: "img", tabindex: "0", "aria-label": options.title });
  const legend = createLegend(options, () => update(shown));
  parent.replaceChildren(plot, ...options.legend === false ? [] : [legend.element]);
  let chart: uPlot | undefined;
  let shape = "";
  let shown: GraphData = { times: [], curves: [] };
  const sizes = new ResizeObserver(() => {
    const size = sizeOf(plot);
    if (chart && size.width > 0 && size.height > 0) chart.setSize(size);
  });
  sizes.observe(plot);
  const stopTheme = onTheme(() => {
    chart?.redraw(false);
    legend.recolor();
  });

  function update(data: GraphData): void {
    shown = data;
    const { drawn, bands } = stacked(data.curves, legend.isHidden);
    const rows = [data.times, ...drawn] as unknown as uPlot.AlignedData;
    const next = JSON.stringify([data.curves.map(({ name, field }) => [name, field]), bands]);
    legend.update(data);
    if (chart && next === shape) chart.setData(rows);
    else {
      shape = next;
      chart?.destroy();
      chart = new uPlot(uplotOptions(plot, options, () => shown, bands, legend.point), rows, plot);
    }
    data.curves.forEach((curve, i) => {
      const show = !legend.isHidden(curve);
      if (chart!.series[i + 1]!.show !== show) chart!.setSeries(i + 1, { show });
    });
  }

  return {
    update,
    destroy() {
      sizes.disconnect();
      stopTheme();
      chart?.destroy();
    },
  };
}

function sizeOf(plot: HTMLElement): { width: number; height: number } {
  return { width: plot.clientWidth, height: plot.clientHeight };
}

function uplotOptions(
  plot: HTMLElement,
  options: GraphOptions,
  shown: () => GraphData,
  bands: readonly (readonly [number, number])[],
  onPoint: (index: number | null) => void,
): uPlot.Options {
  const { unit, locale } = options;
  const { curves } = shown();
  const mirrored = curves.some(({ field }) => field.below);
  const grid = { stroke: () => faded(token("--edge"), 0.7), width: 1 };
  const axis = { font: FONT, stroke: () => token("--faint"), grid, ticks: { show: false } };
  const steps = axisSteps(unit);
  return {
    ...sizeOf(plot),
    legend: { show: false },
    padding: [8, 12, 0, 0],
    cursor: {
      // The others follow the pointer, but are not dragged over.
      sync: {
        key: SYNC,
        setSeries: false,
        filters: { pub: (type) => type === "mousemove" || type === "mouseleave" },
      },
      drag: { x: true, y: false, setScale: false, dist: 6 },
      points: { size: 6, width: 0 },
    },
    scales: {
      x: { time: true, range: (_, min, max) => [min, max > min ? max : min + 1] },
      y: { range: (_, min, max) => rangeOf(min, max, options, shown().lines ?? [], curves) },
    },
    axes: [
      { ...axis, size: 34, space: 70, values: (_, at, __, ___, step) => axisTimes(at, step, locale) },
      {
        ...axis,
        size: (u, texts) => widthOf(u, texts),
        gap: 6,
        space: 34,
        ...steps ? { incrs: steps } : {},
        values: (_, values) =>
          axisNumbers(mirrored ? values.map(Math.abs) : values, { unit, locale, digits: 3 }).map((text, i) =>
            mirrored ? formatNumber(Math.abs(values[i]!), { unit, locale }) : text
          ),
      },
    ],
    series: [{}, ...curves.map((curve, i) => seriesOf(curve, i))],
    bands: bands.map(([upper, lower]) => ({ series: [upper + 1, lower + 1] })),
    plugins: [createTooltip({ ...options, plot, shown, onPoint })],
    hooks: {
      drawAxes: [(u) => shadeLines(u, shown().lines ?? [])],
      draw: [(u) => {
        drawLines(u, shown().lines ?? []);
        drawMarks(u, shown().marks ?? []);
      }],
      setSelect: [(u) => zoom(u, options)],
      ready: [(u) => u.over.addEventListener("dblclick", () => options.onZoomOut?.())],
    },
  };
}

function seriesOf({ name, field }: Curve, index: number): uPlot.Series {
  const name_ = curveToken(index, toneOf(field.color));
  const color = () => token(name_);
  // In a stack, the room between two curves belongs to the upper one.
  const opacity = Math.min(field.fillPercent / 100, field.stacked ? 0.45 : 0.12);
  return {
    label: name,
    stroke: color,
    width: field.bars || field.points && field.lineWidth === 0 ? 0 : Math.max(field.lineWidth, 1) * 1.25,
    ...opacity > 0 ? { fill: () => faded(color(), opacity) } : {},
    ...field.dashed ? { dash: [8, 6] } : {},
    spanGaps: field.spanNulls,
    ...field.bars ? { paths: uPlot.paths.bars!({ size: [0.8, 40] }), width: 1 } : {},
    points: field.points ? { show: true, size: 5 } : { show: true, size: 5, filter: alone },
  };
}

/** A value between two gaps has no line: it is drawn as a point. */
function alone(u: uPlot, series: number): number[] {
  const values = u.data[series] as (number | null)[];
  return values.flatMap((value, i) =>
    value != null && values[i - 1] == null && values[i + 1] == null ? [i] : []
  );
}

function widthOf(u: uPlot, texts: readonly string[] | null): number {
  if (!texts) return 40;
  u.ctx.save();
  u.ctx.font = FONT.replace("11", String(11 * devicePixelRatio));
  const width = Math.max(...texts.map((text) => u.ctx.measureText(text).width / devicePixelRatio), 20);
  u.ctx.restore();
  return Math.ceil(width) + 14;
}

function rangeOf(
  least: number | null,
  most: number | null,
  { min, max }: GraphOptions,
  lines: readonly Line[],
  curves: readonly Curve[],
): [number, number] {
  const [low, high] = [least ?? 0, most ?? 1];
  const size = Math.max(Math.abs(low), Math.abs(high));
  // A threshold far away would press the curve flat: it is drawn when it comes into sight.
  const near = lines.map(({ value }) => value).filter((value) => Math.abs(value) <= size * 3);
  const dipsBelow = curves.some(({ field }) => field.below);
  const from = dipsBelow ? Math.min(low, 0) : Math.min(low, min ?? low, ...near);
  const to = Math.max(high, max ?? high, ...near);
  if (from === to) {
    return from === 0 ? [0, 1] : from > 0 ? [min === 0 ? 0 : from * 0.9, to * 1.1] : [from * 1.1, 0];
  }
  const room = (to - from) * 0.06;
  const isFloor = min !== undefined && from >= min || from === 0;
  const isCeiling = max !== undefined && to <= max;
  return [isFloor && !dipsBelow ? from : from - room, isCeiling ? to : to + room];
}

function shadeLines(u: uPlot, lines: readonly Line[]): void {
  const { left, top, width, height } = u.bbox;
  for (const { value, tone = "critical", shade } of lines) {
    if (!shade) continue;
    const y = Math.min(Math.max(u.valToPos(value, "y", true), top), top + height);
    u.ctx.fillStyle = faded(token(`--${tone}`), 0.06);
    if (shade === "above") u.ctx.fillRect(left, top, width, y - top);
    else u.ctx.fillRect(left, y, width, top + height - y);
  }
}

function drawLines(u: uPlot, lines: readonly Line[]): void {
  const { left, top, width, height } = u.bbox;
  const { ctx } = u;
  ctx.save();
  for (const { value, tone = "critical", text } of lines) {
    const y = Math.round(u.valToPos(value, "y", true));
    if (!(y >= top && y <= top + height)) continue;
    ctx.strokeStyle = ctx.fillStyle = token(`--${tone}`);
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(left, y);
    ctx.lineTo(left + width, y);
    ctx.stroke();
    if (text === undefined) continue;
    ctx.font = FONT.replace("11", String(11 * devicePixelRatio));
    ctx.textAlign = "right";
    ctx.textBaseline = y - top < 16 * devicePixelRatio ? "top" : "bottom";
    ctx.fillText(
      text,
      left + width - 4 * devicePixelRatio,
      y + (ctx.textBaseline === "top" ? 4 : -3) * devicePixelRatio,
    );
  }
  ctx.restore();
}

function drawMarks(u: uPlot, marks: readonly Mark[]): void {
  const { left, top, width, height } = u.bbox;
  const { ctx } = u;
  ctx.save();
  for (const { at, tone } of marks) {
    const x = Math.round(u.valToPos(at, "x", true));
    if (!(x >= left && x <= left + width)) continue;
    ctx.strokeStyle = ctx.fillStyle = token(`--${tone}`);
    ctx.lineWidth = devicePixelRatio;
    ctx.beginPath();
    ctx.moveTo(x, top);
    ctx.lineTo(x, top + height);
    ctx.stroke();
    const size = 4 * devicePixelRatio;
    ctx.beginPath();
    ctx.moveTo(x - size, top);
    ctx.lineTo(x + size, top);
    ctx.lineTo(x, top + size * 1.5);
    ctx.fill();
  }
  ctx.restore();
}

function zoom(u: uPlot, { onZoom }: GraphOptions): void {
  const { left, width } = u.select;
  if (width <= 0) return;
  const [from, to] = [u.posToVal(left, "x"), u.posToVal(left + width, "x")];
  u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
  if (onZoom && to - from >= 1) onZoom(from, to);
}
