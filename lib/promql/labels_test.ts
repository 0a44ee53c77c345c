import assert from "node:assert/strict";
import { type LabelSchema, labelsOf } from "./labels.ts";
import { parsePromql } from "./parse.ts";

/** `m` has `a` and `b`, and `c` now and then; `n` may have anything beside `a`; of others nothing is known. */
const SCHEMA: LabelSchema = (metric) => {
  if (metric === "m") return { sure: new Set(["a", "b"]), maybe: new Set(["c"]), open: false };
  return metric === "n" ? { sure: new Set(["a"]), maybe: new Set(), open: true } : undefined;
};

/** The expression → its labels: those it may have with `?`, and `…` where there may be others. */
const CASES: Readonly<Record<string, string>> = {
  "m": "a b c?",
  'm{d="x"}': "a b c? d",
  'm{c=~".+",a=""}': "b c",
  'm{c!~"x"}': "a b c?",
  "n": "a …",
  "other": "…",
  "5": "",
  "vector(1)": "",
  "sum(m)": "",
  "sum by (a, c, d) (m)": "a c?",
  "sum by (a, d) (n)": "a d?",
  "sum without (a) (m)": "b c?",
  "topk(3, m)": "a b c?",
  'count_values("version", m)': "version",
  'count_values by (a) ("version", m)': "a version",
  "rate(m[5m]) > 3": "a b c?",
  "3 < -(m)": "a b c?",
  "scalar(m) + sum by (a) (m)": "a",
  "m and sum by (a) (m)": "a b c?",
  "sum by (a) (m) or m": "a b? c?",
  "m or vector(0)": "a? b? c?",
  "m + on (a) m": "a",
  "m > on (a, b) n": "a b",
  "m + ignoring (b) n": "a c?",
  "m * on (a) group_left (b, x) n": "a c? b? x?",
  "sum by (a) (m) * on (a) group_right () m": "a b c?",
  'absent(m{a="1",b=~"x",c!="2"})': "a",
  "absent(sum(m))": "",
  'absent_over_time(m{a="1"}[5m])': "a",
  'label_replace(m, "d", "$1", "a", "(.*)")': "a b c? d?",
  'label_join(m, "a", "-", "b")': "b c? a?",
  "histogram_quantile(0.9, sum by (a, le) (n))": "a",
  "max_over_time(sum by (a) (m)[1h:])": "a",
  "hour()": "",
};

for (const [text, expected] of Object.entries(CASES)) {
  Deno.test(`labelsOf knows the labels of ${text}`, () => {
    const { expr } = parsePromql(text);
    assert.ok(expr);
    const { sure, maybe, open } = labelsOf(expr, SCHEMA);
    const shown = [...[...sure].map((label) => [label, ""]), ...[...maybe].map((label) => [label, "?"])];
    assert.deepEqual(
      shown.map(([label, mark]) => `${label}${mark}`).sort(),
      expected.split(" ").filter((word) => word !== "" && word !== "…").sort(),
    );
    assert.equal(open, expected.endsWith("…"));
  });
}
