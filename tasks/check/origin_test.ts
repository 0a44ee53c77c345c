import assert from "node:assert/strict";
import { yamlPlaces } from "../../lib/yaml_places.ts";
import { type Origin, originOf, type Written } from "./origin.ts";

const RULES = `groups:
  - name: custom
    rules:
      - record: job:up:sum
        expr: sum by (job) (up)
      - alert: ApiSlow
        expr: rate(api_seconds_sum[5s]) > 1
        for: 5m
        labels:
          severity: warning
          team: web
        annotations:
          summary: L'API est lente
          runbook_url: https://example.org/api
      - alert: HostMemoryHigh
        expr: up == 1
        labels:
          severity: warning
        annotations:
          summary: Of all
          description: Of some hosts
          runbook_url: https://example.org/warning
`;
const WRITTEN: Written & Record<string, unknown> = {
  locale: "fr",
  recordings: [{ record: "job:up:sum" }],
  alerts: [
    { alert: "ApiSlow", severity: "critical" },
    { alert: "ApiSlow", severity: "warning", summary: { fr: "L'API est lente", en: "Slow" } } as never,
  ],
  rules: {
    HostMemoryHigh: {
      threshold: 95,
      summary: { fr: "Of all", en: "Other" },
      hosts: [{ description: "Of others" }, { description: "Of some hosts" }],
      warning: { runbook: "https://example.org/warning" },
    },
  },
  jobs: [{ name: "api" }],
  notify: { receivers: { oncall: [] }, routes: [{ receiver: "oncall" }, { receiver: "console" }] },
};

function origin(file: string, text: string, part: string): Origin | undefined {
  const lines = text.split("\n");
  const line = lines.findIndex((one) => one.includes(part));
  return originOf(WRITTEN, file, text, yamlPlaces(text), line + 1, lines[line]!.indexOf(part) + 1);
}

Deno.test("originOf leads from a rule to the alert or the recording of config.ts, with the place in its text", () => {
  const rule = (part: string) => origin("prometheus/rules/custom.yml", RULES, part);
  assert.deepEqual(rule("[5s]"), {
    path: ["alerts", 1, "expr"],
    least: 2,
    text: "rate(api_seconds_sum[5s]) > 1",
    offset: 20,
  });
  assert.deepEqual(rule("API est")?.path, ["alerts", 1, "summary", "fr"]);
  assert.deepEqual(rule("https://")?.path, ["alerts", 1, "runbook"]);
  assert.deepEqual(rule("5m")?.path, ["alerts", 1, "for"]);
  assert.deepEqual(rule("warning")?.path, ["alerts", 1, "severity"]);
  assert.deepEqual(rule("web")?.path, ["alerts", 1, "labels", "team"]);
  assert.deepEqual(rule("sum by")?.path, ["recordings", 0, "expr"]);
});

Deno.test("originOf leads from a rule of Vigie's to what config.ts sets of it", () => {
  assert.deepEqual(origin("prometheus/rules/host.yml", RULES, "up == 1"), {
    path: ["rules", "HostMemoryHigh"],
    least: 2,
  });
});

Deno.test("originOf leads from a text of a rule of Vigie's to where config.ts says it", () => {
  const path = (part: string) => origin("prometheus/rules/host.yml", RULES, part)?.path.slice(2);
  assert.deepEqual(path("Of all"), ["summary", "fr"]);
  assert.deepEqual(path("Of some hosts"), ["hosts", 1, "description"]);
  assert.deepEqual(path("https://example.org/warning"), ["warning", "runbook"]);
});

Deno.test("originOf leads from a route, a receiver and a job to where they are written", () => {
  const alertmanager = `route:
  receiver: console
  routes:
    - receiver: watchdog
    - receiver: oncall
      repeat_interval: 1h
    - receiver: console
      group_wait: 3s
receivers:
  - name: console
  - name: oncall
    webhook_configs: []
`;
  const place = (part: string) => origin("alertmanager/alertmanager.yml", alertmanager, part)?.path;
  assert.deepEqual(place("1h"), ["notify", "routes", 0]);
  assert.deepEqual(place("3s"), ["notify", "routes", 1]);
  assert.equal(place("watchdog"), undefined);
  assert.deepEqual(place("webhook_configs"), ["notify", "receivers", "oncall"]);
  const prometheus = "scrape_configs:\n  - job_name: node\n  - job_name: api\n    scheme: https\n";
  const job = (part: string) => origin("prometheus/prometheus.yml", prometheus, part)?.path;
  assert.deepEqual(job("https"), ["jobs", 0]);
  assert.equal(job("node"), undefined);
});
