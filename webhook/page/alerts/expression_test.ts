import { deepEqual, equal } from "node:assert/strict";
import { expressionIn, graphOf } from "./expression.ts";

Deno.test("graphOf splits off a comparison with a number at the end", () => {
  deepEqual(graphOf("up == 0"), { query: "up", operator: "==", threshold: 0 });
  deepEqual(graphOf("sum by (a) (rate(x[5m])) > 1.5e3"), {
    query: "sum by (a) (rate(x[5m]))",
    operator: ">",
    threshold: 1_500,
  });
  deepEqual(graphOf('x{a=">= 1"} <= -2'), { query: 'x{a=">= 1"}', operator: "<=", threshold: -2 });
});

Deno.test("graphOf leaves whole what means something else without its end", () => {
  for (
    const whole of [
      "up",
      "a > 1 and b > 2",
      "a > 1 unless b == 0",
      "a > bool 1",
      "(a > 1",
      "a > b > 1",
      "1 < a",
    ]
  ) {
    deepEqual(graphOf(whole), { query: whole });
  }
});

Deno.test("expressionIn reads the link of Prometheus, and no other", () => {
  equal(expressionIn("http://p/graph?g0.expr=up+%3D%3D+0&g0.tab=1"), "up == 0");
  for (const none of ["", "http://p/graph", "nonsense", "http://p/?g0.expr="]) {
    equal(expressionIn(none), undefined);
  }
});
