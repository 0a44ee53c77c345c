import { testExpressions } from "../testing/rules.ts";
import { rangeBeyondRetentionCheck } from "./range_beyond_retention.ts";

testExpressions(rangeBeyondRetentionCheck, {
  good: [
    "max_over_time(up[15d]) == 0",
    "up offset 15d == 0",
    "max_over_time(rate(x[1d])[14d:1h]) > 1",
    "max_over_time(up[30d] @ 1609746000) == 0",
    "rate(x[10d]) > rate(x[10d])",
  ],
  bad: [
    ["max_over_time(up[30d]) == 0", "error up[30d] → It looks back 30d, but Prometheus keeps 15d"],
    ["up == 0 and up offset 16d == 1", "error up offset 16d → It looks back 16d, but Prometheus keeps 15d"],
    [
      "max_over_time(rate(x[2d] offset 1d)[13d:1h] offset 1w) > 1",
      "error x[2d] offset 1d → It looks back 23d, but Prometheus keeps 15d",
    ],
  ],
});
