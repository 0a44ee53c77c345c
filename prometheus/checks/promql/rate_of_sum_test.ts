import assert from "node:assert/strict";
import { alertOf, saidOf, testExpressions } from "../testing/rules.ts";
import { rateOfSumCheck } from "./rate_of_sum.ts";

const SUM = "of a sum of counters: when one of them starts again, it shows a peak as high as all of them";
const RATE = "of what is a rate already: it goes up and down like any gauge";
testExpressions(rateOfSumCheck, {
  good: [
    "sum(rate(x_total[5m])) > 1",
    "rate(x_total[5m:1m]) > 1",
    "deriv(sum(x_total)[5m:1m]) > 1",
    "rate(max(node_load1)[5m:1m]) > 1",
    "max_over_time(rate(x_total[5m])[1h:]) > 1",
  ],
  bad: [
    ["rate(sum(x_total)[5m:1m]) > 1", `error rate → rate() ${SUM}`],
    ["increase(sum by (mode) (node_cpu_seconds_total)[5m:1m]) > 1", `error increase → increase() ${SUM}`],
    ["rate(rate(x_total[5m])[1h:5m]) > 1", `error rate → rate() ${RATE}`],
  ],
});

Deno.test("promql/rate-of-sum knows what rules record", async () => {
  const rules = [
    { record: "job:x:sum", expr: "sum by (job) (x_total)" },
    { record: "job:x:rate5m", expr: "sum by (job) (rate(x_total[5m]))" },
    alertOf("rate(job:x:sum[5m]) + rate(job:x:rate5m[5m]) > 1"),
  ];
  assert.deepEqual(await saidOf(rateOfSumCheck, rules), [
    `error rate → rate() ${SUM}`,
    `error rate → rate() ${RATE}`,
  ]);
});
