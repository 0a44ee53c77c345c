/** Between which numbers the values of an expression lie. */

import type { Aggregation, BinaryOperation, Expr, FunctionCall, VectorSelector } from "./ast.ts";
import { COMPARISONS } from "./functions.ts";
import { metricOf, unwrap } from "./walk.ts";

/** The lowest and the highest value; NaN aside. */
export interface ValueRange {
  readonly min: number;
  readonly max: number;
  /** Whether all are whole numbers. */
  readonly whole?: boolean;
  /** Whether the bounds are what is meant rather than what is certain: a share of a whole is 1 at most. */
  readonly soft?: boolean;
}

/** The values of the series that a selector chooses; undefined when nothing is known of them. */
export type RangeOfSelector = (selector: VectorSelector) => ValueRange | undefined;

const ANY: ValueRange = { min: -Infinity, max: Infinity };
const POSITIVE: ValueRange = { min: 0, max: Infinity };
const COUNT: ValueRange = { min: 0, max: Infinity, whole: true };
const ONE: ValueRange = { min: 1, max: 1, whole: true };

/** What functions give whatever they are given. */
const FIXED: Readonly<Record<string, ValueRange>> = {
  absent: ONE,
  absent_over_time: ONE,
  present_over_time: ONE,
  count_over_time: { min: 1, max: Infinity, whole: true },
  changes: COUNT,
  resets: COUNT,
  rate: POSITIVE,
  irate: POSITIVE,
  increase: POSITIVE,
  sqrt: POSITIVE,
  exp: POSITIVE,
  stddev_over_time: POSITIVE,
  stdvar_over_time: POSITIVE,
  mad_over_time: POSITIVE,
  timestamp: POSITIVE,
  time: POSITIVE,
  sgn: { min: -1, max: 1, whole: true },
  minute: { min: 0, max: 59, whole: true },
  hour: { min: 0, max: 23, whole: true },
  day_of_week: { min: 0, max: 6, whole: true },
  day_of_month: { min: 1, max: 31, whole: true },
  day_of_year: { min: 1, max: 366, whole: true },
  days_in_month: { min: 28, max: 31, whole: true },
  month: { min: 1, max: 12, whole: true },
};
/** They give one of the values that they are given. */
const CHOOSING = new Set(
  ("min_over_time max_over_time last_over_time vector scalar sort sort_desc label_replace label_join " +
    "sort_by_label sort_by_label_desc").split(" "),
);
/** They give something between the values that they are given. */
const MEAN = new Set(["avg_over_time", "quantile_over_time"]);

/** The range of the values of `expr`. */
export function valueRange(expr: Expr, rangeOf: RangeOfSelector): ValueRange {
  switch (expr.kind) {
    case "number":
      return { min: expr.value, max: expr.value, whole: Number.isInteger(expr.value) };
    case "string":
      return ANY;
    case "vector":
      return rangeOf(expr) ?? ANY;
    case "matrix":
      return rangeOf(expr.selector) ?? ANY;
    case "subquery":
    case "parens":
      return valueRange(expr.expr, rangeOf);
    case "unary":
      return expr.op === "+" ? valueRange(expr.expr, rangeOf) : negated(valueRange(expr.expr, rangeOf));
    case "call":
      return ofCall(expr, rangeOf);
    case "aggregation":
      return ofAggregation(expr, rangeOf);
    case "binary":
      return ofBinary(expr, rangeOf);
  }
}

function ofCall({ name, args }: FunctionCall, rangeOf: RangeOfSelector): ValueRange {
  const fixed = FIXED[name];
  if (fixed) return fixed;
  const vector = args[name === "quantile_over_time" ? 1 : 0];
  if (vector === undefined) return ANY;
  const inner = valueRange(vector, rangeOf);
  if (CHOOSING.has(name)) return inner;
  if (MEAN.has(name)) return { ...inner, whole: false };
  const limit = (i: number) => args[i] ? valueRange(args[i], rangeOf) : ANY;
  switch (name) {
    case "sum_over_time":
      return summed(inner);
    case "abs":
      return inner.min >= 0 ? inner : { min: 0, max: Math.max(-inner.min, inner.max), whole: inner.whole };
    case "ceil":
      return { min: Math.ceil(inner.min), max: Math.ceil(inner.max), whole: true };
    case "floor":
      return { min: Math.floor(inner.min), max: Math.floor(inner.max), whole: true };
    case "clamp_min":
      return { min: Math.max(inner.min, limit(1).min), max: Math.max(inner.max, limit(1).max) };
    case "clamp_max":
      return { min: Math.min(inner.min, limit(1).min), max: Math.min(inner.max, limit(1).max) };
    case "clamp":
      return { min: Math.max(inner.min, limit(1).min), max: Math.min(inner.max, limit(2).max) };
    default:
      return ANY;
  }
}

function ofAggregation({ op, expr }: Aggregation, rangeOf: RangeOfSelector): ValueRange {
  const inner = valueRange(expr, rangeOf);
  switch (op) {
    case "count":
    case "count_values":
      // Of nothing there is no count: it is never 0.
      return { min: 1, max: Infinity, whole: true };
    case "group":
      return ONE;
    case "sum":
      return summed(inner);
    case "stddev":
    case "stdvar":
      return POSITIVE;
    case "avg":
    case "quantile":
      return { ...inner, whole: false };
    default:
      return inner;
  }
}

/** Of how many is not known, but of one at least. */
function summed({ min, max, whole }: ValueRange): ValueRange {
  return { min: min >= 0 ? min : -Infinity, max: max <= 0 ? max : Infinity, whole };
}

function ofBinary(binary: BinaryOperation, rangeOf: RangeOfSelector): ValueRange {
  const { op, bool, left, right } = binary;
  if (COMPARISONS.has(op) && bool) return { min: 0, max: 1, whole: true };
  const l = valueRange(left, rangeOf);
  const r = valueRange(right, rangeOf);
  if (COMPARISONS.has(op)) {
    const isNumber = unwrap(left).kind === "number";
    return isNumber ? kept(r, FLIPPED[op]!, l) : kept(l, op, r);
  }
  switch (op) {
    case "and":
    case "unless":
      return l;
    case "or":
      return either(l, r);
    case "+":
      return sound({
        min: l.min + r.min,
        max: l.max + r.max,
        whole: l.whole && r.whole,
        soft: l.soft || r.soft,
      });
    case "-":
      return sound({
        min: l.min - r.max,
        max: l.max - r.min,
        whole: l.whole && r.whole,
        soft: l.soft || r.soft,
      });
    case "*":
      return product(l, r);
    case "/":
      return isShare(left, right) ? { min: 0, max: 1, soft: true } : quotient(l, r);
    case "%":
      return l.min >= 0 ? { min: 0, max: l.max, whole: l.whole && r.whole } : ANY;
    default:
      return ANY;
  }
}

const FLIPPED: Readonly<Record<string, string>> = {
  "<": ">",
  ">": "<",
  "<=": ">=",
  ">=": "<=",
  "==": "==",
  "!=": "!=",
};

/** What a comparison lets through. */
function kept(range: ValueRange, op: string, { min, max }: ValueRange): ValueRange {
  if (op === "==") return { ...range, min: Math.max(range.min, min), max: Math.min(range.max, max) };
  if (op === ">" || op === ">=") return { ...range, min: Math.max(range.min, min) };
  if (op === "<" || op === "<=") return { ...range, max: Math.min(range.max, max) };
  return range;
}

/** The smallest range around both. */
export function either(a: ValueRange, b: ValueRange): ValueRange {
  return {
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    whole: a.whole && b.whole,
    soft: a.soft || b.soft,
  };
}

function negated({ min, max, ...rest }: ValueRange): ValueRange {
  return { ...rest, min: -max, max: -min };
}

function product(a: ValueRange, b: ValueRange): ValueRange {
  const corners = [a.min * b.min, a.min * b.max, a.max * b.min, a.max * b.max].map((corner) =>
    // 0 times something endless is 0 here: both bounds are never met at once.
    Number.isNaN(corner) ? 0 : corner
  );
  return {
    min: Math.min(...corners),
    max: Math.max(...corners),
    whole: a.whole && b.whole,
    soft: a.soft || b.soft,
  };
}

function quotient(a: ValueRange, b: ValueRange): ValueRange {
  if (b.min === b.max && b.min !== 0 && Number.isFinite(b.min)) {
    return { ...product(a, { min: 1 / b.min, max: 1 / b.min }), whole: false };
  }
  return a.min >= 0 && b.min >= 0 ? POSITIVE : ANY;
}

function sound(range: ValueRange): ValueRange {
  return Number.isNaN(range.min) || Number.isNaN(range.max) ? ANY : range;
}

const PART =
  "(?:free|avail|available|used|allocated|active|inactive|cached|buffers|length|size|current|in_use|files_free|" +
  "MemAvailable|MemFree|SwapFree|Cached|Buffers|entries|open)";
const WHOLE = "(?:total|size|limit|maximum|max|capacity|files|MemTotal|SwapTotal|entries_limit)";

/** Whether `left / right` is a share of a whole: the same metric with more matchers, or what is free of what there is. */
function isShare(left: Expr, right: Expr): boolean {
  const [part, whole] = [plain(left), plain(right)];
  if (part === undefined || whole === undefined) return false;
  if (part === whole) return isNarrower(left, right);
  const shape = new RegExp(`^(.*?)_?${PART}(_bytes|_seconds)?$`).exec(part);
  const total = new RegExp(`^(.*?)_?${WHOLE}(_bytes|_seconds)?$`).exec(whole);
  return shape !== null && total !== null && shape[1] === total[1];
}

/** The metric whose values these are, when nothing but its rate and its sum is taken; undefined otherwise. */
function plain(expr: Expr): string | undefined {
  const selector = selectorIn(expr);
  return selector && metricOf(selector);
}

function selectorIn(expr: Expr): VectorSelector | undefined {
  const inner = unwrap(expr);
  if (inner.kind === "vector") return inner;
  if (inner.kind === "matrix") return inner.selector;
  if (inner.kind === "aggregation" && inner.op === "sum") return selectorIn(inner.expr);
  if (inner.kind === "call" && /^(?:rate|irate|increase)$/.test(inner.name)) {
    return selectorIn(inner.args[0]!);
  }
  return undefined;
}

/** Whether both are the same computation, the left of fewer series. */
function isNarrower(left: Expr, right: Expr): boolean {
  const [l, r] = [unwrap(left), unwrap(right)];
  if (l.kind !== r.kind) return false;
  if (l.kind === "aggregation" && r.kind === "aggregation") {
    const groups = [l, r].map(({ grouping }) => `${grouping?.mode} ${[...grouping?.labels ?? []].sort()}`);
    return groups[0] === groups[1] && isNarrower(l.expr, r.expr);
  }
  if (l.kind === "call" && r.kind === "call") return l.name === r.name && isNarrower(l.args[0]!, r.args[0]!);
  if (l.kind === "matrix" && r.kind === "matrix") {
    return l.rangeMs === r.rangeMs && isNarrower(l.selector, r.selector);
  }
  if (l.kind !== "vector" || r.kind !== "vector" || l.offsetMs !== r.offsetMs) return false;
  const own = new Set(l.matchers.map(({ name, op, value }) => `${name}${op}${value}`));
  return r.matchers.every(({ name, op, value }) => own.has(`${name}${op}${value}`));
}
