/** Cases for alerts, run by the real promtool: what must fire, when, with which words, and what must not. */

import assert from "node:assert/strict";
import * as z from "zod";
import type { Text } from "../../lib/text.ts";
import type { Duration } from "../../lib/units.ts";
import { toYaml } from "../../lib/yaml.ts";
import { measureShape } from "../schema.ts";
import {
  type AlertSeverity,
  defaultLine,
  isAlert,
  type Rule,
  type RuleContext,
  type RuleFamily,
  ruleFile,
} from "../rules/rule.ts";
import { lacking } from "./evidence.ts";
import { madeUp } from "./exposed.ts";
import {
  inAllLanguages,
  LINKS,
  LOCALES,
  promtoolFile,
  promtoolTests,
  quietFile,
  STEP,
} from "./promtool_files.ts";

/** Series in promtool's notation, one value a step: `{ 'up{job="node"}': "1x8" }`. */
export type Series = Readonly<Record<string, string>>;

/** An alert that fires. Where its annotations lead need not be said: that follows from the rule. */
export interface Firing {
  readonly severity: AlertSeverity;
  /** Its labels but for `alertname` and `severity`. */
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: Text;
  readonly description: Text;
}

/**
 * What one alert does with some series. All cases of an alert together must show that it fires, that it ends, and that it stays quiet
 * just below its line.
 */
export interface AlertCase {
  readonly alert: string;
  /** Time between two values and two evaluations, 15s by default: an alert that waits for hours is as well tested with longer ones. */
  readonly step?: Duration;
  readonly series: Series;
  /**
   * Moments at which what fires changes; one evaluation before each of them it must still be as before. The last one with `firing: []` shows
   * that it ends.
   */
  readonly moments: readonly { readonly at: Duration; readonly firing: readonly Firing[] }[];
  /** Series with which nothing fires at any of the moments: values just below the line. */
  readonly quiet?: readonly Series[];
}

// How far from its line, as a share of it, what is quiet may be.
const NEAR = 0.1;

/** What a configuration that says nothing gives. */
export const CONTEXT: RuleContext = (() => {
  const { thresholds, scrape } = z.object(measureShape).parse({});
  const jobs = ["prometheus", "alertmanager", "webhook", "blackbox", "node", "api"];
  return { thresholds, scrapeInterval: scrape.interval, jobs, stack: "vigie", line: defaultLine };
})();

/** Declares the tests of a family: everything is shown of each alert, each case holds in all languages, no text is empty or an error. */
export function testRules(family: RuleFamily, cases: readonly AlertCase[]): void {
  const rules = family.rules(CONTEXT);
  const alerts = rules.filter(isAlert);

  Deno.test(`${family.name} rules have cases that show when each alert fires, ends and stays quiet`, () => {
    assert.deepEqual(lacking(alerts, cases), []);
    const names = alerts.map(({ alert, severity }) => `${alert} ${severity}`);
    assert.equal(new Set(names).size, names.length, "two alerts with one name and severity");
  });

  Deno.test(`${family.name} rules are tried on series that something exposes`, () => {
    assert.deepEqual(madeUp(cases), []);
  });

  Deno.test(`${family.name} rules have whole texts`, () => {
    for (const { alert, moments } of cases) {
      for (const { summary, description } of moments.flatMap(({ firing }) => firing)) {
        for (const locale of LOCALES) {
          for (const text of [summary[locale], description[locale]]) {
            assert.match(text, /^\S.*\S$/, alert);
            // Left by a template that failed, or by a label that is not there.
            assert.doesNotMatch(text, /<error|<no value>|\{\{|\(\)| {2}|undefined|NaN/, alert);
          }
        }
      }
    }
  });

  Deno.test(`${family.name} rules fire with the right words and stay quiet otherwise`, async () => {
    const files = new Map<string, string>();
    for (const [name, own] of Map.groupBy(cases, ({ alert, step = STEP }) => `${alert}.${step}`)) {
      files.set(`rules.${name}.yml`, inAllLanguages(family.name, neededBy(own[0]!.alert, rules)));
      files.set(`cases.${name}.yml`, toYaml(promtoolFile(`rules.${name}.yml`, alerts, own)));
    }
    const { code, stdout, stderr } = await promtoolTests(files);
    assert.equal(code, 0, `${stdout}\n${stderr}`);
  });

  Deno.test(`${family.name} rules stay quiet just below their lines, not far from them`, async () => {
    const moved = [1 - NEAR, 1 + NEAR].map((factor) => family.rules({ ...CONTEXT, line: lineTimes(factor) }));
    const files = new Map<string, string>();
    // Where nothing is said to be quiet, it is a case of the other severity.
    const tried = new Set(
      cases.filter(({ alert, quiet }) =>
        quiet?.length && alerts.some((each) => each.alert === alert && each.threshold)
      ).map(({ alert }) => alert),
    );
    for (const alert of tried) {
      const both = [
        ...new Map(moved.flatMap((some) => neededBy(alert, some)).map((rule) => [rule.expr, rule])).values(),
      ];
      files.set(`rules.${alert}.yml`, ruleFile(family.name, both, LOCALES[0], LINKS));
      files.set(
        `cases.${alert}.yml`,
        toYaml(quietFile(`rules.${alert}.yml`, cases.filter((each) => each.alert === alert))),
      );
    }
    const { stdout, stderr } = await promtoolTests(files);
    // With a line moved towards it, what was quiet fires, and promtool complains of it by its name.
    const near = new Set(
      [...`${stdout}${stderr}`.matchAll(/^ +name: (\w+), quiet \d+,$/gm)].map(([, name]) => name),
    );
    const far = [...tried].filter((alert) => !near.has(alert));
    assert.deepEqual(far, [], `nothing of what is quiet is within ${100 * NEAR} % of the line\n${stderr}`);
  });
}

/** The recording rules, and what there is of one alert: promtool evaluates whatever a file holds, at each step. */
function neededBy(alert: string, rules: readonly Rule[]): Rule[] {
  return rules.filter((rule) => !isAlert(rule) || rule.alert === alert);
}

function lineTimes(factor: number): RuleContext["line"] {
  return (alert, defaults, severity) => {
    const line = defaultLine(alert, defaults, severity);
    return { ...line, threshold: factor * line.threshold };
  };
}
