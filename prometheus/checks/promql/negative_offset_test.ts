import { testExpressions } from "../testing/rules.ts";
import { negativeOffsetCheck } from "./negative_offset.ts";

testExpressions(negativeOffsetCheck, {
  good: [
    "up offset 5m == 0",
    "rate(x[5m] offset 1d) > 1",
    "sum_over_time(up[1h:] offset 5m) > 1",
    "up @ end() == 0",
  ],
  bad: [
    [
      "up offset -5m == 0",
      "error up offset -5m → It asks for what will be stored in 5m: there is nothing yet",
    ],
    [
      "rate(x[5m] offset -1d) > 1",
      "error x[5m] offset -1d → It asks for what will be stored in 1d: there is nothing yet",
    ],
    [
      "up @ 1609746000 == 0",
      "error up @ 1609746000 → It looks at 2021-01-04T07:40:00.000Z for ever, whatever happens",
    ],
  ],
});
