/** `promql/rate-on-gauge`: functions for counters get counters, functions for gauges get gauges. */

import type { VectorSelector } from "../../../lib/promql/mod.ts";
import { walk } from "../../../lib/promql/mod.ts";
import { typesOf } from "../metric_type.ts";
import { ruleCheck } from "../rule_check.ts";

const FOR_COUNTERS = new Set(["rate", "irate", "increase"]);
const INSTEAD: Readonly<Record<string, string>> = {
  deriv: "rate",
  delta: "increase",
  idelta: "irate",
  predict_linear: "rate",
  double_exponential_smoothing: "rate",
};

/**
 * `rate`, `irate` and `increase` take every fall for a restart: on a gauge they give nonsense. `deriv`, `delta` and `predict_linear` on a counter are wrong
 * at every restart. Types are the catalogue's; a metric that it does not have is not judged.
 */
export const rateOnGaugeCheck = ruleCheck({
  id: "promql/rate-on-gauge",
  title: "rate() is taken of counters, deriv() of gauges",
  severity: "error",
}, function* ({ tree }, model) {
  const calls: { name: string; selector: VectorSelector; from: number; to: number }[] = [];
  walk(tree, (node) => {
    const matrix = node.kind === "call" ? node.args.find((arg) => arg.kind === "matrix") : undefined;
    if (node.kind === "call" && matrix?.kind === "matrix") {
      calls.push({ name: node.name, selector: matrix.selector, from: node.from, to: node.to });
    }
  });
  for (const { name, selector, from } of calls) {
    const types = typesOf(selector, model);
    const at = { from, to: from + name.length };
    if (FOR_COUNTERS.has(name) && types.size === 1 && types.has("gauge")) {
      yield {
        at,
        message: `${name}() is for counters, but "${selector.metric}" is a gauge, which may fall`,
        cure: `Take ${name === "increase" ? "delta" : "deriv"}() of it, or compare it itself`,
      };
    }
    const instead = INSTEAD[name];
    if (instead !== undefined && types.size === 1 && types.has("counter")) {
      yield {
        at,
        message: `${name}() is for gauges, but "${selector.metric}" is a counter, which starts again at 0`,
        cure: `Take ${instead}() of it`,
      };
    }
  }
});
