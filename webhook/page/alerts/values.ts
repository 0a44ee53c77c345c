/** What the expressions of alerts give now, asked of Prometheus: once for all alerts of an expression, and not again within seconds. */

import { own } from "../../messages/labels.ts";
import type { AlertCurve } from "../../picture/graph_of.ts";
import { type AskPrometheus, type Series, seriesIn } from "../prometheus.ts";

/** An alert whose value is wanted, and the curve that has it. */
export interface Wanted {
  readonly labels: Readonly<Record<string, string>>;
  readonly curve: AlertCurve;
}

/** The value of each; undefined where there is none, or more than one. It never throws, and takes no longer than it may. */
export type ReadValues = (wanted: readonly Wanted[]) => Promise<(number | undefined)[]>;

const KEPT_MS = 10_000;
/** A list waits no longer for its figures; those that come later are there the next time. */
const PATIENCE_MS = 800;
/** Expressions that one list asks for. */
const MOST_QUERIES = 40;

/** @param now Milliseconds since 1970. */
export function createValues(ask: AskPrometheus, now: () => number, patienceMs = PATIENCE_MS): ReadValues {
  const kept = new Map<string, { readonly atMs: number; readonly series: Promise<readonly Series[]> }>();

  function read(query: string): Promise<readonly Series[]> {
    const known = kept.get(query);
    if (known && now() - known.atMs < KEPT_MS) return known.series;
    const series = ask({ path: "query", query }).then((answered) =>
      answered.ok ? seriesIn(answered.text) ?? [] : []
    );
    kept.set(query, { atMs: now(), series });
    return series;
  }

  return async (wanted) => {
    for (const [query, { atMs }] of kept) if (now() - atMs >= KEPT_MS) kept.delete(query);
    const queries = [...new Set(wanted.map(({ curve }) => curve.query))].slice(0, MOST_QUERIES);
    const found = new Map<string, readonly Series[]>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((done) => timer = setTimeout(done, patienceMs));
    const all = Promise.all(queries.map(async (query) => {
      found.set(query, await read(query));
    }));
    await Promise.race([all, late]);
    clearTimeout(timer);
    return wanted.map(({ labels, curve }) => valueOf(found.get(curve.query) ?? [], labels));
  };
}

/** The value of the only series whose labels are all the alert's. */
function valueOf(
  series: readonly Series[],
  labels: Readonly<Record<string, string>>,
): number | undefined {
  const theirs = series.filter(({ metric }) =>
    Object.entries(metric).every(([name, value]) => name === "__name__" || own(labels, name) === value)
  );
  const value = Number(theirs.length === 1 ? theirs[0]!.value?.[1] : undefined);
  return Number.isFinite(value) ? value : undefined;
}
