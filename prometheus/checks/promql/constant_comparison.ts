/** `promql/constant-comparison`: every comparison can hold, and can fail to hold. */

import {
  type BinaryOperation,
  COMPARISONS,
  type Expr,
  metricOf,
  printNumber,
  selectorsOf,
  unwrap,
  type ValueRange,
  valueRange,
  walk,
} from "../../../lib/promql/mod.ts";
import { rangesOf } from "../metric_range.ts";
import { contradictionsOf } from "../contradiction.ts";
import { filters } from "../filters.ts";
import { ruleCheck, textOf } from "../rule_check.ts";

/**
 * A comparison that never holds makes an alert that never comes, one that always holds an alert that never ends. What values are possible is known of numbers,
 * of switches such as `up`, of counts (never less than 1: what is not there is not counted), of counters and sizes, of shares of a whole such as free of total memory, of
 * what functions give, and of what rules record from these. Two conditions on one series, joined with `and`, do not rule each other out.
 * An alert that compares nothing at all fires for ever.
 */
export const constantComparisonCheck = ruleCheck({
  id: "promql/constant-comparison",
  title: "Every comparison can hold and can fail",
  severity: "error",
}, function* (rule, model) {
  if (rule.kind === "alert" && rule.severity !== "none" && isMeasured(rule.tree) && !filters(rule.tree)) {
    yield {
      message: "It compares nothing: the alert fires as long as there are series, whatever their values",
      cure: "Compare it with a threshold",
    };
  }
  for (const { first, second } of contradictionsOf(rule.tree)) {
    yield {
      at: second,
      message: `"${short(textOf(rule, second))}" never holds together with "${short(textOf(rule, first))}"`,
      cure: "Join them with `or`, or take one of them out",
    };
  }
  const rangeOf = rangesOf(model);
  const comparisons: BinaryOperation[] = [];
  walk(rule.tree, (node) => {
    if (node.kind === "binary" && COMPARISONS.has(node.op)) comparisons.push(node);
  });
  for (const comparison of comparisons) {
    const { op, left, right } = comparison;
    const [l, r] = [valueRange(left, rangeOf), valueRange(right, rangeOf)];
    const verdict = verdictOf(op, l, r);
    if (verdict === undefined) continue;
    const isLeftNumber = unwrap(left).kind === "number";
    const [side, range] = isLeftNumber ? [right, r] : [left, l];
    if (verdict === "always" && isPresence(side, comparison === unwrap(rule.tree))) continue;
    const presence = unwrap(side).kind === "call" && /^absent/.test((unwrap(side) as { name: string }).name);
    yield {
      at: comparison,
      severity: verdict === "always" && presence ? "warning" : "error",
      message: `"${short(textOf(rule, comparison))}" ${
        verdict === "never" ? "never holds" : "always holds"
      }: ${short(textOf(rule, side))} is ${described(range)}`,
      cure: cureOf(verdict, presence, range, unwrap(side).kind === "aggregation"),
    };
  }
});

/** Whether an expression computes something of series, or is a metric of which the values tell something: no `ALERTS`, no `vector(1)`. */
function isMeasured(expr: Expr): boolean {
  const inner = unwrap(expr);
  if (inner.kind === "vector") {
    return !/_info$|^ALERTS$/.test(metricOf(inner) ?? "_info") &&
      inner.matchers.every(({ name }) => name === "job");
  }
  if (inner.kind === "binary" && COMPARISONS.has(inner.op)) return false;
  return selectorsOf(inner).length > 0;
}

/**
 * Whether a comparison that always holds tells that there is something at all: more than is needed, but right. So does the count of what a
 * comparison let through, a series that is always 1, and beside another condition any count.
 */
function isPresence(side: Expr, isWhole: boolean): boolean {
  const inner = unwrap(side);
  if (inner.kind === "vector") return /_info$|^ALERTS$/.test(metricOf(inner) ?? "");
  return inner.kind === "aggregation" && (!isWhole || filters(inner.expr));
}

/** How far beyond its bounds a share may be before that is surely a slip, in parts of its width. */
const MARGIN = 0.5;

function verdictOf(op: string, left: ValueRange, right: ValueRange): "always" | "never" | undefined {
  const l = left.soft ? widened(left) : left;
  const r = right.soft ? widened(right) : right;
  const isApart = l.max < r.min || l.min > r.max || isBetween(l, r) || isBetween(r, l);
  const isSame = l.min === l.max && r.min === r.max && l.min === r.min && Number.isFinite(l.min);
  switch (op) {
    case "==":
      return isApart ? "never" : isSame ? "always" : undefined;
    case "!=":
      return isApart ? "always" : isSame ? "never" : undefined;
    case ">":
      return l.max <= r.min ? neverUnlessEndless(l.max) : l.min > r.max ? "always" : undefined;
    case ">=":
      return l.max < r.min ? "never" : l.min >= r.max ? alwaysUnlessEndless(l.min) : undefined;
    case "<":
      return l.min >= r.max ? neverUnlessEndless(l.min) : l.max < r.min ? "always" : undefined;
    default:
      return l.min > r.max ? "never" : l.max <= r.min ? alwaysUnlessEndless(l.max) : undefined;
  }
}

// Of a range without an end nothing is certain there.
function neverUnlessEndless(bound: number): "never" | undefined {
  return Number.isFinite(bound) ? "never" : undefined;
}

function alwaysUnlessEndless(bound: number): "always" | undefined {
  return Number.isFinite(bound) ? "always" : undefined;
}

function widened({ min, max, ...rest }: ValueRange): ValueRange {
  const slack = (max - min) * MARGIN;
  return { ...rest, min: min - slack, max: max + slack };
}

/** Whether one is a single number that falls between the whole numbers of the other. */
function isBetween(a: ValueRange, b: ValueRange): boolean {
  return a.whole === true && b.min === b.max && Number.isFinite(b.min) && !Number.isInteger(b.min);
}

function described({ min, max, whole, soft }: ValueRange): string {
  if (min === max) return `always ${printNumber(min)}`;
  const numbers = whole ? "a whole number " : "";
  if (whole && min === 0 && max === 1) return "0 or 1";
  if (max === Infinity) return `${numbers}never less than ${printNumber(min)}`;
  if (min === -Infinity) return `${numbers}never more than ${printNumber(max)}`;
  return `${soft ? "a share, " : ""}${numbers}between ${printNumber(min)} and ${printNumber(max)}`;
}

function cureOf(
  verdict: "always" | "never",
  presence: boolean,
  range: ValueRange,
  isAggregation: boolean,
): string {
  if (presence) {
    return verdict === "always"
      ? "Leave the comparison out: absent() gives 1 or nothing"
      : "Leave the comparison out, or take the series itself";
  }
  if (isAggregation && range.min === 1 && verdict === "never") {
    return "Of nothing there is no count: use absent(), or compare `count(…) or vector(0)`";
  }
  return range.soft && range.max === 1
    ? "Compare with a share between 0 and 1, or multiply by 100"
    : "Compare with a number that it can be on either side of";
}

function short(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > 60 ? `${line.slice(0, 40)}…${line.slice(-19)}` : line;
}
