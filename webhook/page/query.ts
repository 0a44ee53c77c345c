/** Queries of the page's scripts to Prometheus, by an allow-list: `GET /page/query`, `/page/query_range`, `/page/labels/NAME/values`, `/page/series`. */

import { Hono } from "hono";
import * as z from "zod";
import { type Asked, MAX_POINTS, prometheusOf } from "./prometheus.ts";
import type { PageContext, PageEnv, PageOptions } from "./view.ts";

const MAX_QUERY_LENGTH = 10_000;
const MAX_MATCHES = 20;

const expr = z.string().min(1).max(MAX_QUERY_LENGTH);
// Until the year 9999: further on Prometheus and the browsers disagree.
const moment = z.coerce.number().min(0).max(253_402_300_799);
const match = z.array(expr).max(MAX_MATCHES).default([]);
const span = { start: moment.optional(), end: moment.optional() };
const isForward = ({ start = 0, end = Infinity }: { start?: number; end?: number }) => end >= start;
const FORWARD = { path: ["end"], error: "expected not to be before start" };

const query = z.strictObject({ expr, time: moment.optional() });
const queryRange = z.strictObject({
  expr,
  start: moment,
  end: moment,
  step: z.coerce.number().min(0.001).max(366 * 86_400),
}).refine(isForward, FORWARD).refine(({ start, end, step }) => (end - start) / step < MAX_POINTS, {
  path: ["step"],
  error: `expected a larger one: a series may have ${MAX_POINTS} points`,
});
const labelValues = z.strictObject({
  label: z.string().max(128).regex(/^[a-zA-Z_]\w*$/),
  match,
  ...span,
}).refine(isForward, FORWARD);
const series = z.strictObject({ match: match.pipe(z.array(z.string()).min(1)), ...span }).refine(
  isForward,
  FORWARD,
);

/** What answers them: Prometheus's own JSON, or `{"error": …}`. Nothing else of Prometheus can be reached. */
export function createQueries(options: Pick<PageOptions, "page" | "fetch" | "redact">): Hono<PageEnv> {
  const app = new Hono<PageEnv>();
  const ask = prometheusOf(options);

  async function answer<Given>(c: PageContext, schema: z.ZodType<Given>, asked: (given: Given) => Asked) {
    c.header("cache-control", "no-store");
    c.header("x-content-type-options", "nosniff");
    const parsed = schema.safeParse(given(c));
    if (!parsed.success) return c.json({ error: faultOf(parsed.error) }, 400);
    const answered = await ask(asked(parsed.data));
    if (!answered.ok) return c.json({ error: answered.error }, answered.status);
    return c.body(answered.text, 200, { "content-type": "application/json" });
  }

  app.get("/page/query", (c) => answer(c, query, ({ expr, time }) => ({ path: "query", query: expr, time })));
  app.get(
    "/page/query_range",
    (c) => answer(c, queryRange, ({ expr, ...range }) => ({ path: "query_range", query: expr, ...range })),
  );
  app.get(
    "/page/labels/:label/values",
    (c) => answer(c, labelValues, (asked) => ({ path: "label_values", ...asked })),
  );
  app.get("/page/series", (c) => answer(c, series, (asked) => ({ path: "series", ...asked })));
  for (const path of ["query", "query_range", "labels/:label/values", "series"]) {
    app.all(
      `/page/${path}`,
      (c) => c.json({ error: "Method not allowed: use GET" }, 405, { allow: "GET, HEAD" }),
    );
  }
  return app;
}

/** Parameters of path and query; a name that came twice has both values, which only `match` may. */
function given(c: PageContext): Record<string, unknown> {
  const { match = [], "match[]": matches = [], ...others } = c.req.queries();
  const single = Object.entries(others).map((
    [name, values],
  ) => [name, values.length > 1 ? values : values[0]]);
  const series = [...match, ...matches];
  return { ...Object.fromEntries(single), ...(series.length > 0 && { match: series }), ...c.req.param() };
}

function faultOf({ issues: [issue] }: z.ZodError): string {
  const { path, message } = issue!;
  return path.length === 0
    ? `Cannot read the query: ${message}`
    : `Cannot read "${path.join(".")}": ${message}`;
}
