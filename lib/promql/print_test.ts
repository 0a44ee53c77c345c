import assert from "node:assert/strict";
import { parsePromql } from "./parse.ts";
import { printNumber, printPromql } from "./print.ts";

/** What is written → what Prometheus's API answers of it. */
const CASES: Readonly<Record<string, string>> = {
  "SUM BY(job,)( rate(x{b='1',a=~`2`}[60s]) ) # why": 'sum by (job) (rate(x{a=~"2",b="1"}[1m]))',
  "sum(x)by()": "sum(x)",
  "sum without () (x)": "sum without () (x)",
  "topk(3,x)": "topk(3, x)",
  "a/on(x)group_left b": "a / on (x) group_left () b",
  "a - ignoring() b": "a - b",
  "a > BOOL 1e3": "a > bool 1000",
  "1e-7 + 0x1F + 5. + -Inf + NaN + 017": "0.0000001 + 31 + 5 + -Inf + NaN + 15",
  "5m + 90s": "5m + 1m30s",
  "-1^2 + -x + +1": "-1 ^ 2 + -x + 1",
  "a + b offset 90m": "a + b offset 1h30m",
  "x offset -1w @ start()": "x @ start() offset -1w",
  "x[1h:60s] @ 10": "x[1h:1m] @ 10.000",
  "max_over_time(x[1h:] offset 5m)": "max_over_time(x[1h:] offset 5m)",
  "x[5m] offset 1d": "x[5m] offset 1d",
  '{"my.metric", "a b"=\'"\'}': '{"a b"="\\"",__name__="my.metric"}',
  '{__name__="up"}': '{__name__="up"}',
  'x{a="é\\n\\u00a0\\x01"}': 'x{a="é\\n\\u00a0\\x01"}',
  'sum by ("a b") ((x))': 'sum by ("a b") ((x))',
};

for (const [text, expected] of Object.entries(CASES)) {
  Deno.test(`printPromql prints ${text} as Prometheus does`, () => {
    const { expr } = parsePromql(text);
    assert.ok(expr);
    assert.equal(printPromql(expr), expected);
    const again = parsePromql(expected).expr;
    assert.ok(again);
    assert.equal(printPromql(again), expected);
  });
}

Deno.test("printNumber writes the shortest digits without an exponent", () => {
  const numbers = [0, -0, 0.1, 1e21, -1.5e-9, 123456.789, Infinity, -Infinity];
  assert.deepEqual(numbers.map(printNumber), [
    ...["0", "-0", "0.1", "1000000000000000000000", "-0.0000000015", "123456.789", "+Inf", "-Inf"],
  ]);
});
