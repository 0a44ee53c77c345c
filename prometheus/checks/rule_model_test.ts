import assert from "node:assert/strict";
import { toYaml } from "../../lib/yaml.ts";
import { contextOf, withFiles } from "../testing/programs.ts";
import { prometheusChecks } from "./mod.ts";
import { type RuleModel, ruleModelOf } from "./rule_model.ts";
import { Skipped } from "../../lib/check.ts";

const PROMETHEUS = toYaml({
  global: { scrape_interval: "15s", evaluation_interval: "30s" },
  scrape_configs: [
    {
      job_name: "node",
      static_configs: [{ targets: ["a:1", "b:1"], labels: { team: "web", __hidden: "x" } }],
    },
    { job_name: "api", scrape_interval: "2m", file_sd_configs: [{ files: ["x.json"] }] },
  ],
});
const RULES = `groups:
  - name: g
    interval: 1m
    rules:
      - record: instance:load:sum
        expr: sum by (instance, team) (node_load1{job="node"})
        labels: {own: "x"}
      - alert: Bad
        expr: |
          up{job="node"}
            == == 0
        for: 5m
        annotations:
          summary: 'it''s {{ $labels.instance }}'
`;

async function modelOf(files: Record<string, string>, look: (model: RuleModel) => void): Promise<void> {
  const map = new Map(Object.entries(files));
  await withFiles(map, async (directory) => {
    const context = { ...contextOf(directory, map), config: { retention: { time: "15d" } } };
    const model = await ruleModelOf(context);
    assert.equal(await ruleModelOf(context), model, "it is read once");
    look(model);
  });
}

Deno.test("ruleModelOf reads rules, jobs, intervals and what routes go by", async () => {
  const alertmanager = toYaml({
    route: { group_by: ["alertname", "team"], routes: [{ matchers: ['region="eu"', "severity=critical"] }] },
    inhibit_rules: [{ equal: ["instance"] }],
  });
  await modelOf({
    "prometheus/prometheus.yml": PROMETHEUS,
    "prometheus/rules/g.yml": RULES,
    "alertmanager/alertmanager.yml": alertmanager,
  }, (model) => {
    const { rules: [recording, alert], jobs, routing, schema, recordings, retentionMs } = model;
    assert.deepEqual([model.scrapeIntervalMs, model.evaluationIntervalMs, retentionMs], [
      15_000,
      30_000,
      1_296_000_000,
    ]);
    assert.deepEqual([recording!.kind, recording!.name, recording!.intervalMs], [
      "record",
      "instance:load:sum",
      60_000,
    ]);
    assert.deepEqual([alert!.kind, alert!.forMs, alert!.tree], ["alert", 300_000, undefined]);
    assert.equal(alert!.errors.length, 1);
    assert.deepEqual(
      jobs.map(({ name, intervalMs, targets, labels }) => [name, intervalMs, targets, labels.open]),
      [
        ["node", 15_000, 2, false],
        ["api", 120_000, Infinity, true],
      ],
    );
    assert.deepEqual([...jobs[0]!.labels.sure].sort(), ["instance", "job", "team"]);
    assert.deepEqual([...routing.keys()], ["team", "region", "instance"]);
    assert.deepEqual(recordings.get("instance:load:sum"), [recording]);
    assert.deepEqual([...schema("instance:load:sum", [])!.sure].sort(), ["instance", "own", "team"]);
  });
});

Deno.test("ModelRule.at places what is meant within a text of several lines, and in quotes", async () => {
  await modelOf({ "prometheus/prometheus.yml": PROMETHEUS, "prometheus/rules/g.yml": RULES }, ({ rules }) => {
    const lines = RULES.split("\n");
    const shown = (path: string, from?: number, to?: number) => {
      const place = rules[1]!.at(path, from, to)!;
      return lines[place.line - 1]!.slice(place.column - 1, place.column - 1 + place.length);
    };
    const [error] = rules[1]!.errors;
    assert.equal(shown("expr", error!.from, error!.to), "==");
    assert.equal(rules[1]!.at("expr", error!.from, error!.to)!.line, 11);
    assert.equal(shown("for"), "5m");
    const summary = rules[1]!.annotations.summary!;
    assert.equal(
      shown("annotations.summary", summary.indexOf(".instance"), summary.indexOf(" }}")),
      ".instance",
    );
  });
});

/** Files that are wrong in every way that another check names. */
const BROKEN: Readonly<Record<string, Record<string, string>>> = {
  "nothing at all": {},
  "what is no YAML": {
    "prometheus/prometheus.yml": "a: [",
    "prometheus/rules/g.yml": "\tx: {",
    "alertmanager/alertmanager.yml": "]",
  },
  "lists for mappings": {
    "prometheus/prometheus.yml": "- 1",
    "prometheus/rules/g.yml": "- 1",
    "alertmanager/alertmanager.yml": "- 1",
  },
  "rules that are none": {
    "prometheus/prometheus.yml": PROMETHEUS,
    "prometheus/rules/g.yml": toYaml({
      groups: [null, 5, { name: 3, rules: "x" }, {
        name: "h",
        interval: "x",
        rules: [
          null,
          "x",
          {},
          { alert: "A" },
          { alert: 5, expr: "up" },
          { alert: "A", expr: 5 },
          { alert: "A", expr: [] },
          { alert: "A", expr: "" },
          { record: "a", expr: "a + b(", for: 5 },
          { alert: "A", expr: "up", labels: [], annotations: { x: { y: 1 }, z: null }, for: {} },
        ],
      }],
    }),
    "alertmanager/alertmanager.yml": toYaml({
      route: { routes: [null, 5], group_by: 3, matchers: ["="] },
      inhibit_rules: 3,
    }),
  },
  "a series recorded from itself": {
    "prometheus/prometheus.yml": PROMETHEUS,
    "prometheus/rules/g.yml": toYaml({
      groups: [{
        name: "g",
        rules: [
          { record: "a:b:c", expr: "a:b:d + a:b:c" },
          { record: "a:b:d", expr: "sum by (x) (a:b:c) / a:b:d" },
          { alert: "A", expr: "rate(a:b:c[5m]) / on (x) a:b:d > 1" },
        ],
      }],
    }),
  },
};

for (const [name, files] of Object.entries(BROKEN)) {
  Deno.test(`prometheusChecks do not break on ${name}`, async () => {
    const map = new Map(Object.entries(files));
    await withFiles(map, async (directory) => {
      const context = contextOf(directory, map);
      for (const check of prometheusChecks.filter(({ id }) => /^(?:promql|rules)\//.test(id))) {
        try {
          for (const problem of await check.run(context)) assert.equal(problem.check, check.id);
        } catch (error) {
          if (!(error instanceof Skipped)) throw new Error(`${check.id} breaks`, { cause: error });
        }
      }
    });
  });
}
