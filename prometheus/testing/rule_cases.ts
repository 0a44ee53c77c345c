/** Cases for alerts, run by the real promtool: what must fire, when, with which words, and what must not. */

import assert from "node:assert/strict";
import { join } from "node:path";
import * as z from "zod";
import type { Locale, Text } from "../../lib/text.ts";
import { type Duration, durationMs, formatDuration } from "../../lib/units.ts";
import { toYaml } from "../../lib/yaml.ts";
import { run } from "../../lib/process.ts";
import { binary } from "../../tasks/binaries/mod.ts";
import { measureShape } from "../schema.ts";
import {
  type AlertSeverity,
  defaultLine,
  isAlert,
  type RuleContext,
  type RuleFamily,
  ruleFile,
} from "../rules/rule.ts";

/** Series in promtool's notation, one value each 15 seconds: `{ 'up{job="node"}': "1x8" }`. */
export type Series = Readonly<Record<string, string>>;

/** An alert that fires. */
export interface Firing {
  readonly severity: AlertSeverity;
  /** Its labels but for `alertname` and `severity`. */
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: Text;
  readonly description: Text;
}

/** What one alert does with some series. */
export interface AlertCase {
  readonly alert: string;
  readonly series: Series;
  /** Moments at which what fires changes; one evaluation before each of them it must still be as before. */
  readonly moments: readonly { readonly at: Duration; readonly firing: readonly Firing[] }[];
  /** Series with which nothing fires at any of the moments, such as values just below the threshold. */
  readonly quiet?: readonly Series[];
}

const STEP = "15s";
const LOCALES: readonly Locale[] = ["fr", "en"];

/** What a configuration that says nothing gives. */
export const CONTEXT: RuleContext = (() => {
  const { thresholds, scrape } = z.object(measureShape).parse({});
  const jobs = ["prometheus", "alertmanager", "webhook", "blackbox", "node", "api"];
  return { thresholds, scrapeInterval: scrape.interval, jobs, stack: "vigie", line: defaultLine };
})();

/** Declares the tests of a family: each alert has a case, each case holds in each language, no text is empty or an error. */
export function testRules(family: RuleFamily, cases: readonly AlertCase[]): void {
  Deno.test(`${family.name} rules have a case for every alert`, () => {
    const alerts = family.rules(CONTEXT).filter(isAlert).map(({ alert, severity }) => `${alert} ${severity}`);
    const covered = cases.flatMap(({ alert, moments }) =>
      moments.flatMap(({ firing }) => firing.map(({ severity }) => `${alert} ${severity}`))
    );
    assert.deepEqual([...new Set(covered)].sort(), alerts.sort());
    assert.equal(new Set(alerts).size, alerts.length, "two alerts with one name and severity");
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

  for (const locale of LOCALES) {
    Deno.test(`${family.name} rules fire with the right words and stay quiet otherwise, in ${locale}`, async () => {
      const { path } = await binary("promtool");
      const directory = await Deno.makeTempDir({ prefix: "vigie-rules-" });
      try {
        await Deno.writeTextFile(
          join(directory, "rules.yml"),
          ruleFile(family.name, family.rules(CONTEXT), locale),
        );
        await Deno.writeTextFile(join(directory, "cases.yml"), toYaml(promtoolFile(cases, locale)));
        const { code, stdout, stderr } = await run(path, ["test", "rules", "cases.yml"], { cwd: directory });
        assert.equal(code, 0, `${stdout}\n${stderr}`);
      } finally {
        await Deno.remove(directory, { recursive: true });
      }
    });
  }
}

function promtoolFile(cases: readonly AlertCase[], locale: Locale) {
  return {
    rule_files: ["rules.yml"],
    evaluation_interval: STEP,
    tests: cases.flatMap(({ alert, series, moments, quiet = [] }) => [
      {
        name: alert,
        interval: STEP,
        input_series: inputSeries(series),
        alert_rule_test: moments.flatMap(({ at, firing }, i) => {
          const before = durationMs(at) - durationMs(STEP);
          return [
            ...(before < 0
              ? []
              : [expectation(alert, formatDuration(before), moments[i - 1]?.firing ?? [], locale)]),
            expectation(alert, at, firing, locale),
          ];
        }),
      },
      ...quiet.map((values, i) => ({
        name: `${alert}, quiet ${i + 1}`,
        interval: STEP,
        input_series: inputSeries(values),
        alert_rule_test: moments.map(({ at }) => expectation(alert, at, [], locale)),
      })),
    ]),
  };
}

function inputSeries(series: Series) {
  return Object.entries(series).map(([name, values]) => ({ series: name, values }));
}

function expectation(alertname: string, at: Duration, firing: readonly Firing[], locale: Locale) {
  return {
    eval_time: at,
    alertname,
    exp_alerts: firing.map(({ severity, labels, summary, description }) => ({
      exp_labels: { severity, ...labels },
      exp_annotations: { summary: summary[locale], description: description[locale] },
    })),
  };
}
