import assert from "node:assert/strict";
import { fromYaml } from "../lib/yaml.ts";
import { renderPrometheus } from "./mod.ts";
import { FAMILIES } from "./rules/mod.ts";
import { exampleFiles, LINKS, linksOf, MEASURE, measure } from "./testing/example.ts";

const CONFIG = "prometheus/prometheus.yml";

interface Config {
  global: unknown;
  alerting: unknown;
  rule_files: string[];
  scrape_configs: {
    job_name: string;
    static_configs: { targets: string[]; labels: Record<string, string> }[];
  }[];
}

function configOf(...[input, links = LINKS]: [Parameters<typeof measure>[0], typeof LINKS?]): Config {
  return fromYaml(renderPrometheus(measure(input), "en", links).get(CONFIG)!) as Config;
}

Deno.test("renderPrometheus gives the configured intervals, its Alertmanager and its rule files", () => {
  const { global, alerting, rule_files } = configOf({
    scrape: { interval: "30s", timeout: "5s" },
    evaluation: { interval: "20s" },
  });
  assert.deepEqual(global, { scrape_interval: "30s", scrape_timeout: "5s", evaluation_interval: "20s" });
  assert.deepEqual(alerting, { alertmanagers: [{ static_configs: [{ targets: ["127.0.0.1:9093"] }] }] });
  assert.deepEqual(rule_files, ["rules/*.yml"]);
});

Deno.test("renderPrometheus takes samples that are late, as after a clock that was ahead", () => {
  const { storage } = configOf({}) as Config & { readonly storage: unknown };
  assert.deepEqual(storage, { tsdb: { out_of_order_time_window: "1d" } });
});

Deno.test("renderPrometheus scrapes every service, itself included, each as the instance of its own name", () => {
  const jobs = configOf({}).scrape_configs.map(({ job_name, static_configs }) => [
    job_name,
    ...static_configs.map(({ targets, labels }) => `${targets.join()} ${JSON.stringify(labels)}`),
  ]);
  assert.deepEqual(jobs, [
    ["prometheus", '127.0.0.1:9090 {"instance":"prometheus"}'],
    ["alertmanager", '127.0.0.1:9093 {"instance":"alertmanager"}'],
    ["webhook", '127.0.0.1:9094 {"instance":"webhook"}'],
    ["blackbox", '127.0.0.1:9115 {"instance":"blackbox"}'],
    ["grafana", '127.0.0.1:3000 {"instance":"grafana"}'],
    ["cadvisor", '127.0.0.1:8080 {"instance":"cadvisor"}'],
    ["entry", '127.0.0.1:9097 {"instance":"entry"}'],
    ["backup", '127.0.0.1:9096 {"instance":"backup"}'],
    ["node", '127.0.0.1:9100 {"instance":"localhost"}'],
    [
      "entry-tls",
      '127.0.0.1:8443 {"instance":"entry","target":"vigie.example.org","__param_module":"entry_tls"}',
    ],
  ]);
});

Deno.test("renderPrometheus leaves out what is switched off, with its rules and its files", () => {
  const files = renderPrometheus(
    measure({ probes: [{ name: "a", kind: "icmp", target: "a" }] }),
    "en",
    linksOf("prometheus", "alertmanager", "webhook"),
  );
  const config = fromYaml(files.get(CONFIG)!) as Config;
  assert.deepEqual(config.scrape_configs.map(({ job_name }) => job_name), [
    "prometheus",
    "alertmanager",
    "webhook",
  ]);
  assert.deepEqual([...files.keys()], [
    CONFIG,
    ...[
      "alertmanager",
      "drill",
      "prometheus-notifications",
      "prometheus-storage",
      "prometheus",
      "stack",
      "target",
      "webhook",
    ].map((name) => `prometheus/rules/${name}.yml`),
  ]);
});

Deno.test("renderPrometheus writes every file of the full configuration", () => {
  assert.deepEqual([...renderPrometheus(MEASURE, "fr", LINKS).keys()], [
    "blackbox/blackbox.yml",
    CONFIG,
    ...FAMILIES.map(({ name }) => `prometheus/rules/${name}.yml`).sort(),
  ]);
});

Deno.test("renderPrometheus puts its banner on every file", () => {
  for (const [path, text] of exampleFiles()) {
    assert.match(text, /^(?:# |\{\{\/\* )Generated from config\.ts by `deno task generate`/, path);
  }
});

Deno.test("renderPrometheus gives the same rules however many hosts there are", () => {
  const rules = (count: number) =>
    renderPrometheus(
      measure({
        hosts: Array.from(
          { length: count },
          (_, i) => ({ name: `h${i}`, address: `h${i}.example.org:9100` }),
        ),
      }),
      "en",
      LINKS,
    ).get("prometheus/rules/host.yml");
  assert.equal(rules(1), rules(100));
});
