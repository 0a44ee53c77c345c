/** Every query of the rendered dashboards, as Prometheus would get it. */

import type { Dashboard, Panel, RowPanel } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Files } from "../lib/files.ts";
import { durationMs, formatDuration } from "../lib/units.ts";
import { fromYaml } from "../lib/yaml.ts";
import { isLimitOfSome } from "./limit_queries.ts";
import { NO_VALUE } from "./panel.ts";
import { DATASOURCES_FILE, PROMETHEUS } from "./provisioning.ts";

/** One query of one panel, with its variables and macros filled in. */
export interface PanelQuery {
  /** The dashboard's uid. */
  readonly dashboard: string;
  /** The panel's title. */
  readonly panel: string;
  /** The query's letter in its panel. */
  readonly refId: string;
  /** PromQL that Prometheus can evaluate. */
  readonly expr: string;
  /** The dashboard's file, relative to the build directory. */
  readonly file: string;
  /** Name of its series, with `{{label}}` for a label's value; `""` where a table shows the labels. */
  readonly legend: string;
  /** Why a stack in good health may have no data for it; undefined when it must have some. */
  readonly absent?: string;
}

/** Everything in `files` that is a dashboard: path and text, in the order of `files`. */
export function dashboardTexts(files: Files): { file: string; text: string }[] {
  return [...files].filter(([path]) => /^grafana\/dashboards\/.+\.json$/.test(path))
    .map(([file, text]) => ({ file, text }));
}

/**
 * Every query of every panel in `files`, in reading order.
 *
 * A variable stands for everything (`.*`): the queries match it as a regular expression. `$__rate_interval` is what Grafana
 * makes of the scrape interval when it is zoomed in fully: four of them.
 *
 * Source: `packages/grafana-prometheus/src/datasource.ts` of Grafana.
 *
 * @throws {SyntaxError} when a dashboard is not JSON.
 */
export function panelQueries(files: Files): PanelQuery[] {
  const scrapeIntervalMs = scrapeIntervalMsOf(files);
  return dashboardTexts(files).flatMap(({ file, text }) => {
    const dashboard: Dashboard = JSON.parse(text);
    const fill = filler(dashboard, scrapeIntervalMs);
    return queriesOf(dashboard).map(({ expr, ...where }) => ({
      dashboard: dashboard.uid ?? "",
      ...where,
      expr: fill(expr),
      file,
    }));
  });
}

/** The panels of a dashboard, those inside collapsed rows too, each with its path in the JSON. */
export function panelsOf(dashboard: Dashboard): { panel: Panel | RowPanel; path: (string | number)[] }[] {
  return (dashboard.panels ?? []).flatMap((panel, i) => [
    { panel, path: ["panels", i] },
    ...("panels" in panel
      ? panel.panels.map((inner, j) => ({ panel: inner, path: ["panels", i, "panels", j] }))
      : []),
  ]);
}

/** The queries of a dashboard's panels, as they are written. */
function queriesOf(
  dashboard: Dashboard,
): Pick<PanelQuery, "panel" | "refId" | "expr" | "legend" | "absent">[] {
  return panelsOf(dashboard).flatMap(({ panel }) => {
    if (!("targets" in panel)) return [];
    const whyEmpty = absentIn(panel);
    return (panel.targets ?? []).flatMap((target) => {
      const { expr, refId = "", legendFormat: legend = "" } = target as {
        expr?: unknown;
        refId?: string;
        legendFormat?: string;
      };
      if (typeof expr !== "string") return [];
      const absent = isLimitOfSome(expr) ? "nothing that is shown follows this limit" : whyEmpty;
      return [{ panel: panel.title ?? "", refId, expr, legend, absent }];
    });
  });
}

/** What a panel says when it is empty, unless that is a fault. */
function absentIn({ fieldConfig }: Panel): string | undefined {
  const text = fieldConfig?.defaults.noValue;
  return text === undefined || Object.values(NO_VALUE).includes(text) ? undefined : text;
}

/** What puts values in place of a dashboard's variables and Grafana's macros. An unknown name stays, as Grafana leaves it. */
function filler(dashboard: Dashboard, scrapeIntervalMs: number): (expr: string) => string {
  // The time range that dashboards open with.
  const rangeMs = 6 * 60 * 60 * 1_000;
  const values = new Map([
    ["__interval", formatDuration(scrapeIntervalMs)],
    ["__interval_ms", String(scrapeIntervalMs)],
    ["__rate_interval", formatDuration(4 * scrapeIntervalMs)],
    ["__rate_interval_ms", String(4 * scrapeIntervalMs)],
    ["__range", formatDuration(rangeMs)],
    ["__range_s", String(rangeMs / 1_000)],
    ["__range_ms", String(rangeMs)],
    ...(dashboard.templating?.list ?? []).map(({ name }) => [name, ".*"] as const),
  ]);
  return (expr) => replaceVariables(expr, (name, whole) => values.get(name) ?? whole);
}

// `$name`, `[[name]]`, `${name}` and `${name:format}`; a digit after the dollar sign is a group of label_replace.
const VARIABLE =
  /\$(?<plain>[a-zA-Z_]\w*)|\[\[(?<square>\w+?)(?::\w+)?\]\]|\$\{(?<curly>\w+)(?:\.[^:}]+)?(?::[^}]+)?\}/g;

/** `text` with each use of a variable, a built-in one too, replaced by what `value` gives for it. */
export function replaceVariables(
  text: string,
  value: (name: string, whole: string, offset: number) => string,
): string {
  return text.replace(VARIABLE, (whole, ...rest) => {
    const [offset, , { plain, square, curly }] = rest.slice(-3);
    return value(plain ?? square ?? curly, whole, offset);
  });
}

/** Names of the variables that `text` uses, built-in ones included. */
export function variablesIn(text: string): string[] {
  const names: string[] = [];
  replaceVariables(text, (name, whole) => {
    names.push(name);
    return whole;
  });
  return names;
}

/** A provisioned datasource, as far as it matters here. */
export interface Datasource {
  readonly uid: string;
  readonly type: string;
  readonly jsonData?: { readonly timeInterval?: string };
}

/** Milliseconds between two scrapes, as the Prometheus datasource is told; 15 000, Grafana's own default, without it. */
function scrapeIntervalMsOf(files: Files): number {
  const interval = datasourcesIn(files).find(({ uid }) => uid === PROMETHEUS.uid)?.jsonData?.timeInterval;
  return interval === undefined ? 15_000 : durationMs(interval);
}

/** The datasources that `files` provisions. */
export function datasourcesIn(files: Files): Datasource[] {
  const text = files.get(DATASOURCES_FILE);
  return text === undefined ? [] : (fromYaml(text) as { datasources: Datasource[] }).datasources;
}
