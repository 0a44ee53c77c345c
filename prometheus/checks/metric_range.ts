/** Between which numbers the values of a metric lie. */

import { either, metricOf, type RangeOfSelector, type ValueRange, valueRange } from "../../lib/promql/mod.ts";
import { typesOf } from "./metric_type.ts";
import { isRead } from "./rule_check.ts";
import type { RuleModel } from "./rule_model.ts";

/** 0 or 1 and nothing else. */
const SWITCHES = new RegExp(
  "^(?:up|probe_success|probe_http_ssl|probe_failed_due_to_regex|.*_reload_successful|.*_reload_success|" +
    "node_(?:textfile_scrape_error|filesystem_readonly|filesystem_device_error|timex_sync_status|scrape_collector_success|" +
    "network_up|network_carrier|systemd_unit_state|systemd_system_running)|" +
    "vigie_(?:webhook_(?:ready|circuit_open|watchdog_missing)|drill_active))$",
);
/** Always 1: only the labels tell something. */
const INFOS = /^(?:ALERTS|.*_info)$/;
/** What is counted or measured in these is never less than 0. */
const AMOUNTS = /_(?:bytes|total|count|bucket|timestamp_seconds|ratio|errors|limit|capacity)$/;

const models = new WeakMap<RuleModel, RangeOfSelector>();

/** The range of a selector's values, by its name, the catalogue's type and the rules that record it. */
export function rangesOf(model: RuleModel): RangeOfSelector {
  const known = models.get(model) ?? makeRanges(model);
  models.set(model, known);
  return known;
}

function makeRanges(model: RuleModel): RangeOfSelector {
  const known = new Map<string, ValueRange | undefined>();
  const rangeOf: RangeOfSelector = (selector) => {
    const name = metricOf(selector);
    if (name === undefined) return undefined;
    const recorded = model.recordings.get(name)?.filter(isRead);
    if (recorded === undefined) return rangeOfMetric(name, () => typesOf(selector, model).has("counter"));
    if (!known.has(name)) {
      // Until it is known: a series may be recorded from itself.
      known.set(name, undefined);
      known.set(
        name,
        recorded.map(({ tree }) => valueRange(tree, rangeOf)).reduce<ValueRange | undefined>(
          (all, range) => all ? either(all, range) : range,
          undefined,
        ),
      );
    }
    return known.get(name);
  };
  return rangeOf;
}

function rangeOfMetric(name: string, isCounter: () => boolean): ValueRange | undefined {
  if (INFOS.test(name)) return { min: 1, max: 1, whole: true };
  if (SWITCHES.test(name)) return { min: 0, max: 1, whole: true };
  return AMOUNTS.test(name) || isCounter() ? { min: 0, max: Infinity } : undefined;
}
