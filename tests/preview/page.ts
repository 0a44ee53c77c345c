/** A dashboard as an HTML page: where its panels lie and what is in them, near enough to Grafana to be judged by eye. */

import type { Dashboard, Panel, RowPanel } from "@grafana/grafana-foundation-sdk/dashboard";
import { panelsOf } from "../../grafana/queries.ts";
import { formatted } from "./units.ts";

/** One series of one query: its name, its labels, and its values over time (one for a query of now). */
export interface Series {
  readonly refId: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [seconds: number, value: number])[];
}

/** The series of each panel, by the panel's id. */
export type Data = ReadonlyMap<number, readonly Series[]>;

const UNIT_PX = 38;
const WIDTH_PX = 1366;
const PALETTE = ["#73bf69", "#f2cc0c", "#5794f2", "#ff9830", "#f2495c", "#b877d9", "#8ab8ff", "#fade2a"];
const COLORS: Readonly<Record<string, string>> = {
  green: "#56a64b",
  orange: "#ff780a",
  red: "#e02f44",
  blue: "#3274d9",
  gray: "#8e8e8e",
};

/** Pixels of a dashboard from top to bottom, its closed rows left closed. */
export function heightOf(dashboard: Dashboard): number {
  return Math.max(...openPanels(dashboard).map(({ gridPos }) => (gridPos!.y + gridPos!.h) * UNIT_PX));
}

function openPanels(dashboard: Dashboard): (Panel | RowPanel)[] {
  return panelsOf(dashboard).filter(({ path }) => path.length === 2).map(({ panel }) => panel);
}

/** The page of a dashboard, its closed rows left closed. */
export function pageOf(dashboard: Dashboard, data: Data, theme: "light" | "dark"): string {
  const [back, box, text] = theme === "light"
    ? ["#f4f5f5", "#fff", "#24292e"]
    : ["#111217", "#181b1f", "#ccccdc"];
  const shown = openPanels(dashboard);
  const height = heightOf(dashboard);
  return `<!doctype html><meta charset="utf-8"><title>${escaped(dashboard.title ?? "")}</title><style>
body{margin:0;background:${back};color:${text};font:12px sans-serif;position:relative;width:${WIDTH_PX}px;height:${height}px}
section{position:absolute;box-sizing:border-box;background:${box};border:1px solid #8884;overflow:hidden;padding:4px 8px}
h2{font-size:12px;margin:0 0 4px;white-space:nowrap}.row{background:none;border:0;font-size:16px}.big{font-size:32px}
table{border-collapse:collapse;width:100%}td,th{text-align:left;border-bottom:1px solid #8883;padding:3px}
.none{text-align:center;opacity:.6;padding-top:12%}.legend{font-size:10px;opacity:.8}
</style>${shown.map((panel) => sectionOf(panel, data)).join("\n")}`;
}

function sectionOf(panel: Panel | RowPanel, data: Data): string {
  const { x, y, w, h } = panel.gridPos!;
  const px = [x * WIDTH_PX / 24 + 4, y * UNIT_PX, w * WIDTH_PX / 24 - 8, h * UNIT_PX - 8] as const;
  const [left, top, width, height] = px.map(Math.round) as [number, number, number, number];
  const place = `style="left:${left}px;top:${top}px;width:${width}px;height:${height}px"`;
  const title = escaped(panel.title ?? "");
  if (panel.type === "row") {
    return `<section class="row" ${place}>${(panel as RowPanel).collapsed ? "▸" : "▾"} ${title}</section>`;
  }
  const series = data.get(panel.id!) ?? [];
  const { noValue = "" } = (panel as Panel).fieldConfig!.defaults;
  const content = series.length === 0
    ? `<div class="none">${escaped(noValue)}</div>`
    : contentOf(panel as Panel, series, width - 16, height - 50);
  return `<section ${place}><h2>${title}</h2>${content}</section>`;
}

function contentOf(panel: Panel, series: readonly Series[], width: number, height: number): string {
  const { unit = "", decimals } = panel.fieldConfig!.defaults;
  const newest = ({ values }: Series) => values.at(-1)![1];
  switch (panel.type) {
    case "stat":
      return series.slice(0, 3).map((one) => {
        const text = panel.options.textMode === "name"
          ? one.name
          : shownValue(panel, newest(one), unit, decimals);
        const name = panel.options.textMode === "value_and_name"
          ? `<small>${escaped(one.name)}</small> `
          : "";
        return `<div class="big" style="color:${colorAt(panel, newest(one))}">${name}${escaped(text)}</div>`;
      }).join("");
    case "bargauge":
      return series.map((one) => {
        const share = Math.min(
          100,
          100 * newest(one) / (panel.fieldConfig!.defaults.max ?? Math.max(...series.map(newest))),
        );
        return `<div>${escaped(one.name)} ${escaped(formatted(newest(one), unit, decimals))}
<div style="height:14px;width:${share}%;background:${colorAt(panel, newest(one))}"></div></div>`;
      }).join("");
    case "table":
      return tableOf(panel, series);
    case "state-timeline":
      return timelineOf(panel, series, width);
    default:
      return graphOf(panel, series, width, height);
  }
}

function tableOf(panel: Panel, series: readonly Series[]): string {
  const { renameByName } = panel.transformations!.find(({ id }) => id === "organize")!.options;
  const names = Object.keys(renameByName);
  const refs = (panel.targets as unknown as { refId: string }[]).map(({ refId }) => refId);
  const labels = names.filter((name) => !name.startsWith("Value"));
  const rows = Map.groupBy(series, (one) => JSON.stringify(labels.map((label) => one.labels[label] ?? "")));
  const cells = [...rows].map(([key, members]) => [
    ...(JSON.parse(key) as string[]),
    ...refs.map((ref, i) => {
      const value = members.find(({ refId }) => refId === ref)?.values.at(-1)?.[1];
      const unit = panel.fieldConfig!.overrides.find(({ matcher }) =>
        matcher.options === renameByName[refs.length === 1 ? "Value" : `Value #${refs[i]}`]
      )?.properties.find(({ id }) => id === "unit")?.value;
      return value === undefined ? "" : formatted(value, String(unit ?? ""), undefined);
    }),
  ]);
  const line = (tag: string, texts: readonly string[]) =>
    `<tr>${texts.map((text) => `<${tag}>${escaped(text)}</${tag}>`).join("")}</tr>`;
  return `<table>${line("th", names.map((name) => renameByName[name]))}${
    cells.map((row) => line("td", row)).join("")
  }</table>`;
}

function timelineOf(panel: Panel, series: readonly Series[], width: number): string {
  const mapped = panel.fieldConfig!.defaults.mappings![0]!.options as Record<string, { color: string }>;
  const times = series.flatMap(({ values }) => values.map(([at]) => at));
  const [first, last] = [Math.min(...times), Math.max(...times, Math.min(...times) + 1)];
  return series.slice(0, 20).map(({ name, values }) => {
    const boxes = values.map(([at, value]) =>
      `<rect x="${(at - first) / (last - first) * (width - 250)}" width="${
        (width - 250) / values.length + 1
      }" height="12" fill="${COLORS[mapped[String(value)]?.color ?? "gray"]}"/>`
    );
    return `<div><span style="display:inline-block;width:240px;overflow:hidden;height:12px">${
      escaped(name)
    }</span><svg width="${width - 250}" height="12">${boxes.join("")}</svg></div>`;
  }).join("");
}

function graphOf(panel: Panel, series: readonly Series[], width: number, height: number): string {
  const { unit = "", min, max } = panel.fieldConfig!.defaults;
  const times = series.flatMap(({ values }) => values.map(([at]) => at));
  const values = series.flatMap(({ values }) => values.map(([, value]) => value)).filter(Number.isFinite);
  const [low, high] = [min ?? Math.min(0, ...values), max ?? Math.max(...values, 1e-9)];
  const [first, last] = [Math.min(...times), Math.max(...times, Math.min(...times) + 1)];
  const at = (time: number, value: number) =>
    `${(width * (time - first) / (last - first)).toFixed(1)},${
      (height * (1 - (value - low) / (high - low))).toFixed(1)
    }`;
  const lines = series.map(({ values }, i) =>
    `<polyline fill="none" stroke="${PALETTE[i % PALETTE.length]}" points="${
      values.filter(([, value]) => Number.isFinite(value)).map(([time, value]) => at(time, value)).join(" ")
    }"/>`
  );
  const limits = panel.fieldConfig!.defaults.thresholds!.steps.filter(({ value }) => value !== null).map((
    { value, color },
  ) =>
    `<polyline stroke-dasharray="8 6" stroke="${COLORS[color]}" points="${at(first, value!)} ${
      at(last, value!)
    }"/>`
  );
  const names = series.slice(0, 12).map(({ name }, i) =>
    `<span style="color:${PALETTE[i % PALETTE.length]}">■</span> ${escaped(name)}`
  );
  return `<svg width="${width}" height="${height}">${lines.join("")}${limits.join("")}</svg>
<div class="legend">${escaped(formatted(low, unit, undefined))} – ${
    escaped(formatted(high, unit, undefined))
  } &nbsp; ${names.join(" ")}</div>`;
}

function shownValue(panel: Panel, value: number, unit: string, decimals: number | undefined): string {
  for (const mapping of panel.fieldConfig!.defaults.mappings ?? []) {
    const named = (mapping.options as Record<string, { text?: string }>)[String(value)];
    if (named?.text !== undefined) return named.text;
  }
  return formatted(value, unit, decimals);
}

function colorAt(panel: Panel, value: number): string {
  const { steps } = panel.fieldConfig!.defaults.thresholds!;
  return COLORS[steps.findLast((step) => step.value === null || step.value <= value)!.color]!;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
