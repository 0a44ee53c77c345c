/** The functions and aggregations of PromQL: what they take and what they give. */

/** What an expression gives. */
export type ValueType = "scalar" | "string" | "instant vector" | "range vector";

/** A function. */
export interface PromqlFunction {
  readonly args: readonly ValueType[];
  /** How many of the last argument may be there beyond the others: 0 to `more + 1` of it; any number when Infinity. Undefined: exactly `args`. */
  readonly variadic?: number;
  readonly gives: ValueType;
  /** Prometheus takes it only with `--enable-feature=promql-experimental-functions`. */
  readonly experimental?: boolean;
}

const V = "instant vector";
const M = "range vector";
const S = "scalar";
const T = "string";

function all(names: string, args: readonly ValueType[], more: Partial<PromqlFunction> = {}) {
  return names.split(" ").map((name) => [name, { args, gives: V, ...more } as PromqlFunction] as const);
}

/**
 * Every function by its name.
 *
 * Source: `promql/parser/functions.go` of Prometheus 3.5.
 */
export const FUNCTIONS: ReadonlyMap<string, PromqlFunction> = new Map([
  ...all(
    "abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor histogram_avg histogram_count histogram_sum " +
      "histogram_stddev histogram_stdvar ln log10 log2 rad sgn sin sinh sort sort_desc sqrt tan tanh timestamp",
    [V],
  ),
  ...all(
    "absent_over_time avg_over_time changes count_over_time delta deriv idelta increase irate last_over_time max_over_time " +
      "min_over_time present_over_time rate resets stddev_over_time stdvar_over_time sum_over_time",
    [M],
  ),
  ...all("mad_over_time ts_of_max_over_time ts_of_min_over_time ts_of_last_over_time", [M], {
    experimental: true,
  }),
  ...all("days_in_month day_of_month day_of_week day_of_year hour minute month year", [V], { variadic: 1 }),
  ...all("clamp", [V, S, S]),
  ...all("clamp_max clamp_min", [V, S]),
  ...all("histogram_fraction", [S, S, V]),
  ...all("histogram_quantile", [S, V]),
  ...all("double_exponential_smoothing", [M, S, S], { experimental: true }),
  ...all("info", [V, V], { variadic: 1, experimental: true }),
  ...all("label_replace", [V, T, T, T, T]),
  ...all("label_join", [V, T, T, T], { variadic: Infinity }),
  ...all("pi time", [], { gives: S }),
  ...all("predict_linear", [M, S]),
  ...all("quantile_over_time", [S, M]),
  ...all("round", [V, S], { variadic: 1 }),
  ...all("scalar", [V], { gives: S }),
  ...all("sort_by_label sort_by_label_desc", [V, T], { variadic: Infinity, experimental: true }),
  ...all("vector", [S]),
]);

/** What the first of two arguments of an aggregation is; aggregations that take one alone are not in it. */
export const PARAMETERS: Readonly<Record<string, ValueType>> = {
  topk: S,
  bottomk: S,
  quantile: S,
  limitk: S,
  limit_ratio: S,
  count_values: T,
};

/** Aggregations that Prometheus takes only with `--enable-feature=promql-experimental-functions`. */
export const EXPERIMENTAL_AGGREGATIONS: ReadonlySet<string> = new Set(["limitk", "limit_ratio"]);

/** Operators between vectors alone. */
export const SET_OPERATORS: ReadonlySet<string> = new Set(["and", "or", "unless"]);

/** Operators that keep what they hold true of. */
export const COMPARISONS: ReadonlySet<string> = new Set(["==", "!=", "<", "<=", ">", ">="]);
