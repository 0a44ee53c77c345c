import { testExpressions } from "../testing/rules.ts";
import { resultTypeCheck } from "./result_type.ts";

testExpressions(resultTypeCheck, {
  good: ["up == 0", "vector(1)", { record: "a:b:c", expr: "time() - 5" }, "absent(up)"],
  bad: [
    ['"up"', "error '\"up\"' → The expression is a text, which can be neither compared nor stored"],
    [
      { record: "a:b:c", expr: "up[5m]" },
      "error up[5m] → The expression is a range of samples: Prometheus cannot store it, and fails at every evaluation",
    ],
    [
      "time() > bool 5",
      "error time() > bool 5 → The expression is a number, which is always there: the alert would fire for ever",
    ],
  ],
});
