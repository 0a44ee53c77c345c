/** `promql/result-type`: a rule gives something that can be stored, an alert something that can be missing. */

import { typeOf } from "../../../lib/promql/mod.ts";
import { ruleCheck } from "../rule_check.ts";

/**
 * A rule gives an instant vector. A text or a range is taken by promtool and fails at every evaluation; a bare number makes an alert that fires for ever, because
 * a number is always there.
 */
export const resultTypeCheck = ruleCheck({
  id: "promql/result-type",
  title: "Every rule gives what can be stored",
  severity: "error",
}, function* ({ tree, kind }) {
  const type = typeOf(tree);
  if (type === "string" || type === "range vector") {
    yield {
      message: type === "string"
        ? "The expression is a text, which can be neither compared nor stored"
        : "The expression is a range of samples: Prometheus cannot store it, and fails at every evaluation",
      cure: type === "string"
        ? "Write an expression"
        : "Put a function around it, such as rate() or avg_over_time()",
    };
  } else if (type === "scalar" && kind === "alert") {
    yield {
      message: "The expression is a number, which is always there: the alert would fire for ever",
      cure: "Compare the series themselves, without `scalar` and `bool`",
    };
  }
});
