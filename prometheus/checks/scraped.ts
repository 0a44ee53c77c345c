/** What the files in the build directory make Prometheus scrape and record. */

import { join } from "node:path";
import { type CheckContext, Skipped } from "../../lib/check.ts";
import { readIfThere } from "../../lib/files.ts";
import { jobsIn, type Scraped } from "../catalogue/mod.ts";
import { type ModelRule, ruleModelOf } from "./rule_model.ts";

const known = new WeakMap<CheckContext, Promise<Scraped>>();

/** Read once per context. @throws {Skipped} when there is no prometheus.yml that can be read: other checks say so. */
export function scrapedFor(context: CheckContext): Promise<Scraped> {
  const scraped = known.get(context) ?? read(context);
  known.set(context, scraped);
  return scraped;
}

async function read(context: CheckContext): Promise<Scraped> {
  const text = await readIfThere(join(context.buildDir, "prometheus/prometheus.yml"));
  if (text === undefined) throw new Skipped("there is no prometheus.yml");
  const { rules, recordings } = await ruleModelOf(context);
  const named = (kind: ModelRule["kind"]) =>
    new Set(rules.filter((rule) => rule.kind === kind).map(({ name }) => name));
  try {
    return {
      jobs: jobsIn(text),
      recordings: named("record"),
      rulesOf: (name) =>
        (recordings.get(name) ?? []).map(({ tree, labels }) => ({ tree, labels: Object.keys(labels) })),
      alerts: named("alert"),
    };
  } catch {
    throw new Skipped("prometheus.yml cannot be read");
  }
}
