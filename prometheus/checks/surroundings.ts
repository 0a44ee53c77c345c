/** What rules live among: the scrape jobs and their targets, Alertmanager and the labels that it goes by. */

import { parseMatcher } from "../../lib/matcher.ts";
import type { LabelSet } from "../../lib/promql/mod.ts";
import { listOf, type Loose, milliseconds, recordOf } from "./loose.ts";

/** A scrape job. */
export interface ModelJob {
  readonly name: string;
  /** Time between two scrapes; undefined where the file says nothing that could be read. */
  readonly intervalMs?: number;
  /** The labels of its targets, `job` and `instance` among them; open when targets are found at run time. */
  readonly labels: LabelSet;
  /** How many targets it has; Infinity when they are found at run time. */
  readonly targets: number;
}

/** Which labels Alertmanager's configuration speaks of, and where: label → what for, in words. */
export type RoutingLabels = ReadonlyMap<string, string>;

/** The scrape jobs of prometheus.yml. */
export function jobsOf(prometheus: Loose): ModelJob[] {
  const global = milliseconds(recordOf(prometheus.global).scrape_interval);
  return listOf(prometheus.scrape_configs).map((job) => ({
    // A pool of hosts that are asked in another way is of the same job.
    name: String(recordOf(listOf(job.static_configs)[0]?.labels).job ?? job.job_name ?? ""),
    intervalMs: milliseconds(job.scrape_interval) ?? global,
    labels: targetLabels(job),
    targets: findsTargets(job)
      ? Infinity
      : listOf(job.static_configs).reduce((sum, { targets }) => sum + textsIn(targets).length, 0),
  }));
}

function targetLabels(job: Loose): LabelSet {
  const targets = listOf(job.static_configs).map(({ labels }) =>
    new Set([...Object.keys(recordOf(labels)).filter((label) => !label.startsWith("__")), "job", "instance"])
  );
  const isOpen = findsTargets(job) || addsLabels(job.relabel_configs) ||
    addsLabels(job.metric_relabel_configs);
  const sure = targets.length === 0
    ? new Set(["job", "instance"])
    : targets.reduce((common, labels) => common.intersection(labels));
  const all = targets.reduce((some, labels) => some.union(labels), new Set<string>());
  return { sure: isOpen ? new Set(["job", "instance"]) : sure, maybe: all.difference(sure), open: isOpen };
}

function findsTargets(job: Loose): boolean {
  return Object.keys(job).some((key) => /_sd_configs$/.test(key));
}

/** Whether rules for labels may add one that nobody knows of, beyond `instance` and `job`. */
function addsLabels(rules: unknown): boolean {
  return listOf(rules).some(({ action = "replace", target_label: target }) =>
    /^(?:replace|labelmap|hashmod|lowercase|uppercase)$/.test(String(action)) &&
    !/^(?:__\w+|instance|job)$/.test(String(target))
  );
}

/** The labels by which alertmanager.yml routes, groups and inhibits. */
export function routingLabelsOf(alertmanager: Loose): RoutingLabels {
  const found = new Map<string, string>();
  const add = (label: string, use: string) => {
    // Every alert has these, or gets them from its rule.
    if (label !== "" && label !== "..." && !/^(?:alertname|severity)$/.test(label) && !found.has(label)) {
      found.set(label, use);
    }
  };
  const route = (entry: Loose) => {
    for (const label of textsIn(entry.group_by)) add(label, "grouping (group_by)");
    for (const text of textsIn(entry.matchers)) add(labelOfMatcher(text), "routing (matchers)");
    for (const label of Object.keys(recordOf(entry.match))) add(label, "routing (match)");
    for (const child of listOf(entry.routes)) route(child);
  };
  route(recordOf(alertmanager.route));
  for (const inhibition of listOf(alertmanager.inhibit_rules)) {
    for (const label of textsIn(inhibition.equal)) add(label, "inhibition (equal)");
  }
  return found;
}

function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function labelOfMatcher(text: string): string {
  try {
    return parseMatcher(text).label;
  } catch (error) {
    if (error instanceof SyntaxError) return "";
    throw error;
  }
}
