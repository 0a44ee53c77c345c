/** `online/would-fire`: how often the alerts of config.ts would have fired over the last day. */

import { type Check, Skipped } from "../../lib/check.ts";
import { metricOf, parsePromql, selectorsOf } from "../../lib/promql/mod.ts";
import { durationMs } from "../../lib/units.ts";
import { askPrometheus, Unanswered } from "../smoke/http.ts";
import {
  type JudgedAlert,
  keyOf,
  type Rules,
  runningRules,
  type WrittenAlert,
  writtenRules,
} from "./alerts.ts";
import type { OnlineContext } from "./context.ts";
import { type Firing, firingOf } from "./firings.ts";
import { type Judged, noteOf, type Outcome, problemsOf, type Range } from "./outcomes.ts";

const ID = "online/would-fire";
const DAY_S = 86_400;
const MIN_STEP_S = 30;
// Prometheus has other work: no more at once, no more in all, and no longer.
const CONCURRENCY = 4;
const MAX_ALERTS = 1_000;
const DEADLINE_MS = 60_000;
// While Prometheus does not run, no alert is judged; what is absent then is absent for that.
const ALIVE = "count(up)";

/**
 * Evaluates every alert's expression over the last day and applies its `for`, to see a noisy threshold before it is applied. It warns of
 * alerts that are new or changed and would have fired, more often than those that run now, and of any that begins to fire again and again.
 */
export const wouldFireCheck: Check<OnlineContext> = {
  id: ID,
  title: "No alert would have been noise over the last day",
  severity: "warning",
  online: true,
  run: async (context) => (await judgedOf(context)).outcomes.flatMap((outcome) => problemsOf(ID, outcome)),
  note: async (context) => noteOf(await judgedOf(context)),
};

const known = new WeakMap<OnlineContext, Promise<Judged>>();

function judgedOf(context: OnlineContext): Promise<Judged> {
  const judged = known.get(context) ?? judge(context);
  known.set(context, judged);
  return judged;
}

async function judge(context: OnlineContext): Promise<Judged> {
  const written = writtenRules(context.files);
  const to = context.nowMs / 1_000;
  const step = Math.max(durationMs(context.config.evaluation.interval) / 1_000, MIN_STEP_S);
  const last = Math.floor(to / step) * step;
  const day = { from: last - Math.floor(DAY_S / step) * step, to: last, step };
  try {
    const [running, jobs, alive] = await Promise.all([
      runningRules(context),
      askPrometheus<readonly string[]>(context, "/api/v1/label/job/values"),
      matrixOf(context, ALIVE, day),
    ]);
    const range = { ...day, moments: alive.flatMap(({ values = [] }) => values.map(([moment]) => moment)) };
    const deadline = performance.now() + DEADLINE_MS;
    const alerts = written.alerts.filter(({ severity }) => severity !== "none");
    const outcomes = await inTurn(
      alerts.slice(0, MAX_ALERTS),
      (alert) =>
        performance.now() > deadline
          ? Promise.resolve(unjudged(alert, `there was no time left after ${DEADLINE_MS / 1_000} s`))
          : outcomeOf(context, alert, { written, running, jobs: new Set(jobs) }, range),
    );
    const left = alerts.slice(MAX_ALERTS).map((alert) =>
      unjudged(alert, `it is not among the first ${MAX_ALERTS}`)
    );
    return { outcomes: [...outcomes, ...left], range };
  } catch (error) {
    if (error instanceof Unanswered) throw new Skipped(`Prometheus does not answer: ${error.message}`);
    throw error;
  }
}

async function outcomeOf(
  context: OnlineContext,
  alert: WrittenAlert,
  { written, running, jobs }: {
    readonly written: Rules<WrittenAlert>;
    readonly running: Rules<JudgedAlert>;
    /** Names of the jobs that were scraped. */
    readonly jobs: ReadonlySet<string>;
  },
  range: Range,
): Promise<Outcome> {
  const missing = unrecorded(alert.expr, written.recordings, running.recordings);
  if (missing !== undefined) {
    return unjudged(alert, `it needs "${missing}", which is not recorded yet as config.ts says`);
  }
  // That it was absent before it was asked for says nothing.
  const job = jobsIn(alert.expr).find((name) => !jobs.has(name));
  if (job !== undefined) return unjudged(alert, `it needs the job "${job}", which is not scraped yet`);
  const same = running.alerts.filter((each) => keyOf(each) === keyOf(alert));
  const before = same.find((each) => isSame(each, alert)) ?? same[0];
  try {
    const firings = await firingsOf(context, alert, range);
    if (before === undefined) return { alert, firings, than: "new" };
    if (isSame(before, alert)) return { alert, firings, than: "same" };
    return { alert, firings, than: "changed", before: await firingsOf(context, before, range) };
  } catch (error) {
    // One expression that is too dear or is refused leaves the others to be judged.
    if (error instanceof Unanswered) return unjudged(alert, error.message);
    throw error;
  }
}

function isSame(a: JudgedAlert, b: JudgedAlert): boolean {
  return a.expr === b.expr && a.for === b.for && a.keepFiringFor === b.keepFiringFor;
}

function unjudged(alert: WrittenAlert, reason: string): Outcome {
  return { alert, firings: [], than: "same", unjudged: reason };
}

/** A series that `expr` needs and that is recorded otherwise, or not at all; undefined when there is none. */
function unrecorded(
  expr: string,
  wanted: ReadonlyMap<string, string>,
  running: ReadonlyMap<string, string>,
  seen: ReadonlySet<string> = new Set(),
): string | undefined {
  const { expr: tree } = parsePromql(expr);
  if (tree === undefined) return undefined;
  for (const name of selectorsOf(tree).flatMap((selector) => metricOf(selector) ?? [])) {
    const recorded = wanted.get(name);
    if (recorded === undefined || seen.has(name)) continue;
    if (running.get(name) !== recorded) return name;
    const inner = unrecorded(recorded, wanted, running, new Set([...seen, name]));
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/** The jobs that an expression names. */
function jobsIn(expr: string): string[] {
  const { expr: tree } = parsePromql(expr);
  const selectors = tree === undefined ? [] : selectorsOf(tree);
  return selectors.flatMap(({ matchers }) =>
    matchers.filter(({ name, op }) => name === "job" && op === "=").map(({ value }) => value)
  );
}

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values?: readonly (readonly [number, string])[];
}

async function matrixOf(
  context: OnlineContext,
  expr: string,
  { from, to, step }: Pick<Range, "from" | "to" | "step">,
): Promise<readonly Series[]> {
  const { result } = await askPrometheus<{ result: readonly Series[] }>(context, "/api/v1/query_range", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      query: expr,
      start: String(from),
      end: String(to),
      step: String(step),
      timeout: "8s",
    }).toString(),
  });
  return result;
}

async function firingsOf(context: OnlineContext, alert: JudgedAlert, range: Range): Promise<Firing[]> {
  const terms = { ...range, for: alert.for, keepFiringFor: alert.keepFiringFor };
  return (await matrixOf(context, alert.expr, range)).flatMap(({ metric, values = [] }) => {
    const { __name__: _, ...labels } = metric;
    return firingOf({ labels, at: values.map(([moment]) => moment) }, terms) ?? [];
  }).sort((a, b) => b.times - a.times || b.seconds - a.seconds);
}

/** What `of` gives for each of `items`, a few at a time. */
async function inTurn<Item, Result>(
  items: readonly Item[],
  of: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < items.length; i = next++) results[i] = await of(items[i]!);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return results;
}
