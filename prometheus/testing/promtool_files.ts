/** What promtool reads to try the rules of a family on their cases. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "../../lib/process.ts";
import type { Locale } from "../../lib/text.ts";
import { type Duration, durationMs, formatDuration } from "../../lib/units.ts";
import { fromYaml, toYaml } from "../../lib/yaml.ts";
import { binary } from "../../tasks/binaries/mod.ts";
import type { AnnotationLinks } from "../rules/annotations.ts";
import { type AlertRule, type Rule, ruleFile } from "../rules/rule.ts";
import type { AlertCase, Firing, Series } from "./rule_cases.ts";

/** Time between two values and two evaluations, where a case says nothing else. */
export const STEP = "15s";
/** The languages of texts. */
export const LOCALES = ["fr", "en"] as const satisfies readonly Locale[];
/** Where the alerts of the cases lead. */
export const LINKS = {
  runbookUrl: "https://vigie.example.org/runbooks",
  grafanaUrl: "https://grafana.example.org",
} as const satisfies AnnotationLinks;
// What differs from one language to another.
const SAID = ["summary", "description"] as const;

/** Runs the real promtool on the `cases.*` among `files`. */
export async function promtoolTests(files: ReadonlyMap<string, string>) {
  const { path } = await binary("promtool");
  const cwd = await Deno.makeTempDir({ prefix: "vigie-rules-" });
  try {
    await Promise.all([...files].map(([name, text]) => Deno.writeTextFile(join(cwd, name), text)));
    const cases = [...files.keys()].filter((name) => name.startsWith("cases."));
    return await run(path, ["test", "rules", ...cases], { cwd });
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
}

/** A rule file whose alerts say in one go what they say in each language: evaluating takes long, saying does not. */
export function inAllLanguages(name: string, rules: readonly Rule[]): string {
  const [first, ...others] = LOCALES.map((locale) => ({
    locale,
    group: (fromYaml(ruleFile(name, rules, locale, LINKS)) as { groups: [RuleGroup] }).groups[0],
  }));
  for (const { locale, group } of others) {
    for (const [i, { annotations }] of group.rules.entries()) {
      const all = first!.group.rules[i]!.annotations;
      if (!all || !annotations) continue;
      for (const key of SAID) all[`${key}_${locale}`] = annotations[key]!;
    }
  }
  return toYaml({ groups: [first!.group] });
}

interface RuleGroup {
  readonly rules: readonly { readonly annotations?: Record<string, string> }[];
}

/** What promtool reads; all `cases` have the same step. */
export function promtoolFile(rules: string, alerts: readonly AlertRule[], cases: readonly AlertCase[]) {
  const step = cases[0]?.step ?? STEP;
  const expect = (alert: string, at: Duration, firing: readonly Firing[]) => ({
    eval_time: at,
    alertname: alert,
    exp_alerts: firing.map((each) => ({
      exp_labels: { severity: each.severity, ...each.labels },
      exp_annotations: annotations(alerts, alert, each),
    })),
  });
  return {
    rule_files: [rules],
    evaluation_interval: step,
    tests: cases.flatMap(({ alert, series, moments, quiet = [] }) => [
      {
        name: alert,
        interval: step,
        input_series: inputSeries(series),
        alert_rule_test: moments.flatMap(({ at, firing }, i) => {
          const before = durationMs(at) - durationMs(step);
          return [
            ...(before < 0 ? [] : [expect(alert, formatDuration(before), moments[i - 1]?.firing ?? [])]),
            expect(alert, at, firing),
          ];
        }),
      },
      ...quietTests({ alert, moments, quiet, step }),
    ]),
  };
}

/** What promtool reads: nothing of what is quiet fires. All `cases` have the same step. */
export function quietFile(rules: string, cases: readonly AlertCase[]) {
  return {
    rule_files: [rules],
    evaluation_interval: cases[0]?.step ?? STEP,
    tests: cases.flatMap(quietTests),
  };
}

function quietTests({ alert, moments, quiet = [], step = STEP }: Omit<AlertCase, "series">) {
  return quiet.map((values, i) => ({
    name: `${alert}, quiet ${i + 1}`,
    interval: step,
    input_series: inputSeries(values),
    alert_rule_test: moments.map(({ at }) => ({ eval_time: at, alertname: alert, exp_alerts: [] })),
  }));
}

function inputSeries(series: Series) {
  return Object.entries(series).map(([name, values]) => ({ series: name, values }));
}

function annotations(
  alerts: readonly AlertRule[],
  alert: string,
  { severity, labels, summary, description }: Firing,
): Record<string, string> {
  const rule = alerts.find((each) => each.alert === alert && each.severity === severity);
  const [first, ...others] = LOCALES;
  const texts = {
    summary: summary[first],
    description: description[first],
    ...Object.fromEntries(others.flatMap((locale) => [
      [`summary_${locale}`, summary[locale]],
      [`description_${locale}`, description[locale]],
    ])),
    runbook_url: `${LINKS.runbookUrl}/${alert}`,
  };
  if (rule?.dashboard === undefined || "url" in rule.dashboard) return texts;
  const { uid, variables } = rule.dashboard;
  const query = new URLSearchParams(variables.map((name) => [`var-${name}`, labelOf(labels, name, alert)]));
  return {
    ...texts,
    dashboard_url: `${LINKS.grafanaUrl}/d/${uid}${variables.length === 0 ? "" : `?${query}`}`,
  };
}

function labelOf(labels: Firing["labels"], name: string, alert: string): string {
  const value = labels[name];
  assert.ok(value, `${alert} has no label "${name}", which its dashboard is opened with`);
  return value;
}
