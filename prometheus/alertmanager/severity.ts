/** Severities that rules give their alerts, and how each is told unless config.ts says otherwise. */

import type { Duration } from "../../lib/units.ts";

/** From the most urgent on. */
export const SEVERITIES = ["critical", "warning", "info", "none"] as const;

/** How urgent an alert is. */
export type Severity = typeof SEVERITIES[number];

/** Which alerts are told in one message, and when. */
export interface Timing {
  readonly groupBy: readonly string[];
  readonly groupWait: Duration;
  readonly groupInterval: Duration;
  readonly repeatInterval: Duration;
}

const GROUP_BY = ["alertname", "severity"];

/** What wants somebody now is told at once and again soon; what can wait is gathered. */
export const DEFAULT_TIMING: Readonly<Record<Severity, Timing>> = {
  critical: { groupBy: GROUP_BY, groupWait: "10s", groupInterval: "1m", repeatInterval: "1h" },
  warning: { groupBy: GROUP_BY, groupWait: "30s", groupInterval: "5m", repeatInterval: "12h" },
  info: { groupBy: GROUP_BY, groupWait: "1m", groupInterval: "10m", repeatInterval: "1d" },
  none: { groupBy: GROUP_BY, groupWait: "1m", groupInterval: "10m", repeatInterval: "1d" },
};
