/** `promql/for-too-long`: an alert fires while somebody can still do something. */

import { formatDuration } from "../../../lib/units.ts";
import { ruleCheck } from "../rule_check.ts";

const DAY_MS = 86_400_000;
const MOST_MS = 3 * DAY_MS;

/**
 * `for` and `keep_firing_for` are some days at most, and shorter than what Prometheus keeps: after a restart it goes by what it stored. `1y` instead of `1m` is
 * legal, and the alert never comes.
 */
export const forTooLongCheck = ruleCheck({
  id: "promql/for-too-long",
  title: "No alert waits for days",
  severity: "error",
}, function* ({ forMs = 0, keepFiringForMs = 0 }, { retentionMs = Infinity }) {
  for (const [key, ms] of [["for", forMs], ["keep_firing_for", keepFiringForMs]] as const) {
    const duration = formatDuration(ms);
    if (ms > retentionMs) {
      yield {
        at: key,
        message: `\`${key}\` is ${duration}, longer than Prometheus keeps anything (${
          formatDuration(retentionMs)
        })`,
        cure: "Shorten it",
      };
    } else if (ms > MOST_MS) {
      yield {
        at: key,
        severity: "warning",
        message: key === "for" ? `It waits ${duration} before it fires` : `It goes on firing for ${duration}`,
        cure: "Shorten it, or look at a longer range in the expression",
      };
    }
  }
});
