/** `/dashboards`: the stack's own dashboards, drawn of the same files that Grafana gets. */

import { Hono } from "hono";
import { formatDuration } from "../../../lib/units.ts";
import { shell } from "../layout.tsx";
import { type AskPrometheus, prometheusOf } from "../prometheus.ts";
import type { PageContext, PageEnv, PageOptions } from "../view.ts";
import { spanSeconds } from "./controls.tsx";
import { loadDashboard, loadDashboards } from "./load.ts";
import type { Panel } from "./model.ts";
import { type Grid, gridOf, type Range, readRange } from "./range.ts";
import { type Answers, samplesOf } from "./readings.ts";
import { type Choice, fillQuery, readChoices } from "./variables.ts";
import { DashboardView, isDrawn, ListView } from "./view.tsx";
import { WORDS } from "./words.ts";

const POINTS = { least: 50, usual: 400, most: 2_000 };
const DATA_TYPE = "application/x-ndjson";

/** The list, each dashboard, and the data of its curves. */
export function createDashboards(options: PageOptions): Hono<PageEnv> {
  const app = new Hono<PageEnv>();
  const ask = prometheusOf(options);
  const scrape = () => options.page().prometheus?.scrapeSeconds ?? 15;

  app.get("/dashboards", async (c) => {
    const locale = c.var.visitor.language;
    const found = await loadDashboards(options.directory());
    return await shell(c, {
      title: WORDS[locale].title,
      current: "dashboards",
      children: <ListView {...found} locale={locale} />,
    });
  });

  app.get("/dashboards/:uid", async (c) => {
    const dashboard = await loadDashboard(options.directory(), c.req.param("uid"));
    if (!dashboard) return await unknown(c);
    const asked = new URL(c.req.url).searchParams;
    const now = options.now();
    const { isRead, ...range } = readRange(asked, dashboard, now);
    const choices = await readChoices(dashboard, asked, range, ask);
    const withCurves = asked.get("values") === "1";
    const panels = dashboard.rows.flatMap(({ panels }) => panels)
      .filter((panel) => withCurves || panel.kind !== "graph" && panel.kind !== "timeline");
    const grid = gridOf(range, POINTS.usual, scrape());
    const answers = await answersOf(panels, { choices, grid, range }, ask, scrape());
    const refresh = asked.get("refresh") ?? shortRefresh(dashboard.refresh);
    return await shell(c, {
      title: dashboard.title,
      current: "dashboards",
      scripts: ["charts.js"],
      children: (
        <DashboardView
          dashboard={dashboard}
          context={{ range, choices }}
          answers={answers}
          locale={c.var.visitor.language}
          now={now}
          refresh={spanSeconds(refresh) === undefined ? "" : refresh}
          isRangeRead={isRead}
          hasAllValues={withCurves}
          grafana={options.page().urls.grafana}
        />
      ),
    });
  });

  app.get("/dashboards/:uid/data", async (c) => {
    c.header("cache-control", "no-store");
    const dashboard = await loadDashboard(options.directory(), c.req.param("uid"));
    if (!dashboard) return c.json({ error: "There is no such dashboard" }, 404);
    const asked = new URL(c.req.url).searchParams;
    const range = readRange(asked, dashboard, options.now());
    const choices = await readChoices(dashboard, asked, range, ask);
    const points = Math.min(Math.max(Number(asked.get("points")) || POINTS.usual, POINTS.least), POINTS.most);
    const grid = gridOf(range, points, scrape());
    const wanted = new Set((asked.get("panels") ?? "").split(",").map(Number));
    const panels = dashboard.rows.flatMap(({ panels }) => panels)
      .filter((panel) => isDrawn(panel) && wanted.has(panel.id));
    const body = dataStream(panels, { choices, grid, range }, ask, scrape());
    return c.body(body, 200, { "content-type": DATA_TYPE, "x-content-type-options": "nosniff" });
  });
  return app;
}

/** What queries are filled in with. */
interface Filling {
  readonly choices: readonly Choice[];
  readonly grid: Grid;
  readonly range: Range;
}

/** The newest values of panels, all asked for at once. */
async function answersOf(
  panels: readonly Panel[],
  filling: Filling,
  ask: AskPrometheus,
  scrape: number,
): Promise<Map<number, Answers>> {
  const time = filling.range.to / 1_000;
  const all = panels.map(async (panel) => {
    const answers = await Promise.all(
      panel.targets.map(({ expr }) => ask({ path: "query", query: filled(expr, filling, scrape), time })),
    );
    return [panel.id, samplesOf(panel.targets, answers)] as const;
  });
  return new Map(await Promise.all(all));
}

/**
 * The curves of panels, a line of JSON each query as it is answered: `{"panel", "ref", "answer"}` with Prometheus's own JSON, or `{"panel",
 * "ref", "error"}`. The first says the grid, the last that all were answered.
 */
function dataStream(
  panels: readonly Panel[],
  filling: Filling,
  ask: AskPrometheus,
  scrape: number,
): ReadableStream<Uint8Array> {
  const gone = new AbortController();
  const encoder = new TextEncoder();
  return new ReadableStream({
    async start(controller) {
      const say = (line: string) => {
        if (!gone.signal.aborted) controller.enqueue(encoder.encode(`${line}\n`));
      };
      say(JSON.stringify(filling.grid));
      const { start, end, step } = filling.grid;
      const all = panels.flatMap(({ id, targets }) =>
        targets.map(async ({ refId, expr }) => {
          const query = filled(expr, filling, scrape);
          const answered = await ask({ path: "query_range", query, start, end, step }, gone.signal);
          const head = `{"panel":${id},"ref":${JSON.stringify(refId)}`;
          // Prometheus's answer is one line of JSON: parsing it here would only cost.
          say(
            answered.ok
              ? `${head},"answer":${answered.text.trim()}}`
              : `${head},"error":${JSON.stringify(answered.error)}}`,
          );
        })
      );
      await Promise.all(all);
      say('{"done":true}');
      if (!gone.signal.aborted) controller.close();
    },
    cancel: () => gone.abort(),
  });
}

function filled(expr: string, { choices, grid, range }: Filling, scrape: number): string {
  const span = Math.max(Math.round((range.to - range.from) / 1_000), 1);
  const rate = Math.max(grid.step + scrape, 4 * scrape);
  return fillQuery(expr, choices, {
    __interval: duration(grid.step),
    __interval_ms: String(grid.step * 1_000),
    __rate_interval: duration(rate),
    __rate_interval_ms: String(rate * 1_000),
    __range: `${span}s`,
    __range_s: String(span),
    __range_ms: String(span * 1_000),
  });
}

function duration(seconds: number): string {
  return formatDuration(Math.round(seconds * 1_000));
}

/** Grafana's `60s` as the choices have it: `1m`. */
function shortRefresh(refresh: string): string {
  const seconds = spanSeconds(refresh);
  return seconds !== undefined && seconds >= 60 && seconds % 60 === 0 ? `${seconds / 60}m` : refresh;
}

function unknown(c: PageContext): Promise<Response> {
  const words = WORDS[c.var.visitor.language];
  return shell(c, {
    title: words.unknown,
    current: "dashboards",
    status: 404,
    children: (
      <section class="panel empty">
        <h1>{words.unknown}</h1>
        <p>{words.unknownText}</p>
        <p>
          <a href="/dashboards">{words.title}</a>
        </p>
      </section>
    ),
  });
}
