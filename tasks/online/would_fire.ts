/** `online/would-fire`: how often the alerts of config.ts would have fired over the last day. */

import { type Check, type Note, type Problem, Skipped } from "../../lib/check.ts";
import { metricOf, parsePromql, selectorsOf } from "../../lib/promql/mod.ts";
import { durationMs, formatDuration } from "../../lib/units.ts";
import { formatTable } from "../report.ts";
import { askPrometheus, query, Unanswered } from "../smoke/http.ts";
import {
  type JudgedAlert,
  keyOf,
  type Rules,
  runningRules,
  type WrittenAlert,
  writtenRules,
} from "./alerts.ts";
import type { OnlineContext } from "./context.ts";
import { type Firing, firingOf, type Terms } from "./firings.ts";

const ID = "online/would-fire";
const DAY_S = 86_400;
const MIN_STEP_S = 30;
// Prometheus has other work: no more at once, no more in all, and no longer.
const CONCURRENCY = 4;
const MAX_ALERTS = 1_000;
const DEADLINE_MS = 60_000;
/** Beginning to fire this often in a day, on one instance, nobody believes it any more. */
const NOISY_TIMES = 5;
const MAX_NAMED = 3;

/** What an alert would have done. */
interface Outcome {
  readonly alert: WrittenAlert;
  readonly firings: readonly Firing[];
  /** `same`: it runs as it is; `changed`, with what the one that runs would have done; `new`. */
  readonly than: "same" | "changed" | "new";
  readonly before?: readonly Firing[];
  /** Why it could not be judged. */
  readonly unjudged?: string;
}

interface Judged {
  readonly outcomes: readonly Outcome[];
  readonly terms: Pick<Terms, "from" | "to" | "step">;
  /** Since when Prometheus has samples, seconds since 1970. */
  readonly since: number;
}

/**
 * Evaluates every alert's expression over the last day and applies its `for`, to see a noisy threshold before it is applied. It warns of
 * alerts that are new or changed and would have fired, more often than those that run now, and of any that begins to fire again and again.
 */
export const wouldFireCheck: Check<OnlineContext> = {
  id: ID,
  title: "No alert would have been noise over the last day",
  severity: "warning",
  online: true,
  run: async (context) => (await judgedOf(context)).outcomes.flatMap(problemsOf),
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
  const terms = { from: last - Math.floor(DAY_S / step) * step, to: last, step };
  try {
    const [running, since] = await Promise.all([runningRules(context), firstSample(context, terms.from)]);
    const deadline = performance.now() + DEADLINE_MS;
    const alerts = written.alerts.filter(({ severity }) => severity !== "none");
    const outcomes = await inTurn(
      alerts.slice(0, MAX_ALERTS),
      (alert) =>
        performance.now() > deadline
          ? Promise.resolve(unjudged(alert, `there was no time left after ${DEADLINE_MS / 1_000} s`))
          : outcomeOf(context, alert, written, running, terms),
    );
    const left = alerts.slice(MAX_ALERTS).map((alert) =>
      unjudged(alert, `it is not among the first ${MAX_ALERTS}`)
    );
    return { outcomes: [...outcomes, ...left], terms, since };
  } catch (error) {
    if (error instanceof Unanswered) throw new Skipped(`Prometheus does not answer: ${error.message}`);
    throw error;
  }
}

async function outcomeOf(
  context: OnlineContext,
  alert: WrittenAlert,
  written: Rules<WrittenAlert>,
  running: Rules<JudgedAlert>,
  terms: Pick<Terms, "from" | "to" | "step">,
): Promise<Outcome> {
  const missing = unrecorded(alert.expr, written.recordings, running.recordings);
  if (missing !== undefined) {
    return unjudged(alert, `it needs "${missing}", which is not recorded yet as config.ts says`);
  }
  const same = running.alerts.filter((each) => keyOf(each) === keyOf(alert));
  const before = same.find((each) => isSame(each, alert)) ?? same[0];
  try {
    const firings = await firingsOf(context, alert, terms);
    if (before === undefined) return { alert, firings, than: "new" };
    if (isSame(before, alert)) return { alert, firings, than: "same" };
    return { alert, firings, than: "changed", before: await firingsOf(context, before, terms) };
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

interface Matrix {
  readonly result: readonly {
    readonly metric: Readonly<Record<string, string>>;
    readonly values?: readonly (readonly [number, string])[];
  }[];
}

async function firingsOf(
  context: OnlineContext,
  alert: JudgedAlert,
  terms: Pick<Terms, "from" | "to" | "step">,
): Promise<Firing[]> {
  const { from, to, step } = terms;
  const { result } = await askPrometheus<Matrix>(context, "/api/v1/query_range", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      query: alert.expr,
      start: String(from),
      end: String(to),
      step: String(step),
      timeout: "8s",
    }).toString(),
  });
  return result.flatMap(({ metric, values = [] }) => {
    const { __name__: _, ...labels } = metric;
    const active = { labels, at: values.map(([moment]) => moment) };
    return firingOf(active, { ...terms, for: alert.for, keepFiringFor: alert.keepFiringFor }) ?? [];
  }).sort((a, b) => b.times - a.times || b.seconds - a.seconds);
}

/** The oldest sample of the last day, seconds since 1970. */
async function firstSample(context: OnlineContext, from: number): Promise<number> {
  const { result } = await query(context, "min(min_over_time(timestamp(up)[1d:1m]))");
  const [sample] = result as readonly { readonly value: readonly [number, string] }[];
  return sample === undefined ? context.nowMs / 1_000 : Math.max(from, Number(sample.value[1]));
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

function problemsOf({ alert, firings, than, before = [] }: Outcome): Problem[] {
  const isNoisy = firings.some(({ times }) => times >= NOISY_TIMES);
  const isMore = than !== "same" &&
    (total(firings) > total(before) || lasting(firings) > 1.5 * lasting(before));
  if (!isNoisy && !isMore) return [];
  const compared = than === "changed" ? `; the one that runs now: ${timesText(total(before))}` : "";
  return [{
    check: ID,
    severity: "warning",
    file: alert.file,
    ...alert.place(),
    subject: alert.name,
    message: `${keyOf(alert)} would have fired ${timesText(total(firings))} over the last day: ${
      instancesText(firings)
    }${compared}`,
    cure: isNoisy
      ? "Move its threshold or make its `for` longer under `rules` in config.ts, so that it fires when somebody has to act"
      : "Look whether somebody should have been called then; if not, move its threshold or make its `for` longer",
  }];
}

function noteOf({ outcomes, terms, since }: Judged): Note {
  const fired = outcomes.filter(({ firings }) => firings.length > 0);
  const left = outcomes.filter(({ unjudged }) => unjudged !== undefined);
  const covered = terms.to - since;
  const line = [
    `${fired.length} of ${outcomes.length} alerts would have fired over the last ${
      covered < terms.to - terms.from - 120 ? `${spanText(covered)}, for there are no older samples` : "day"
    }`,
    ...(left.length > 0 ? [`${left.length} could not be judged`] : []),
  ].join("; ");
  const rows = fired.map(({ alert, firings, than, before }) => [
    keyOf(alert),
    timesText(total(firings)),
    than === "changed" ? `now ${timesText(total(before ?? []))}` : than === "new" ? "new" : "",
    instancesText(firings),
  ]);
  const table = formatTable([
    ...rows,
    ...left.map(({ alert, unjudged }) => [keyOf(alert), "not judged", "", unjudged!]),
  ]);
  const details = {
    from: isoOf(terms.from),
    to: isoOf(terms.to),
    since: isoOf(since),
    alerts: outcomes.map(({ alert, firings, than, before, unjudged }) => ({
      alert: alert.name,
      severity: alert.severity,
      than,
      firings: firings.map(shown),
      ...(before && { before: before.map(shown) }),
      ...(unjudged !== undefined && { unjudged }),
    })),
  };
  return { line, table, details };
}

function shown({ labels, times, seconds, first, last }: Firing) {
  return { labels, times, seconds, first: isoOf(first), last: isoOf(last) };
}

function isoOf(seconds: number): string {
  return new Date(seconds * 1_000).toISOString();
}

function total(firings: readonly Firing[]): number {
  return firings.reduce((sum, { times }) => sum + times, 0);
}

function lasting(firings: readonly Firing[]): number {
  return firings.reduce((sum, { seconds }) => sum + seconds, 0);
}

function timesText(times: number): string {
  return times === 1 ? "once" : times === 0 ? "never" : `${times} times`;
}

function instancesText(firings: readonly Firing[]): string {
  const named = firings.slice(0, MAX_NAMED).map(({ labels, times, seconds }) =>
    `${nameOf(labels)} ${timesText(times)}, ${spanText(seconds)} in all`
  );
  const more = firings.length - named.length;
  return [...named, ...(more > 0 ? [`${more} more`] : [])].join("; ");
}

/** To the minute: more is not known. */
function spanText(seconds: number): string {
  return formatDuration(Math.max(1, Math.round(seconds / 60)) * 60_000);
}

/** What a series is about: its instance, and what tells it apart there. */
function nameOf({ instance, job: _, ...labels }: Readonly<Record<string, string>>): string {
  const rest = Object.entries(labels).slice(0, 2).map(([name, value]) => `${name}=${value}`).join(", ");
  if (instance === undefined) return rest || "(no label)";
  return rest === "" ? instance : `${instance} (${rest})`;
}
