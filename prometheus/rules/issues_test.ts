import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "../../lib/process.ts";
import { binary } from "../../tasks/binaries/mod.ts";
import { LINKS, measure } from "../testing/example.ts";
import { CONTEXT } from "../testing/rule_cases.ts";
import { withFiles } from "../testing/programs.ts";
import { hostRuleIssues, ruleIssues } from "./issues.ts";
import { FAMILIES, renderRules } from "./mod.ts";
import { type AlertRule, isAlert } from "./rule.ts";

type Input = Parameters<typeof measure>[0];
type Said = NonNullable<NonNullable<Input["rules"]>["HostDown"]>;

const ALERTS: readonly AlertRule[] = FAMILIES.flatMap((family) => family.rules(CONTEXT)).filter(isAlert);
const FIXED = ["VigieDrill", "Watchdog"];
const SURROUNDINGS = { services: LINKS.services, watchdogExpected: true };
const MEASURED: Input = {
  hosts: [{ name: "localhost" }, { name: "db-1", address: "10.0.0.8", labels: { role: "database" } }],
  probes: [{ name: "site", kind: "http", target: "https://example.org/", labels: { role: "database" } }],
  jobs: [{ name: "api", targets: ["10.0.0.7:8000"], labels: { role: "database" } }],
};

/** `rules` that say the same of every alert, each where it can be said. */
function ofEach(said: (alert: AlertRule, isPair: boolean) => Said | undefined): Record<string, Said> {
  return Object.fromEntries(ALERTS.flatMap((rule) => {
    if (FIXED.includes(rule.alert)) return [];
    const all = said(rule, ALERTS.filter(({ alert }) => alert === rule.alert).length > 1);
    return all === undefined ? [] : [[rule.alert, all]];
  }));
}

function messages(rules: Record<string, Said>): string[] {
  const all = measure({ ...MEASURED, rules });
  return [...ruleIssues(all, SURROUNDINGS), ...hostRuleIssues(all, SURROUNDINGS)].map(({ message }) =>
    message
  );
}

Deno.test("ruleIssues takes what can be said of every alert: how long it waits, its labels, its texts, its end", () => {
  const said: Said = {
    for: "47m",
    keepFiringFor: "3m",
    labels: { team: "db" },
    summary: "{{ $value }}",
    description: { fr: "a", en: "b" },
    runbook: "https://wiki.example.org/x",
  };
  assert.deepEqual(messages(ofEach(() => said)), []);
  assert.deepEqual(messages(ofEach(() => ({ enabled: false }))), []);
  assert.deepEqual(messages(ofEach((_, isPair) => isPair ? undefined : { severity: "info" })), []);
});

Deno.test("ruleIssues takes a threshold of exactly those alerts that have one", () => {
  const refused = messages(ofEach((_, isPair) => isPair ? undefined : { threshold: 7 }));
  const without = ALERTS.filter(({ alert, threshold }) =>
    threshold === undefined && !FIXED.includes(alert) &&
    ALERTS.filter((other) => other.alert === alert).length === 1
  );
  assert.deepEqual(
    refused.sort(),
    without.map(({ alert }) =>
      `Cannot set rules.${alert}.threshold: ${alert} compares with no number that could be set`
    ).sort(),
  );
  assert.ok(without.length > 5 && without.length < ALERTS.length / 2, String(without.length));
});

Deno.test("hostRuleIssues says of which alerts some hosts cannot have another one, and promtool takes all others", async () => {
  const hosts = [
    { matchers: ["role=database"], for: "51m" },
    { matchers: ["role!=database", "instance=~.+"], for: "52m" },
  ];
  const rules = ofEach(() => ({ hosts }));
  const refused = new Map(
    messages(rules).flatMap((message) => {
      const [, alert, why] = /^Cannot set rules\.(\w+)\.hosts: .*, because (.*)$/.exec(message) ?? [];
      return alert === undefined ? [] : [[alert, why]];
    }),
  );
  assert.equal(refused.get("JobAbsent"), "it gives one answer for several hosts together");
  assert.equal(refused.get("ProbeNotMade"), "it compares what is measured of several jobs");
  // What is about a host, a disk, an interface or a probe can be said of some.
  for (const { alert } of ALERTS) {
    if (/^(Host|Certificate|ProbeFailed|ProbeSlow)/.test(alert)) assert.equal(refused.get(alert), undefined);
  }
  const taken = Object.fromEntries(Object.entries(rules).filter(([alert]) => !refused.has(alert)));
  const files = renderRules(measure({ ...MEASURED, rules: taken }), "en", {
    ...LINKS,
    jobs: [...LINKS.services.map(({ job }) => job), "probe", "api"],
  });
  await withFiles(files, async (directory) => {
    const { path } = await binary("promtool");
    const { code, stdout, stderr } = await run(path, [
      "check",
      "rules",
      "--lint=all",
      "--lint-fatal",
      ...files.keys(),
    ], { cwd: join(directory) });
    assert.equal(code, 0, `${stdout}\n${stderr}`);
  });
});

Deno.test("ruleIssues lets Watchdog be switched off when nothing waits for it", () => {
  const off = measure({ rules: { Watchdog: { enabled: false } } });
  assert.equal(ruleIssues(off, SURROUNDINGS).length, 1);
  assert.deepEqual(ruleIssues(off, { ...SURROUNDINGS, watchdogExpected: false }), []);
});

Deno.test("hostRuleIssues knows the targets of jobs and probes, and does not guess where files name them", () => {
  const of = (alert: "TargetDown" | "ProbeFailed", matcher: string, more: Input = {}) =>
    hostRuleIssues(
      measure({ ...MEASURED, ...more, rules: { [alert]: { hosts: [{ matchers: [matcher], for: "9m" }] } } }),
      SURROUNDINGS,
    ).map(({ message }) => message);
  assert.deepEqual(of("TargetDown", "job=api"), []);
  assert.deepEqual(of("TargetDown", 'instance="10.0.0.7:8000"'), []);
  assert.deepEqual(of("TargetDown", "instance=gone"), [
    'No host fits instance="gone": TargetDown would be the same everywhere',
  ]);
  assert.deepEqual(
    of("TargetDown", "instance=gone", { jobs: [{ name: "api", files: ["targets/*.json"] }] }),
    [],
  );
  assert.deepEqual(of("ProbeFailed", "kind=http"), []);
  assert.deepEqual(of("ProbeFailed", "kind=dns"), [
    'No host fits kind="dns": ProbeFailed would be the same everywhere',
  ]);
});
