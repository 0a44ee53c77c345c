/** Which labels the series have that an expression gives. */

import type {
  Aggregation,
  BinaryOperation,
  Expr,
  FunctionCall,
  LabelMatcher,
  VectorSelector,
} from "./ast.ts";
import { SET_OPERATORS } from "./functions.ts";
import { compileRegex } from "./regex.ts";
import { typeOf } from "./type_check.ts";
import { metricOf, unwrap } from "./walk.ts";

/** What is known of the labels of some series. */
export interface LabelSet {
  /** Every one of them has these. */
  readonly sure: ReadonlySet<string>;
  /** Some of them may have these. */
  readonly maybe: ReadonlySet<string>;
  /** Whether they may have labels that nobody knows of. */
  readonly open: boolean;
}

/** The labels of the series that a selector of `metric` may choose; undefined when nothing is known of them. */
export type LabelSchema = (
  metric: string | undefined,
  matchers: readonly LabelMatcher[],
) => LabelSet | undefined;

const NONE: LabelSet = { sure: new Set(), maybe: new Set(), open: false };
const UNKNOWN: LabelSet = { sure: new Set(), maybe: new Set(), open: true };
const KEEP_ALL = new Set(["topk", "bottomk", "limitk", "limit_ratio"]);

/** Whether a series of `labels` can have `label`. */
export function canHave({ sure, maybe, open }: LabelSet, label: string): boolean {
  return open || sure.has(label) || maybe.has(label);
}

/** Both at once: what a series of either may be. */
export function eitherOf(a: LabelSet, b: LabelSet): LabelSet {
  const sure = a.sure.intersection(b.sure);
  const all = a.sure.union(a.maybe).union(b.sure).union(b.maybe);
  return { sure, maybe: all.difference(sure), open: a.open || b.open };
}

/**
 * The labels of what `expr` gives, the metric's name aside.
 *
 * Source: `resultMetric` and `aggregation` in `promql/engine.go` of Prometheus 3.5.
 */
export function labelsOf(expr: Expr, schema: LabelSchema): LabelSet {
  switch (expr.kind) {
    case "number":
    case "string":
      return NONE;
    case "vector":
      return ofSelector(expr, schema);
    case "matrix":
      return ofSelector(expr.selector, schema);
    case "subquery":
    case "unary":
    case "parens":
      return labelsOf(expr.expr, schema);
    case "call":
      return ofCall(expr, schema);
    case "aggregation":
      return ofAggregation(expr, schema);
    case "binary":
      return ofBinary(expr, schema);
  }
}

function ofSelector(selector: VectorSelector, schema: LabelSchema): LabelSet {
  const known = schema(metricOf(selector), selector.matchers) ?? UNKNOWN;
  const sure = new Set(known.sure);
  const maybe = new Set(known.maybe);
  for (const matcher of selector.matchers) {
    if (matcher.name === "__name__") continue;
    if (matcher.op === "=" && matcher.value === "") {
      sure.delete(matcher.name);
      maybe.delete(matcher.name);
    } else if (!fitsEmpty(matcher)) {
      maybe.delete(matcher.name);
      sure.add(matcher.name);
    }
  }
  return { sure, maybe, open: known.open };
}

/** Whether a matcher fits series that lack its label. */
export function fitsEmpty({ op, value }: LabelMatcher): boolean {
  if (op === "=" || op === "!=") return (op === "=") === (value === "");
  return (op === "=~") === compileRegex(value)("");
}

function ofCall({ name, args }: FunctionCall, schema: LabelSchema): LabelSet {
  const vector = args.find((arg) => /vector$/.test(typeOf(arg)));
  if (vector === undefined || name === "scalar") return NONE;
  if (name === "absent" || name === "absent_over_time") return ofAbsent(vector);
  const inner = labelsOf(vector, schema);
  if (name === "histogram_quantile" || name === "histogram_fraction") return without(inner, ["le"]);
  if (name !== "label_replace" && name !== "label_join") return inner;
  const target = unwrap(args[1]!);
  if (target.kind !== "string") return inner;
  // It may also write an empty value, which takes the label away.
  const sure = new Set(inner.sure);
  const maybe = new Set(inner.maybe).add(target.value);
  sure.delete(target.value);
  return { sure, maybe, open: inner.open };
}

/** `absent` gives what the selector says of labels with `=`, once each. */
function ofAbsent(arg: Expr): LabelSet {
  const inner = unwrap(arg);
  const selector = inner.kind === "matrix" ? inner.selector : inner;
  if (selector.kind !== "vector") return NONE;
  const named = selector.matchers.filter(({ name }) => name !== "__name__");
  const sure = named.filter(({ name, op, value }) =>
    op === "=" && value !== "" && named.filter((other) => other.name === name).length === 1
  );
  return { ...NONE, sure: new Set(sure.map(({ name }) => name)) };
}

function ofAggregation({ op, grouping, param, expr }: Aggregation, schema: LabelSchema): LabelSet {
  const inner = labelsOf(expr, schema);
  if (KEEP_ALL.has(op)) return inner;
  const kept = grouping === undefined
    ? NONE
    : grouping.mode === "by"
    ? only(inner, grouping.labels)
    : without(inner, grouping.labels);
  return op === "count_values" && param?.kind === "string"
    ? { ...kept, sure: new Set([...kept.sure, param.value]) }
    : kept;
}

function ofBinary(binary: BinaryOperation, schema: LabelSchema): LabelSet {
  const { op, matching, left, right } = binary;
  if (typeOf(left) === "scalar") return labelsOf(right, schema);
  if (typeOf(right) === "scalar") return labelsOf(left, schema);
  const [l, r] = [labelsOf(left, schema), labelsOf(right, schema)];
  if (SET_OPERATORS.has(op)) return op === "or" ? eitherOf(l, r) : l;
  if (matching?.group) {
    const [many, one] = matching.group.side === "left" ? [l, r] : [r, l];
    const brought = only(one, matching.group.include);
    const rest = without(many, matching.group.include);
    return {
      sure: rest.sure.union(brought.sure),
      maybe: rest.maybe.union(brought.maybe),
      open: many.open,
    };
  }
  // What both sides have in common is known of either.
  const both = { ...l, sure: l.sure.union(r.sure) };
  if (matching === undefined) return { ...both, maybe: l.maybe.difference(both.sure) };
  return matching.mode === "on" ? only(l, matching.labels) : without(l, matching.labels);
}

function only({ sure, maybe, open }: LabelSet, labels: readonly string[]): LabelSet {
  const wanted = new Set(labels);
  const certain = sure.intersection(wanted);
  return {
    sure: certain,
    maybe: open ? wanted.difference(certain) : maybe.intersection(wanted),
    open: false,
  };
}

function without({ sure, maybe, open }: LabelSet, labels: readonly string[]): LabelSet {
  const gone = new Set(labels);
  return { sure: sure.difference(gone), maybe: maybe.difference(gone), open };
}
