import assert from "node:assert/strict";
import { parsePromql } from "./parse.ts";
import { pinsOf } from "./pins.ts";

/** The expression → the labels that have one value. */
const CASES: Readonly<Record<string, string>> = {
  'x{a="1",b=~"2",c=""}': "a=1",
  'rate(x{a="1"}[5m]) > 5': "a=1",
  '5 < x{a="1"}': "a=1",
  'sum by (a) (x{a="1",b="2"})': "a=1",
  'sum without (a) (x{a="1",b="2"})': "b=2",
  'sum(x{a="1"})': "",
  'topk(3, x{a="1"})': "a=1",
  'x{a="1"} + y{b="2"}': "a=1 b=2",
  'x{a="1",c="3"} + on (a) y{b="2"}': "a=1",
  'x{a="1",c="3"} + ignoring (a) y': "c=3",
  'x{a="1",b="2"} * on (a) group_left (b) y{c="3"}': "a=1",
  'x{a="1"} and y{b="2"}': "a=1",
  'x{a="1",b="2"} or y{a="1",b="3"}': "a=1",
  'label_replace(x{a="1",b="2"}, "a", "", "", "")': "b=2",
  'absent(x{a="1"})': "a=1",
  'scalar(x{a="1"})': "",
  "time()": "",
};

for (const [text, expected] of Object.entries(CASES)) {
  Deno.test(`pinsOf knows which labels of ${text} have one value`, () => {
    const { expr } = parsePromql(text);
    assert.ok(expr);
    assert.equal([...pinsOf(expr)].map((pair) => pair.join("=")).sort().join(" "), expected);
  });
}
