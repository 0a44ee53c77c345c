/** `promql/negative-offset`: no rule looks into the future. */

import { walk } from "../../../lib/promql/mod.ts";
import { formatDuration } from "../../../lib/units.ts";
import { ruleCheck } from "../rule_check.ts";

/**
 * A negative offset asks for what comes later. A rule is evaluated now, when nothing of that is stored. A fixed moment after `@` gives the same
 * for ever.
 */
export const negativeOffsetCheck = ruleCheck({
  id: "promql/negative-offset",
  title: "No rule looks into the future",
  severity: "error",
}, function* ({ tree }) {
  const found: { offsetMs?: number; at?: unknown; from: number; to: number }[] = [];
  walk(tree, (node, [parent]) => {
    if (node.kind !== "vector" && node.kind !== "subquery") return;
    const { from, to } = parent?.kind === "matrix" ? parent : node;
    found.push({ offsetMs: node.offsetMs, at: node.at, from, to });
  });
  for (const { offsetMs = 0, at, from, to } of found) {
    if (offsetMs < 0) {
      yield {
        at: { from, to },
        message: `It asks for what will be stored in ${formatDuration(-offsetMs)}: there is nothing yet`,
        cure: "Leave the minus out, or the offset",
      };
    }
    if (typeof at === "number") {
      yield {
        at: { from, to },
        message: `It looks at ${new Date(at).toISOString()} for ever, whatever happens`,
        cure: "Leave the @ modifier out",
      };
    }
  }
});
