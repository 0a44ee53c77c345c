/** The picture of a notification: the graph of what fires, asked of Prometheus and drawn here, in time or not at all. */

import type { Locale } from "../../lib/text.ts";
import type { Picture } from "../channels/mod.ts";
import type { Clock } from "../clock.ts";
import { cleanLine } from "../messages/clean.ts";
import { own } from "../messages/labels.ts";
import { severityOf } from "../messages/severity.ts";
import { type AskPrometheus, prometheusOf, type Series, seriesIn } from "../page/prometheus.ts";
import type { PageConfig } from "../page/schema.ts";
import type { Alert, Notification } from "../payload.ts";
import { type Curve, drawGraph, type Graph } from "./draw.ts";
import { type AlertCurve, curveFromMs, curveOf, readCurves } from "./graph_of.ts";
import { orAborted } from "./or_aborted.ts";
import { createPainter } from "./png.ts";
import { type Subject, subjectOf } from "./subject.ts";

/** What pictures are made with. */
export interface PicturesOptions {
  readonly page: () => PageConfig;
  /** Directory of webhook.json, with `graphs.json`; undefined without such a file. */
  readonly directory: () => string | undefined;
  readonly locale: () => Locale;
  readonly timezone: () => string | undefined;
  readonly clock: Clock;
  /** The web's `fetch`, for Prometheus. */
  readonly fetch: typeof fetch;
  readonly redact: (text: string) => string;
}

/** Why there is no picture. `no_graph`: nothing says what to draw. `no_data`: Prometheus has nothing to draw. */
export type Missing = "no_graph" | "no_data" | "late" | "failed";

/** A picture, or why there is none; `reason` is one line for the operator. */
export type Drawn = { readonly picture: Picture } | { readonly missing: Missing; readonly reason: string };

/** Makes pictures. */
export interface Pictures {
  /**
   * The picture of what fires in `notification`. It never throws.
   *
   * @param budgetMs When there is none by then, there is none.
   */
  draw(notification: Notification, budgetMs: number, signal: AbortSignal): Promise<Drawn>;
  /** Ends what is being drawn. */
  stop(): void;
}

/** Points of a curve: more do not fit into the picture's width. */
const POINTS = 240;

/** What makes pictures. Nothing is loaded or asked before the first one. */
export function createPictures(options: PicturesOptions): Pictures {
  const { clock } = options;
  const ask = prometheusOf(options);
  const painter = createPainter(clock);
  return {
    async draw(notification, budgetMs, given) {
      const ending = new AbortController();
      const { signal } = ending;
      let isLate = false;
      const cancel = clock.after(budgetMs, () => {
        isLate = true;
        ending.abort();
      });
      const end = () => ending.abort(given.reason);
      if (given.aborted) end();
      given.addEventListener("abort", end);
      try {
        // Not every step on the way can be ended: whoever waits goes on without it.
        return await orAborted(drawWithin(notification, options, ask, painter.paint, signal), signal);
      } catch (error) {
        if (isLate) return late(budgetMs);
        return { missing: "failed", reason: error instanceof Error ? error.message : String(error) };
      } finally {
        cancel();
        given.removeEventListener("abort", end);
      }
    },
    stop: painter.stop,
  };
}

function late(budgetMs: number): Drawn {
  return { missing: "late", reason: `No picture within ${budgetMs / 1_000} s` };
}

async function drawWithin(
  notification: Notification,
  options: PicturesOptions,
  ask: AskPrometheus,
  paint: (svg: string, signal: AbortSignal) => Promise<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal,
): Promise<Drawn> {
  const subject = subjectOf(notification);
  const curve = subject && curveOf(subject.alert, await readCurves(options.directory()));
  if (subject === undefined || curve === undefined) {
    return { missing: "no_graph", reason: "Nothing says which expression the alert has" };
  }
  const range = rangeOf(subject.alert, options);
  const answered = await ask({ path: "query_range", query: curve.query, ...seconds(range) }, signal);
  signal.throwIfAborted();
  if (!answered.ok) return { missing: "failed", reason: answered.error };
  const series = seriesIn(answered.text);
  if (series === undefined) return { missing: "failed", reason: "Prometheus's answer is not understood" };
  const curves = curvesOf(series, subject.alerts, curve);
  if (!curves.some(({ points }) => points.some(([, value]) => Number.isFinite(value)))) {
    return { missing: "no_data", reason: "Prometheus has no values of the alert's expression" };
  }
  const graph = graphFor(subject, curve, curves, range, options);
  const bytes = await paint(drawGraph(graph), signal);
  const alt = graph.subtitle === "" ? graph.title : `${graph.title}: ${graph.subtitle}`;
  return { picture: { name: fileName(graph.title), bytes, alt } };
}

interface Range {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  readonly startsMs?: number;
}

/** From an hour before the alert until now. */
function rangeOf({ startsAt }: Alert, { clock, page }: PicturesOptions): Range {
  const nowMs = clock.now();
  const startsMs = Date.parse(startsAt) || undefined;
  // A sender's clock may be ahead.
  const beganMs = Math.min(startsMs ?? nowMs, nowMs);
  const fromMs = curveFromMs(beganMs, nowMs);
  const leastMs = (page().prometheus?.scrapeSeconds ?? 15) * 1_000;
  const stepMs = Math.max(Math.ceil((nowMs - fromMs) / POINTS / 1_000) * 1_000, leastMs);
  return { fromMs, toMs: nowMs, stepMs, startsMs };
}

function seconds({ fromMs, toMs, stepMs }: Range) {
  return { start: fromMs / 1_000, end: toMs / 1_000, step: stepMs / 1_000 };
}

/** The curves of the alerts; all that there are when none of them is an alert's own. */
function curvesOf(
  series: readonly Series[],
  alerts: readonly Alert[],
  { operator = "" }: AlertCurve,
): Curve[] {
  const isOwn = ({ metric }: Series) =>
    alerts.some(({ labels }) =>
      Object.entries(metric).every(([name, value]) => name === "__name__" || own(labels, name) === value)
    );
  const theirs = series.filter(isOwn);
  const shown = theirs.length > 0 ? theirs : series;
  const name = namesOf(shown);
  const curves = shown.map((each): Curve => ({
    name: name(each),
    points: (each.values ?? []).map(([at, value]) => [at * 1_000, Number(value)] as const),
  }));
  const sign = operator.startsWith("<") ? -1 : 1;
  return curves.sort((a, b) => sign * (newest(b) - newest(a)) || 0);
}

function newest({ points }: Curve): number {
  return points.findLast(([, value]) => Number.isFinite(value))?.[1] ?? 0;
}

/** What tells a series from the others: the values of its labels, those left out that all have. */
function namesOf(all: readonly Series[]): (series: Series) => string {
  const [first, ...others] = all;
  const isShared = (label: string) =>
    others.length > 0 && others.every(({ metric }) => own(metric, label) === own(first!.metric, label));
  return ({ metric }) => {
    const labels = Object.keys(metric).filter((label) =>
      label !== "__name__" && label !== "job" && !isShared(label)
    );
    return labels.sort().map((label) => cleanLine(metric[label]!)).join(" · ") ||
      (own(metric, "instance") ?? own(metric, "job") ?? own(metric, "__name__") ?? "");
  };
}

function graphFor(
  { alert, alerts }: Subject,
  { operator, threshold, unit = "" }: AlertCurve,
  curves: readonly Curve[],
  range: Range,
  { locale, timezone }: PicturesOptions,
): Graph {
  return {
    ...range,
    title: cleanLine(own(alert.labels, "alertname") ?? "") || "–",
    // What is said of one of several is not true of the others.
    subtitle: alerts.length === 1 ? cleanLine(own(alert.annotations, "summary") ?? "") : "",
    severity: severityOf(own(alert.labels, "severity")),
    curves,
    operator,
    threshold,
    unit,
    locale: locale(),
    timezone: timezone(),
  };
}

/** A file name that is one everywhere. */
function fileName(title: string): string {
  return `${title.replace(/[^A-Za-z0-9_-]+/g, "").slice(0, 60) || "alert"}.png`;
}
