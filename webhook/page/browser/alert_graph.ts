/// <reference lib="dom" />
/** The curve behind an alert, with its threshold: `<div class="graph" data-query data-operator data-threshold data-unit data-from data-to>`. */

import type { Locale } from "../../../lib/text.ts";
import type { Tone } from "../dashboards/field.ts";
import { formatNumber } from "../dashboards/units.ts";
import { type Curve, curvesOf, type Grid, type PanelModel, type RangeAnswer, timesOf } from "./curves.ts";
import { element } from "./element.ts";
import { drawGraph, type Graph, type Line, type Mark } from "./graph.ts";
import { errorOf } from "./lines.ts";

const MOST_CURVES = 20;
const SHORTEST_STEP_S = 5;
const TONES: readonly string[] = ["critical", "warning", "info", "good", "unknown"] satisfies Tone[];
const WORDS = {
  fr: { none: "aucune donnée", cannot: "Chargement impossible" },
  en: { none: "no data", cannot: "Cannot load" },
};

const drawn = new WeakMap<HTMLElement, Graph>();

/**
 * Draws, or draws again, the graph of an alert into its element.
 *
 * Its data: `query` is PromQL without the comparison, `operator` and `threshold` the comparison, `unit` one of Grafana's, `from` and `to` ms
 * since 1970 or a date; `to` may be missing for now. Besides, `title`, `legend` (with `{{label}}`), `severity` (colour of the threshold), and
 * `marks`, a JSON list of `{"at": ms, "tone"}`. `step` are seconds between two points at least. `own`, labels as JSON: of several
 * curves those are drawn whose labels are all among them, if there are any.
 */
export async function drawAlertGraph(graph: HTMLElement): Promise<void> {
  const { query = "", unit = "short", title = "", legend = "" } = graph.dataset;
  const locale: Locale = document.documentElement.lang === "fr" ? "fr" : "en";
  const grid = gridOf(graph);
  graph.setAttribute("aria-busy", "true");
  try {
    const answer = await ask(query, grid);
    const field = { ...PLAIN, unit };
    const model: PanelModel = {
      id: 0,
      kind: "graph",
      title,
      field,
      overrides: [],
      legendShown: true,
      targets: [{ refId: "A", legend }],
    };
    const curves = curvesOf(model, new Map([["A", ownOf(graph, answer)]]), grid).slice(0, MOST_CURVES);
    if (curves.length === 0) return say(graph, WORDS[locale].none);
    const shown = drawn.get(graph) ?? drawGraph(graph, { title, unit, min: floorOf(curves), locale });
    drawn.set(graph, shown);
    shown.update({
      times: timesOf(grid),
      curves,
      lines: linesOf(graph, unit, locale),
      marks: marksOf(graph),
    });
  } catch (error) {
    say(graph, `${WORDS[locale].cannot}: ${error instanceof Error ? error.message : error}`);
  } finally {
    graph.removeAttribute("aria-busy");
  }
}

const PLAIN: PanelModel["field"] = {
  unit: "short",
  noValue: "",
  steps: [],
  percentSteps: false,
  mappings: [],
  links: [],
  below: false,
  stacked: false,
  fillPercent: 10,
  lineWidth: 1,
  dashed: false,
  bars: false,
  points: false,
  spanNulls: false,
  thresholdLines: false,
  cell: "auto",
};

function gridOf(graph: HTMLElement): Grid {
  const { from, to, step } = graph.dataset;
  const end = moment(to) ?? Date.now() / 1_000;
  const start = moment(from) ?? end - 3_600;
  const points = Math.max(graph.clientWidth, 100);
  const least = Number(step) || SHORTEST_STEP_S;
  const size = Math.max(Math.ceil((end - start) / points), least);
  return { start: Math.floor(start / size) * size, end: Math.floor(end / size) * size, step: size };
}

function moment(text = ""): number | undefined {
  const ms = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms / 1_000;
}

async function ask(expr: string, { start, end, step }: Grid): Promise<RangeAnswer> {
  const given = new URLSearchParams({ expr, start: `${start}`, end: `${end}`, step: `${step}` });
  const response = await fetch(`/page/query_range?${given}`);
  if (!response.ok) throw new Error(await errorOf(response));
  return await response.json();
}

function ownOf({ dataset }: HTMLElement, answer: RangeAnswer): RangeAnswer {
  const own = new Map(Object.entries<unknown>(JSON.parse(dataset.own ?? "{}")));
  const theirs =
    answer.data?.result?.filter(({ metric }) =>
      Object.entries(metric).every(([name, value]) => name === "__name__" || own.get(name) === value)
    ) ?? [];
  return theirs.length > 0 ? { data: { result: theirs } } : answer;
}

function floorOf(curves: readonly Curve[]): number | undefined {
  return curves.some(({ values }) => values.some((value) => value !== null && value < 0)) ? undefined : 0;
}

function linesOf(graph: HTMLElement, unit: string, locale: Locale): Line[] {
  const { operator = "", threshold = "" } = graph.dataset;
  const value = Number(threshold);
  if (threshold === "" || Number.isNaN(value)) return [];
  const shade = operator.startsWith(">")
    ? "above" as const
    : operator.startsWith("<")
    ? "below" as const
    : undefined;
  return [{
    value,
    tone: toneOf(graph.dataset.severity),
    text: `${operator} ${formatNumber(value, { unit, locale })}`.trim(),
    shade,
  }];
}

function marksOf(graph: HTMLElement): Mark[] {
  const given: unknown = JSON.parse(graph.dataset.marks ?? "[]");
  if (!Array.isArray(given)) return [];
  return given.flatMap(({ at, tone }) =>
    typeof at === "number" ? [{ at: at / 1_000, tone: toneOf(tone) }] : []
  );
}

function toneOf(text: string | undefined): Tone {
  return TONES.includes(text ?? "") ? text as Tone : "critical";
}

function say(graph: HTMLElement, text: string): void {
  drawn.get(graph)?.destroy();
  drawn.delete(graph);
  graph.replaceChildren(element("p", { class: "panel-note" }, text));
}
