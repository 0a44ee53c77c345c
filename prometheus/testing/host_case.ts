/** What the cases of alerts about hosts are written with: series of one host, and what fires on them. */

import type { Text } from "../../lib/text.ts";
import type { AlertSeverity } from "../rules/rule.ts";
import type { Firing } from "./rule_cases.ts";

type Labels = Readonly<Record<string, string>>;

/** The host of the cases: `team` is a label that config.ts gave it, which no rule may lose. */
export const WEB_1: Labels = { instance: "web-1", job: "node", team: "web" };

/** A series of that host: `on("node_load1")` is `node_load1{instance="web-1",job="node",team="web"}`. */
export function on(metric: string, labels: Labels = {}): string {
  const matchers = Object.entries({ ...labels, ...WEB_1 }).map(([name, value]) => `${name}="${value}"`);
  return `${metric}{${matchers.sort().join(",")}}`;
}

/** An alert of that host that fires with these texts. */
export function fires(
  severity: AlertSeverity,
  { summary, description }: { readonly summary: Text; readonly description: Text },
  labels: Labels = {},
): Firing {
  return { severity, labels: { ...labels, ...WEB_1 }, summary, description };
}
