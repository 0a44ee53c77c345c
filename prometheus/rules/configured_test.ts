import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "../../lib/process.ts";
import { fromYaml, toYaml } from "../../lib/yaml.ts";
import { binary } from "../../tasks/binaries/mod.ts";
import { measure } from "../testing/example.ts";
import { withFiles } from "../testing/programs.ts";
import { alertLines } from "./lines.ts";
import { renderRules } from "./mod.ts";

type Input = Parameters<typeof measure>[0];
type Said = NonNullable<Input["rules"]>;

interface WrittenRule {
  alert?: string;
  record?: string;
  expr: string;
  for?: string;
  keep_firing_for?: string;
  labels?: Record<string, string>;
  annotations: Record<string, string>;
}

function filesOf(input: Input) {
  return renderRules(measure(input), "en", {
    jobs: ["node", "prometheus", "webhook"],
    stack: "vigie",
    runbookUrl: "https://vigie.example.org/runbooks",
    grafanaUrl: "https://grafana.example.org",
  });
}

/** The rules of one file; none when it is not there. */
function rulesIn(input: Input, name: string): WrittenRule[] {
  const text = filesOf(input).get(`prometheus/rules/${name}.yml`);
  return text === undefined ? [] : (fromYaml(text) as { groups: [{ rules: WrittenRule[] }] }).groups[0].rules;
}

function ruleIn(rules: Said, name: string, alert: string, severity?: string): WrittenRule | undefined {
  return rulesIn({ rules }, name).find((rule) =>
    rule.alert === alert && (severity === undefined || rule.labels?.severity === severity)
  );
}

Deno.test("renderRules sets an alert's line and all that it says", () => {
  const rule = ruleIn(
    {
      HostMemoryHigh: {
        threshold: 97.5,
        for: "1h",
        keepFiringFor: "10m",
        severity: "critical",
        labels: { team: "db" },
        summary: "Full",
        description: { fr: "Pleine", en: "{{ $value }}" },
        runbook: "https://wiki.example.org/memory",
      },
    },
    "memory",
    "HostMemoryHigh",
  );
  assert.deepEqual(rule, {
    alert: "HostMemoryHigh",
    expr: "100 * instance:node_memory_used:ratio > 97.5",
    for: "1h",
    keep_firing_for: "10m",
    labels: { severity: "critical", team: "db" },
    annotations: {
      summary: "Full",
      description: "{{ $value }}",
      runbook_url: "https://wiki.example.org/memory",
      dashboard_url:
        "https://grafana.example.org/d/vigie-host?var-instance={{ $labels.instance | urlquery }}",
    },
  });
});

Deno.test("renderRules lets an alert fire at once, and switches it off, its recording rules not", () => {
  assert.equal(ruleIn({ HostMemoryHigh: { for: "0s" } }, "memory", "HostMemoryHigh")?.for, undefined);
  const rules = rulesIn({ rules: { HostMemoryHigh: { enabled: false } } }, "memory");
  assert.ok(rules.some(({ record }) => record === "instance:node_memory_used:ratio"));
  assert.ok(rules.every(({ alert }) => alert !== "HostMemoryHigh"));
});

Deno.test("renderRules sets both alerts of a name, or one of them", () => {
  const said: Said = {
    HostDiskSpaceLow: {
      for: "1h",
      labels: { team: "ops" },
      critical: { threshold: 2, for: "1m", labels: { tier: "1" } },
    },
  };
  const [warning, critical] = ["warning", "critical"].map((severity) =>
    ruleIn(said, "disk", "HostDiskSpaceLow", severity)
  );
  assert.match(warning!.expr, /< 10$/);
  assert.match(critical!.expr, /< 2$/);
  assert.deepEqual([warning!.for, critical!.for], ["1h", "1m"]);
  assert.deepEqual(critical!.labels, { severity: "critical", team: "ops", tier: "1" });
});

Deno.test("renderRules keeps what thresholds says as the default, and what rules says before it", () => {
  const thresholds = { memory: 70 };
  const said: Said[] = [{}, { HostMemoryHigh: { threshold: 80 } }];
  const exprs = said.map((rules) =>
    rulesIn({ thresholds, rules }, "memory").find(({ alert }) => alert === "HostMemoryHigh")!.expr
  );
  assert.deepEqual(exprs.map((expr) => expr.split("> ")[1]), ["70", "80"]);
});

Deno.test("renderRules writes the rules that config.ts brings as they are written there", () => {
  const rules = rulesIn({
    alerts: [{
      alert: "ApiSlow",
      expr: "job:api:mean5m>0.5  # half a second",
      for: "0s",
      severity: "warning",
      labels: { team: "web" },
      summary: { fr: "Lente", en: "Slow" },
      description: "{{ $value }}",
      dashboard: { uid: "vigie-stack", variables: ["job", "a_b"] },
    }, {
      alert: "ApiGone",
      expr: "absent(api_up)",
      severity: "critical",
      summary: "Gone",
      description: "Gone",
      runbook: "https://wiki.example.org/api",
      dashboard: "https://grafana.example.org/d/x",
    }],
    recordings: [{ record: "job:api:mean5m", expr: "\n  avg by(job)(api_seconds)\n" }],
  }, "custom");
  assert.deepEqual(rules, [
    { record: "job:api:mean5m", expr: "\n  avg by(job)(api_seconds)\n" },
    {
      alert: "ApiSlow",
      expr: "job:api:mean5m>0.5  # half a second",
      labels: { severity: "warning", team: "web" },
      annotations: {
        summary: "Slow",
        description: "{{ $value }}",
        dashboard_url:
          "https://grafana.example.org/d/vigie-stack?var-job={{ $labels.job | urlquery }}&var-a_b={{ $labels.a_b | urlquery }}",
      },
    },
    {
      alert: "ApiGone",
      expr: "absent(api_up)",
      labels: { severity: "critical" },
      annotations: {
        summary: "Gone",
        description: "Gone",
        runbook_url: "https://wiki.example.org/api",
        dashboard_url: "https://grafana.example.org/d/x",
      },
    },
  ]);
});

Deno.test("alertLines are the ones that config.ts draws; an alert that is switched off has none", () => {
  const lines = alertLines(measure({
    thresholds: { diskFreeWarning: 12 },
    rules: {
      HostMemoryHigh: { threshold: 97, severity: "critical", hosts: [{ matchers: ["a=b"], threshold: 99 }] },
      HostDiskSpaceLow: { critical: { threshold: 4 } },
      HostCpuHigh: { enabled: false },
    },
  }));
  assert.deepEqual(lines.HostMemoryHigh, {
    critical: 97,
    elsewhere: [{ severity: "critical", matchers: 'a="b"', ofTargets: false, value: 99 }],
  });
  assert.deepEqual(lines.HostDiskSpaceLow, { warning: 12, critical: 4 });
  assert.equal(lines.HostCpuHigh, undefined);
  assert.equal(lines.HostDown, undefined);
});

/** Series of a host of which some percent of the memory are used. */
function host(labels: string, percent: number) {
  return [
    { series: `node_memory_MemTotal_bytes{${labels},job="node"}`, values: "1000x200" },
    { series: `node_memory_MemAvailable_bytes{${labels},job="node"}`, values: `${1_000 - 10 * percent}x200` },
  ];
}

function fired(labels: Record<string, string>, percent: string, limit: string) {
  const { instance, severity = "warning", ...others } = labels;
  return {
    exp_labels: { instance, severity, job: "node", ...others },
    exp_annotations: {
      summary: `Memory of ${instance} almost full`,
      description:
        `${percent}% of the memory is used (limit: ${limit}). Once it is full, the kernel kills processes.`,
      runbook_url: "https://vigie.example.org/runbooks/HostMemoryHigh",
      dashboard_url: `https://grafana.example.org/d/vigie-host?var-instance=${instance}`,
    },
  };
}

Deno.test("renderRules gives each host exactly one of the rules of an alert, as promtool sees it", async () => {
  const files = filesOf({
    rules: {
      HostMemoryHigh: {
        hosts: [
          { matchers: ["role=database"], threshold: 95, for: "30m", severity: "critical" },
          { matchers: ["team=lab", 'tier=~"[23]"'], enabled: false },
          { matchers: ["team!=web", "tier=1"], threshold: 50, labels: { page: "yes" } },
        ],
      },
    },
  });
  const at = (eval_time: string, ...exp_alerts: unknown[]) => ({
    eval_time,
    alertname: "HostMemoryHigh",
    exp_alerts,
  });
  const db = fired({ instance: "db", role: "database", severity: "critical" }, "96.0", "95% for 30 minutes");
  const bare = fired({ instance: "bare" }, "91.0", "90% for 15 minutes");
  const lab1 = fired(
    { instance: "lab-1", team: "lab", tier: "1", page: "yes" },
    "60.0",
    "50% for 15 minutes",
  );
  const lab4 = fired({ instance: "lab-4", team: "lab", tier: "4" }, "99.0", "90% for 15 minutes");
  const test = {
    rule_files: ["rules/*.yml"],
    evaluation_interval: "15s",
    // What is recorded first: the other way round it is seen one evaluation later.
    group_eval_order: ["memory", "memory-hosts", "memory-hosts-2"],
    tests: [{
      interval: "15s",
      input_series: [
        ...host('instance="db",role="database"', 96),
        ...host('instance="calm-db",role="database"', 94),
        // The first that fits counts.
        ...host('instance="both",role="database",team="lab",tier="1"', 60),
        ...host('instance="bare"', 91),
        ...host('instance="lab-1",team="lab",tier="1"', 60),
        ...host('instance="lab-2",team="lab",tier="2"', 99),
        ...host('instance="lab-4",team="lab",tier="4"', 99),
        ...host('instance="web",team="web",tier="1"', 60),
      ],
      alert_rule_test: [
        at("14m45s"),
        at("15m", bare, lab1, lab4),
        at("29m45s", bare, lab1, lab4),
        at("30m", bare, lab1, lab4, db),
      ],
    }],
  };
  await withFiles(files, async (directory) => {
    const cwd = join(directory, "prometheus");
    await Deno.writeTextFile(join(cwd, "test.yml"), toYaml(test));
    const { path } = await binary("promtool");
    const tested = await run(path, ["test", "rules", "test.yml"], { cwd });
    assert.equal(tested.code, 0, `${tested.stdout}\n${tested.stderr}`);
    // Two rules of one name and the same labels in one file are a mistake to it.
    const names = [...files.keys()].map((file) => file.slice("prometheus/".length));
    const checked = await run(path, ["check", "rules", "--lint=all", "--lint-fatal", ...names], { cwd });
    assert.equal(checked.code, 0, `${checked.stdout}\n${checked.stderr}`);
  });
});
