/** `cost/cardinality`: no rule reads or stores far more series than it needs. */

import type { Check, Problem } from "../../../lib/check.ts";
import { selectorsOf } from "../../../lib/promql/mod.ts";
import { namesChosenBy, type RecordedSizes, type Scraped, seriesGiven } from "../../catalogue/mod.ts";
import { type ModelRule, ruleModelOf } from "../rule_model.ts";
import { scrapedFor } from "../scraped.ts";

const ID = "cost/cardinality";
/** So many metrics at once are no choice any more. */
const MAX_NAMES = 50;
/** Series that a recording rule may store, in all and for each host. */
const MAX_STORED = 1_000;
const MAX_STORED_PER_HOST = 20;

/** Looks for selectors that name no metric, and estimates from the catalogue how many series recording rules store. */
export const cardinalityCheck: Check = {
  id: ID,
  title: "No rule reads or stores far more series than it needs",
  severity: "warning",
  online: false,
  async run(context) {
    const { rules } = await ruleModelOf(context);
    const scraped = await scrapedFor(context);
    const recorded = recordedSizes(rules, scraped);
    return rules.flatMap((rule) => [
      ...namelessIn(rule),
      ...storingOf(rule, scraped, recorded),
    ]);
  },
};

function namelessIn(rule: ModelRule): Problem[] {
  return (rule.tree === undefined ? [] : selectorsOf(rule.tree)).flatMap((selector) => {
    const names = namesChosenBy(selector);
    if (names === undefined || names.length <= MAX_NAMES) return [];
    return [problem(
      rule,
      selector,
      `It reads every series of ${names.length} metrics at each evaluation`,
      "Name the metric, or fewer of them",
    )];
  });
}

function storingOf(rule: ModelRule, scraped: Scraped, recorded: RecordedSizes): Problem[] {
  if (rule.kind !== "record" || rule.tree === undefined) return [];
  const stored = seriesGiven(rule.tree, scraped, recorded) ?? 0;
  const hosts = Math.max(1, ...scraped.jobs.map(({ targets }) => targets.length));
  if (stored <= MAX_STORED || stored / hosts <= MAX_STORED_PER_HOST) return [];
  return [problem(
    rule,
    rule.tree,
    `It stores about ${Math.round(stored)} series more`,
    "Aggregate: `sum by (instance)` keeps one for each host",
  )];
}

/** What each recording rule stores; undefined for one that needs itself. */
function recordedSizes(rules: readonly ModelRule[], scraped: Scraped): RecordedSizes {
  const byName = Map.groupBy(rules.filter(({ kind }) => kind === "record"), ({ name }) => name);
  const known = new Map<string, number | undefined>();
  const sizeOf: RecordedSizes = (name) => {
    if (known.has(name)) return known.get(name);
    known.set(name, undefined);
    const sizes = (byName.get(name) ?? []).map(({ tree }) => tree && seriesGiven(tree, scraped, sizeOf));
    const sum = sizes.every((size) => size !== undefined)
      ? (sizes as number[]).reduce((all, size) => all + size, 0)
      : undefined;
    known.set(name, sum);
    return sum;
  };
  return sizeOf;
}

function problem(
  rule: ModelRule,
  { from, to }: { readonly from: number; readonly to: number },
  message: string,
  cure: string,
): Problem {
  return {
    check: ID,
    severity: "warning",
    file: rule.file,
    ...rule.at("expr", from, to),
    subject: rule.name,
    message,
    cure,
  };
}
