import { alertOf, testExpressions } from "../testing/rules.ts";
import { forTooLongCheck } from "./for_too_long.ts";

testExpressions(forTooLongCheck, {
  good: [
    "up == 0",
    alertOf("up == 0", { for: "3d", keep_firing_for: "1h" }),
    alertOf("up == 0", { for: undefined }),
  ],
  bad: [
    [
      alertOf("up == 0", { for: "1y" }),
      "error 1y → `for` is 1y, longer than Prometheus keeps anything (15d)",
    ],
    [alertOf("up == 0", { for: "5d" }), "warning 5d → It waits 5d before it fires"],
    [alertOf("up == 0", { keep_firing_for: "1w" }), "warning 1w → It goes on firing for 1w"],
  ],
});
