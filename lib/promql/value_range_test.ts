import assert from "node:assert/strict";
import { parsePromql } from "./parse.ts";
import { type RangeOfSelector, valueRange } from "./value_range.ts";

/** `bit` is 0 or 1, `size` is never less than 0; nothing is known of the others. */
const RANGES: RangeOfSelector = ({ metric }) =>
  metric === "bit"
    ? { min: 0, max: 1, whole: true }
    : metric === "size"
    ? { min: 0, max: Infinity }
    : undefined;

/** The expression → its lowest and highest value, `w` for whole numbers, `~` for bounds that are only meant. */
const CASES: Readonly<Record<string, string>> = {
  "5": "5 5 w",
  "-0.5": "-0.5 -0.5",
  "x": "-Infinity Infinity",
  "bit": "0 1 w",
  "-bit": "-1 0 w",
  "2 * bit + 1": "1 3 w",
  "1 - bit": "0 1 w",
  "bit - bit": "-1 1 w",
  "size - size": "-Infinity Infinity",
  "bit / 2": "0 0.5",
  "size / size": "0 1 ~",
  "size / x": "-Infinity Infinity",
  "0 * size": "0 0",
  "size % 7": "0 Infinity",
  "x ^ 2": "-Infinity Infinity",
  "bit == 1": "1 1 w",
  "0 < bit": "0 1 w",
  "x > 5": "5 Infinity",
  "x > bool 5": "0 1 w",
  "bit or vector(5)": "0 5 w",
  "bit and x": "0 1 w",
  "size unless x": "0 Infinity",
  "sum(bit)": "0 Infinity w",
  "sum(-size)": "-Infinity 0",
  "avg(bit)": "0 1",
  "max by (a) (bit)": "0 1 w",
  "count(x)": "1 Infinity w",
  "group(x)": "1 1 w",
  "topk(3, bit)": "0 1 w",
  "stddev(x)": "0 Infinity",
  "rate(x[5m])": "0 Infinity",
  "deriv(size[5m])": "-Infinity Infinity",
  "avg_over_time(bit[5m])": "0 1",
  "max_over_time(bit[5m])": "0 1 w",
  "sum_over_time(bit[5m])": "0 Infinity w",
  "quantile_over_time(0.5, bit[5m])": "0 1",
  "abs(x)": "0 Infinity",
  "abs(-bit)": "0 1 w",
  "clamp_max(size, 3)": "0 3",
  "clamp(x, 1, 2)": "1 2",
  "ceil(bit / 2)": "0 1 w",
  "absent(x)": "1 1 w",
  "hour()": "0 23 w",
  "a_free_bytes / a_size_bytes": "0 1 ~",
  "100 * (1 - a_MemAvailable_bytes / a_MemTotal_bytes)": "0 100 ~",
  'sum(rate(x{a="1"}[5m])) / sum(rate(x[5m]))': "0 1 ~",
  'sum(rate(x[5m])) / sum(rate(x{a="1"}[5m]))': "0 Infinity",
  'sum by (b) (rate(x{a="1"}[5m])) / sum(rate(x[5m]))': "0 Infinity",
  "a_free_bytes / b_size_bytes": "-Infinity Infinity",
};

for (const [text, expected] of Object.entries(CASES)) {
  Deno.test(`valueRange knows between which numbers ${text} lies`, () => {
    const { expr } = parsePromql(text);
    assert.ok(expr);
    const { min, max, whole, soft } = valueRange(expr, RANGES);
    // Whether a 0 has a sign makes no difference to a comparison.
    const shown = [min + 0, max + 0, ...(whole ? ["w"] : []), ...(soft ? ["~"] : [])].join(" ");
    assert.equal(shown, expected);
  });
}
