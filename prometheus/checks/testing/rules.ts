/** Rules for the tests of checks: a group written down, what a check then says of it. */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { Check, CheckContext } from "../../../lib/check.ts";
import { toYaml } from "../../../lib/yaml.ts";
import { contextOf, withFiles } from "../../testing/programs.ts";

/** A rule as Prometheus's files have it. */
export interface WrittenRule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Two hosts, one of a team, Prometheus itself, a job of one's own; every 15 s but for the last. */
const PROMETHEUS = {
  global: { scrape_interval: "15s", evaluation_interval: "15s" },
  rule_files: ["rules/*.yml"],
  scrape_configs: [
    {
      job_name: "node",
      static_configs: [
        { targets: ["10.0.0.1:9100"], labels: { instance: "web-1", team: "web" } },
        { targets: ["10.0.0.2:9100"], labels: { instance: "db-1" } },
      ],
    },
    {
      job_name: "prometheus",
      static_configs: [{ targets: ["127.0.0.1:9090"], labels: { instance: "prometheus" } }],
    },
    { job_name: "api", scrape_interval: "2m", static_configs: [{ targets: ["10.0.0.3:80"] }] },
  ],
};

const ALERTMANAGER = {
  route: { receiver: "x", group_by: ["alertname"], routes: [{ receiver: "y", matchers: ['team="web"'] }] },
  receivers: [{ name: "x" }, { name: "y" }],
  inhibit_rules: [],
};

/** A rule with this expression: an alert for 10 minutes. */
export function alertOf(expr: string, more: Partial<WrittenRule> = {}): WrittenRule {
  return { alert: "Example", expr, for: "10m", labels: { severity: "warning" }, ...more };
}

/** What `check` says of rules: `severity line:text marked → message`, where the text is what the caret underlines. */
export async function saidOf(
  check: Check,
  rules: readonly WrittenRule[],
  { alertmanager = ALERTMANAGER, ...more }: Partial<CheckContext> & { readonly alertmanager?: unknown } = {},
): Promise<string[]> {
  const text = toYaml({ groups: [{ name: "g", rules }] });
  const files = new Map([
    ["prometheus/prometheus.yml", toYaml(PROMETHEUS)],
    ["alertmanager/alertmanager.yml", toYaml(alertmanager)],
    ["prometheus/rules/g.yml", text],
  ]);
  const said: string[] = [];
  await withFiles(files, async (directory) => {
    const context = { ...contextOf(directory, files), config: { retention: { time: "15d" } }, ...more };
    for (const problem of await check.run(context)) {
      assert.equal(problem.check, check.id);
      assert.equal(problem.file, join("prometheus", "rules", "g.yml"));
      assert.match(problem.message, /[^.]$/);
      assert.match(problem.cure, /^[A-Z"`].*[^.]$/s);
      assert.ok(problem.line !== undefined && problem.column !== undefined);
      const line = text.split("\n")[problem.line - 1]!;
      const marked = line.slice(problem.column - 1, problem.column - 1 + (problem.length ?? 1));
      said.push(`${problem.severity} ${marked} → ${problem.message.slice(`${problem.subject}: `.length)}`);
    }
  });
  return said;
}

/**
 * Tests of a check over expressions: each good one says nothing, each bad one what stands beside it.
 *
 * @param more What the alerts have beside their expression.
 */
export function testExpressions(
  check: Check,
  { good, bad, more = {} }: {
    readonly good: readonly (string | WrittenRule)[];
    readonly bad: readonly (readonly [rule: string | WrittenRule, ...said: readonly string[]])[];
    readonly more?: Partial<WrittenRule>;
  },
): void {
  const ruleOf = (rule: string | WrittenRule) => typeof rule === "string" ? alertOf(rule, more) : rule;
  Deno.test(`${check.id} says nothing of good rules`, async () => {
    // By a name each: two alerts of one name may be doubtful as such.
    const said = await saidOf(
      check,
      good.map(ruleOf).map((rule, i) => rule.alert === "Example" ? { ...rule, alert: `Example${i}` } : rule),
    );
    assert.deepEqual(said, []);
  });
  for (const [rule, ...expected] of bad) {
    const written = ruleOf(rule);
    Deno.test(`${check.id} finds ${typeof rule === "string" ? rule : JSON.stringify(rule)}`, async () => {
      assert.deepEqual(await saidOf(check, [written]), expected);
    });
  }
}
