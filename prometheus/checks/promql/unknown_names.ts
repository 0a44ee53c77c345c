/** `promql/unknown-metric` and `promql/unknown-label`: rules ask for what is exposed. */

import type { Check, CheckContext, Problem } from "../../../lib/check.ts";
import { judge, judgeSeen, type Misnomer } from "../../catalogue/mod.ts";
import { type ModelRule, ruleModelOf } from "../rule_model.ts";
import { scrapedFor } from "../scraped.ts";

/**
 * Compares the metrics that rules select with a catalogue of what the exporters expose, recorded off the real ones. What only a job
 * of the user's own could expose is not judged.
 */
export const unknownMetricCheck: Check = {
  id: "promql/unknown-metric",
  title: "Every metric in a rule is exposed by what is scraped",
  severity: "error",
  online: false,
  run: (context) => problemsOf(context, unknownMetricCheck.id, "metric"),
};

/** Compares the labels that rules select, group and join by with those of the series, and their values where all of them are known. */
export const unknownLabelCheck: Check = {
  id: "promql/unknown-label",
  title: "Every label in a rule is one that its series carry",
  severity: "error",
  online: false,
  run: (context) => problemsOf(context, unknownLabelCheck.id, "label"),
};

interface Found {
  readonly rule: ModelRule;
  readonly misnomer: Misnomer;
}

const found = new WeakMap<CheckContext, Promise<readonly Found[]>>();

async function problemsOf(context: CheckContext, check: string, kind: Misnomer["kind"]): Promise<Problem[]> {
  let all = found.get(context);
  if (all === undefined) found.set(context, all = look(context));
  return (await all).filter(({ misnomer }) => misnomer.kind === kind).map(({ rule, misnomer }) => ({
    check,
    severity: misnomer.certain ? "error" : "warning",
    file: rule.file,
    ...rule.at("expr", misnomer.from, misnomer.to),
    subject: rule.name,
    message: misnomer.message,
    cure: misnomer.cure,
  }));
}

async function look(context: CheckContext): Promise<Found[]> {
  const { rules } = await ruleModelOf(context);
  const scraped = await scrapedFor(context);
  const judged = rules.flatMap((rule) =>
    rule.tree === undefined ? [] : [{ rule, ...judge(rule.tree, scraped) }]
  );
  const offline = judged.flatMap(({ rule, wrong }) => wrong.map((misnomer) => ({ rule, misnomer })));
  const { seen } = context;
  if (seen === undefined) return offline;
  // What runs knows more than the catalogue: textfiles, exporters with other flags, jobs of the user's own.
  const unjudged = judged.flatMap(({ rule, unjudged }) => unjudged.map((selector) => ({ rule, selector })));
  const asked = await judgeSeen(unjudged.map(({ selector }) => selector), seen);
  return [
    ...offline.filter(({ misnomer: { name } }) => name === undefined || !seen.names.has(name)),
    ...unjudged.flatMap(({ rule }, i) => asked[i]!.map((misnomer) => ({ rule, misnomer }))),
  ];
}
