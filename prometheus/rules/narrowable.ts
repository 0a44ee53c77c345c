/** Whether an alert can be another one on some hosts. */

import { type Expr, metricOf, parsePromql, printMatcher, selectorsOf, typeOf } from "../../lib/promql/mod.ts";
import { isAlert, type Rule } from "./rule.ts";

// Of what is not there nothing is known but what was asked for; these give one value for all hosts together.
const LOSING_CALLS = new Set(["absent", "absent_over_time", "scalar", "vector", "time", "pi"]);
const CHOOSING = new Set(["topk", "bottomk", "limitk", "limit_ratio"]);

/**
 * Why an expression cannot be asked of some hosts by adding matchers to all of its selectors; undefined when it can. It must give its
 * answer for each target by itself, and ask about the targets of one job only.
 *
 * @param rules All rules: what a recording rule stores is looked into.
 */
export function whyNotNarrowable(text: string, rules: readonly Rule[]): string | undefined {
  const expr = inFull(text, recordedIn(rules));
  if (expr === undefined) return undefined; // What is wrong with it is said elsewhere.
  if (!expr.every(keepsLabels)) return "it gives one answer for several hosts together";
  const jobs = new Set(
    expr.flatMap(selectorsOf).flatMap((selector) => {
      const asked = selector.matchers.filter(({ name }) => name === "job").map(printMatcher).join();
      // A series that a recording rule stores is looked into instead.
      return metricOf(selector)?.includes(":") && asked === "" ? [] : [asked];
    }),
  );
  return jobs.size > 1 ? "it compares what is measured of several jobs" : undefined;
}

/** The matchers of the label `job` in an expression and in what it is recorded from. */
export function jobMatchersOf(text: string, rules: readonly Rule[]) {
  return (inFull(text, recordedIn(rules)) ?? []).flatMap(selectorsOf).flatMap(({ matchers }) =>
    matchers.filter(({ name }) => name === "job")
  );
}

function recordedIn(rules: readonly Rule[]): ReadonlyMap<string, string> {
  return new Map(rules.flatMap((rule) => isAlert(rule) ? [] : [[rule.record, rule.expr]]));
}

/** An expression, and those of the recording rules that it uses; undefined when one of them cannot be read. */
function inFull(
  text: string,
  recorded: ReadonlyMap<string, string>,
  seen: ReadonlySet<string> = new Set(),
): Expr[] | undefined {
  const { expr } = parsePromql(text);
  if (expr === undefined) return undefined;
  const used = selectorsOf(expr).flatMap((selector) => metricOf(selector) ?? [])
    .filter((name) => recorded.has(name) && !seen.has(name));
  const inner = [...new Set(used)].map((name) =>
    inFull(recorded.get(name)!, recorded, new Set([...seen, name]))
  );
  return inner.includes(undefined) ? undefined : [expr, ...(inner as Expr[][]).flat()];
}

/** Whether the result of `expr` still has a label that every series in it has. */
function keepsLabels(expr: Expr): boolean {
  switch (expr.kind) {
    case "vector":
    case "matrix":
      return true;
    case "number":
    case "string":
      return false;
    case "parens":
    case "unary":
    case "subquery":
      return keepsLabels(expr.expr);
    case "call":
      return !LOSING_CALLS.has(expr.name) && (expr.args.length === 0 || expr.args.some(keepsLabels));
    case "aggregation":
      return expr.grouping?.mode === "without" && !CHOOSING.has(expr.op) && keepsLabels(expr.expr);
    case "binary":
      return keepsLabelsOfBoth(expr);
  }
}

function keepsLabelsOfBoth({ op, left, right, matching }: Extract<Expr, { kind: "binary" }>): boolean {
  if (isScalar(left)) return keepsLabels(right);
  if (isScalar(right)) return keepsLabels(left);
  if (op === "and" || op === "unless") return keepsLabels(left);
  if (op === "or") return keepsLabels(left) && keepsLabels(right);
  if (matching?.group) return keepsLabels(matching.group.side === "left" ? left : right);
  return matching?.mode !== "on" && keepsLabels(left) && keepsLabels(right);
}

function isScalar(expr: Expr): boolean {
  return typeOf(expr) === "scalar";
}
