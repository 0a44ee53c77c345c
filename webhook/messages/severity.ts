/** How bad an alert is, and what that looks like. */

import type { Severity } from "../message.ts";
import type { Notification } from "../payload.ts";

// The words of Alertmanager's own examples, the Prometheus community's mixins, PagerDuty, Opsgenie, Zabbix, Nagios and syslog.
const WORDS: ReadonlyMap<string, Severity> = new Map(
  Object.entries(
    {
      critical:
        "critical crit page paging pager error err fatal emergency emerg alert disaster high major urgent p0 p1 p2 sev0 sev1 s1",
      warning: "warning warn minor medium moderate average ticket p3 sev2 s2",
      info: "info information informational notice low debug p4 p5 sev3 sev4 s3",
    } satisfies Record<Exclude<Severity, "none">, string>,
  ).flatMap(([severity, words]) => words.split(" ").map((word) => [word, severity as Severity] as const)),
);

const WORST_FIRST: readonly Severity[] = ["critical", "warning", "info", "none"];

/** What a label `severity` means; `none` for a word that says nothing, and without one. */
export function severityOf(label: string | undefined): Severity {
  return WORDS.get(label?.trim().toLowerCase() ?? "") ?? "none";
}

/** Orders the worst first. */
export function bySeverity(a: Severity, b: Severity): number {
  return WORST_FIRST.indexOf(a) - WORST_FIRST.indexOf(b);
}

/** The worst of some. */
export function worst(severities: Iterable<Severity>): Severity {
  let found: Severity = "none";
  for (const severity of severities) {
    if (bySeverity(severity, found) < 0) found = severity;
  }
  return found;
}

/** How a severity looks while it fires, and how anything looks that is over. */
const LOOKS: Readonly<Record<Severity | "resolved", { readonly emoji: string; readonly color: string }>> = {
  critical: { emoji: "🚨", color: "#c4162a" },
  warning: { emoji: "⚠️", color: "#f2a600" },
  info: { emoji: "ℹ️", color: "#1f60c4" },
  none: { emoji: "🔔", color: "#6e7681" },
  resolved: { emoji: "✅", color: "#37872d" },
};

/** The emoji and the colour (`#rrggbb`) of an alert or a message. */
export function lookOf(status: Notification["status"], severity: Severity) {
  return LOOKS[status === "resolved" ? "resolved" : severity];
}
