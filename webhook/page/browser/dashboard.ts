/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** A dashboard in the browser: its curves, its controls without a reload, zoom, refresh. What is shown stands in the address. */

import type { Locale } from "../../../lib/text.ts";
import { type Curve, curvesOf, type Grid, type PanelModel, type RangeAnswer, timesOf } from "./curves.ts";
import { element } from "./element.ts";
import { drawGraph, type Graph } from "./graph.ts";
import { thresholdLines } from "../dashboards/field.ts";
import { readLines } from "./lines.ts";
import { drawSpark, drawTimeline } from "./timeline.ts";

const MOST_CURVES = 50;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600 };

interface DashboardWords {
  readonly loading: string;
  readonly cannotLoad: string;
  readonly none: string;
  readonly tooMany: string;
}

type DataLine =
  | Grid
  | { readonly panel: number; readonly ref: string; readonly answer: RangeAnswer }
  | { readonly panel: number; readonly ref: string; readonly error: string }
  | { readonly done: true };

const graphs = new Map<HTMLElement, Graph>();
let loading = new AbortController();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Brings the dashboard of this page to life, when there is one. */
export function startDashboard(): void {
  if (!view()) return;
  addEventListener("popstate", () => void show(location.href));
  document.addEventListener("visibilitychange", () => document.hidden || schedule());
  document.addEventListener("click", closeOthers);
  document.addEventListener("keydown", (event) => event.key === "Escape" && closeOthers(event));
  begin();
}

function view(): HTMLElement | null {
  return document.getElementById("dashboard");
}

function begin(): void {
  const root = view()!;
  for (const form of root.querySelectorAll("form")) listen(form);
  root.addEventListener("click", followHere);
  for (const row of root.querySelectorAll<HTMLDetailsElement>("details.panel-row")) {
    row.addEventListener("toggle", () => row.open && void load(sectionsIn(row)));
  }
  void load(sectionsIn(root));
  schedule();
}

/** Panels that are drawn here and can be seen. */
function sectionsIn(parent: HTMLElement): HTMLElement[] {
  return [...parent.querySelectorAll<HTMLElement>("section[data-panel]")]
    .filter((section) => section.closest<HTMLDetailsElement>("details.panel-row")?.open ?? true);
}

function words(): DashboardWords {
  return JSON.parse(view()!.dataset.words!);
}

function locale(): Locale {
  return view()!.dataset.locale as Locale;
}

async function load(sections: readonly HTMLElement[], isAgain = false): Promise<void> {
  if (sections.length === 0) return;
  const { signal } = loading;
  const panels = new Map(sections.map((section) => {
    const model = JSON.parse(section.dataset.panel!) as PanelModel;
    return [model.id, {
      section,
      model,
      answers: new Map<string, RangeAnswer>(),
      left: model.targets.length,
      error: "",
    }];
  }));
  for (const { section } of panels.values()) {
    section.setAttribute("aria-busy", "true");
    const body = bodyOf(section);
    if (!isAgain && body.childElementCount === 0) {
      body.append(element("p", { class: "panel-note" }, words().loading));
    }
  }
  const address = new URL(location.href);
  address.pathname += "/data";
  address.searchParams.set("panels", [...panels.keys()].join(","));
  address.searchParams.set("points", String(Math.round(bodyOf(sections[0]!).clientWidth)));
  let grid: Grid | undefined;
  try {
    for await (const line of readLines<DataLine>(address, signal)) {
      if ("step" in line) grid = line;
      if (!("panel" in line)) continue;
      const panel = panels.get(line.panel)!;
      if ("answer" in line) panel.answers.set(line.ref, line.answer);
      else panel.error = line.error;
      if (--panel.left > 0) continue;
      draw(panel.section, panel.model, grid!, panel.answers, panel.error);
      panels.delete(line.panel);
    }
  } catch (error) {
    if (signal.aborted) return;
    const text = `${words().cannotLoad}: ${error instanceof Error ? error.message : error}`;
    for (const { section } of panels.values()) say(section, text, true);
  }
}

function draw(
  section: HTMLElement,
  model: PanelModel,
  grid: Grid,
  answers: ReadonlyMap<string, RangeAnswer>,
  error: string,
): void {
  section.removeAttribute("aria-busy");
  const all = curvesOf(model, answers, grid);
  const body = bodyOf(section);
  if (model.kind === "stat") return drawSpark(body, all);
  if (all.length === 0) return say(section, error || model.field.noValue || words().none, error !== "");
  const times = timesOf(grid);
  const more = (count: number) => words().tooMany.replace("#", String(count));
  if (model.kind === "timeline") return drawTimeline(body, model.title, times, all, locale(), more);
  let graph = graphs.get(body);
  if (!graph) {
    const { unit, min, max } = model.field;
    graph = drawGraph(body, {
      title: model.title,
      unit,
      min,
      max,
      locale: locale(),
      legend: model.legendShown,
      onZoom: (from, to) =>
        go({ from: String(Math.round(from * 1_000)), to: String(Math.round(to * 1_000)) }),
      onZoomOut: () => history.state?.zoomed && history.back(),
    });
    graphs.set(body, graph);
  }
  const curves = drawable(all);
  graph.update({ times, curves, lines: model.field.thresholdLines ? thresholdLines(model.field) : [] });
  body.querySelector(":scope > .left")?.remove();
  const left = all.length - curves.length;
  if (left > 0) body.append(element("p", { class: "panel-note left" }, more(left)));
}

/** As many curves as a reader can tell apart: the largest. */
function drawable(curves: readonly Curve[]): readonly Curve[] {
  if (curves.length <= MOST_CURVES) return curves;
  const largest = (curve: Curve) =>
    curve.values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
  const kept = new Set(
    curves.map((curve) => ({ curve, size: largest(curve) }))
      .sort((a, b) => b.size - a.size).slice(0, MOST_CURVES).map(({ curve }) => curve),
  );
  return curves.filter((curve) => kept.has(curve));
}

function say(section: HTMLElement, text: string, isError: boolean): void {
  section.removeAttribute("aria-busy");
  const body = bodyOf(section);
  graphs.get(body)?.destroy();
  graphs.delete(body);
  body.replaceChildren(element("p", { class: isError ? "panel-note error" : "panel-note" }, text));
}

function bodyOf(section: HTMLElement): HTMLElement {
  return section.querySelector<HTMLElement>(".chart-body")!;
}

/** Shows the dashboard with other parameters, and puts them into the address. */
function go(parameters: Readonly<Record<string, string>>): void {
  const address = new URL(location.href);
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  visit(address, { zoomed: true });
}

function visit(address: URL, state: unknown = null): void {
  history.pushState(state, "", address);
  void show(address.href);
}

/** Fetches what the server knows of the page at `address`, and takes it over; curves stay until their data is there. */
async function show(address: string): Promise<void> {
  loading.abort();
  loading = new AbortController();
  const { signal } = loading;
  view()!.setAttribute("aria-busy", "true");
  try {
    const fetched = (await fetchDocument(address, signal)).getElementById("dashboard");
    // Signed out, or gone: the page itself says so.
    if (!fetched) return location.assign(address);
    replace(view()!, document.importNode(fetched, true));
    begin();
  } catch (error) {
    if (signal.aborted) return;
    view()!.removeAttribute("aria-busy");
    view()!.prepend(element("p", { class: "notice", role: "alert" }, `${words().cannotLoad}: ${error}`));
  }
}

function replace(old: HTMLElement, made: HTMLElement): void {
  const focused = document.activeElement?.id;
  for (const row of made.querySelectorAll<HTMLDetailsElement>("details.panel-row")) {
    const before = old.querySelector<HTMLDetailsElement>(`details[data-row="${row.dataset.row}"]`);
    if (before) row.open = before.open;
  }
  for (const section of made.querySelectorAll<HTMLElement>("section[data-panel]")) {
    const before = old.querySelector<HTMLElement>(`[id="${section.id}"]`);
    if (section.dataset.kind === "stat" || before?.dataset.panel !== section.dataset.panel) continue;
    bodyOf(section).replaceWith(bodyOf(before!));
  }
  old.replaceWith(made);
  for (const [body, graph] of graphs) {
    if (body.isConnected) continue;
    graph.destroy();
    graphs.delete(body);
  }
  if (focused) document.getElementById(focused)?.focus();
}

/** Reads values and curves again; what the reader does with the controls meanwhile stays. */
async function refresh(): Promise<void> {
  const { signal } = loading;
  try {
    const fetched = (await fetchDocument(location.href, signal)).getElementById("dashboard");
    if (signal.aborted || !fetched) return;
    for (const section of fetched.querySelectorAll<HTMLElement>("section.chart-panel:not([data-panel])")) {
      const body = section.querySelector(".chart-body");
      const old = document.getElementById(section.id)?.querySelector(".chart-body");
      if (body && old) old.replaceWith(document.importNode(body, true));
    }
  } catch (error) {
    // The curves say it in their places; the values stay as they were.
    if (!signal.aborted) console.warn(error);
  }
  await load(sectionsIn(view()!), true);
}

function schedule(): void {
  clearTimeout(timer);
  const select = view()?.querySelector<HTMLSelectElement>("select[data-refresh]");
  const [, count, unit = ""] = /^(\d+)([smh])$/.exec(select?.value ?? "") ?? [];
  const seconds = Number(count) * (SECONDS[unit] ?? NaN);
  if (!(seconds > 0)) return;
  timer = setTimeout(() => {
    // A page that nobody sees asks for nothing; it catches up when it is seen.
    if (document.hidden) return;
    void refresh().finally(schedule);
  }, seconds * 1_000);
}

/** A page as a document; unlike a parser's, its source is the server and never a text. */
function fetchDocument(address: string, signal: AbortSignal): Promise<Document> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.responseType = "document";
    request.open("GET", address);
    request.onload = () => {
      const { response, status } = request;
      if (response instanceof Document) resolve(response);
      else reject(new Error(`HTTP ${status}`));
    };
    request.onerror = () => reject(new Error(request.statusText || "network"));
    request.onabort = () => reject(signal.reason);
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send();
  });
}

function listen(form: HTMLFormElement): void {
  let isChanged = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(form);
  });
  form.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLSelectElement) submit(form);
    if (!(target instanceof HTMLInputElement) || target.type !== "checkbox") return;
    isChanged = true;
    exclude(form, target);
  });
  for (const choice of form.querySelectorAll<HTMLDetailsElement>("details.choice")) {
    choice.addEventListener("toggle", () => {
      if (!choice.open && isChanged) submit(form);
    });
  }
}

/** All excludes the others, and they it. */
function exclude(form: HTMLFormElement, changed: HTMLInputElement): void {
  const same = [...form.querySelectorAll<HTMLInputElement>(`input[name="${CSS.escape(changed.name)}"]`)];
  if (!changed.checked) return;
  for (const other of same) {
    if (other !== changed && (changed.dataset.all !== undefined || other.dataset.all !== undefined)) {
      other.checked = false;
    }
  }
}

function submit(form: HTMLFormElement): void {
  const address = new URL(form.action);
  const given = new FormData(form);
  const range = given.get("range");
  for (const [name, value] of given) {
    if (typeof value !== "string" || name === "range") continue;
    if (range && (name === "from" || name === "to")) continue;
    address.searchParams.append(name, value);
  }
  if (typeof range === "string" && range !== "") {
    address.searchParams.set("from", range);
    address.searchParams.set("to", "now");
  }
  visit(address);
}

/** Links to the same dashboard are followed without a reload. */
function followHere(event: MouseEvent): void {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || link.target !== "" || link.pathname !== location.pathname || link.search === "") return;
  event.preventDefault();
  visit(new URL(link.href));
}

function closeOthers({ target, type }: Event): void {
  const open = document.querySelectorAll<HTMLDetailsElement>(
    "#dashboard details:is(.choice, .custom-range, .about)[open]",
  );
  for (const each of open) {
    if (type === "keydown" || !(target instanceof Node && each.contains(target))) each.open = false;
  }
}
