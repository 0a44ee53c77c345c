/** Every query of the rendered dashboards, as Prometheus would get it. */

import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Files } from "../lib/files.ts";
import { durationMs, formatDuration } from "../lib/units.ts";
import { fromYaml } from "../lib/yaml.ts";
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

/** The queries of a dashboard's panels, as they are written. */
export function queriesOf(dashboard: Dashboard): { panel: string; refId: string; expr: string }[] {
  return (dashboard.panels ?? []).flatMap((panel) =>
    ("targets" in panel ? panel.targets ?? [] : []).flatMap((target) => {
      const { expr, refId = "" } = target as { expr?: unknown; refId?: string };
      return typeof expr === "string" ? [{ panel: panel.title ?? "", refId, expr }] : [];
    })
  );
}

/**
 * What puts values in place of a dashboard's variables and Grafana's macros. An unknown name stays, as Grafana leaves it.
 *
 * Source: `packages/grafana-prometheus/src/datasource.ts` of Grafana.
 *
 * @param scrapeIntervalMs Milliseconds between two scrapes.
 */
export function filler(dashboard: Dashboard, scrapeIntervalMs: number): (expr: string) => string {
  const rangeMs = 6 * 60 * 60 * 1_000;
  const values: Record<string, string> = {
    __interval: formatDuration(scrapeIntervalMs),
    __interval_ms: String(scrapeIntervalMs),
    __rate_interval: formatDuration(4 * scrapeIntervalMs),
    __rate_interval_ms: String(4 * scrapeIntervalMs),
    __range: formatDuration(rangeMs),
    __range_s: String(rangeMs / 1_000),
    __range_ms: String(rangeMs),
  };
  for (const { name } of dashboard.templating?.list ?? []) values[name] = ".*";
  return (expr) => expr.replace(VARIABLE, (whole, ...names) => values[nameIn(names) ?? ""] ?? whole);
}

/** Names of the variables that `text` uses, built-in ones included. */
export function variablesIn(text: string): string[] {
  return [...text.matchAll(VARIABLE)].map(([, ...names]) => nameIn(names)!);
}

/** What finds variables in a text; a fresh one each time, as it keeps its place. */
export function variablePattern(): RegExp {
  return new RegExp(VARIABLE);
}

// `$name`, `[[name]]`, `${name}` and `${name:format}`; a digit after the dollar sign is a group of label_replace.
const VARIABLE = /\$([a-zA-Z_]\w*)|\[\[(\w+?)(?::\w+)?\]\]|\$\{(\w+)(?:\.[^:}]+)?(?::[^}]+)?\}/g;

function nameIn(groups: unknown[]): string | undefined {
  return groups.slice(0, 3).find((group) => group !== undefined) as string | undefined;
}

/** A provisioned datasource, as far as it matters here. */
export interface Datasource {
  readonly uid: string;
  readonly type: string;
  readonly jsonData?: { readonly timeInterval?: string };
}

/** Milliseconds between two scrapes, as the Prometheus datasource is told; 15 000, Grafana's own default, without it. */
export function scrapeIntervalMsOf(files: Files): number {
  const interval = datasourcesIn(files).find(({ uid }) => uid === PROMETHEUS.uid)?.jsonData?.timeInterval;
  return interval === undefined ? 15_000 : durationMs(interval);
}

/** The datasources that `files` provisions. */
export function datasourcesIn(files: Files): Datasource[] {
  const text = files.get(DATASOURCES_FILE);
  return text === undefined ? [] : (fromYaml(text) as { datasources: Datasource[] }).datasources;
}
