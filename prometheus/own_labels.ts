/** Labels by which the operator's own alerts differ from one another. */

import { type Expr, parsePromql, walk } from "../lib/promql/mod.ts";
import type { Measure } from "./schema.ts";

/**
 * The labels that the expressions of config.ts's own alerts and recordings keep or match by name: a worse alert mutes a less bad one only where
 * these are the same too. Sorted, each once.
 */
export function ownLabels({ alerts, recordings }: Pick<Measure, "alerts" | "recordings">): string[] {
  const labels = new Set<string>();
  for (const { expr } of [...alerts, ...recordings]) {
    const parsed = parsePromql(expr);
    if (parsed.expr !== undefined) {
      walk(parsed.expr, (node) => labelsIn(node).forEach((label) => labels.add(label)));
    }
  }
  return [...labels].sort();
}

function labelsIn(node: Expr): readonly string[] {
  if (node.kind === "aggregation" && node.grouping?.mode === "by") return node.grouping.labels;
  if (node.kind !== "binary" || node.matching === undefined) return [];
  const { mode, labels, group } = node.matching;
  return [...(mode === "on" ? labels : []), ...(group?.include ?? [])];
}
