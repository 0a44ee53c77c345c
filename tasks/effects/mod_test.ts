import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { renderFor } from "../render.ts";
import { defineStack, type EngineName, type StackInput } from "../stack.ts";
import { effectsOf, formatActions, formatEffects, serviceActions, type Side } from "./mod.ts";

const BASE: StackInput = {
  locale: "en",
  hosts: [{ name: "here" }, { name: "web-1", address: "10.0.0.7:9100" }],
};

function sideOf(input: StackInput, engine: EngineName = "local"): Side {
  const stack = defineStack({ ...BASE, ...input });
  const target = { engine, buildDir: "/b", stateDir: "/s", configDir: "/c" };
  return { stack, target, files: renderFor(stack, target) };
}

/** What the change says, line by line, without the areas' names and the indentation. */
function linesOf(before: StackInput, after: StackInput, engine?: EngineName): string[] {
  const text = formatEffects(effectsOf(sideOf(before, engine), sideOf(after, engine)));
  return stripVTControlCharacters(text).split("\n").map((line) => line.trim()).filter((line) =>
    /^[-+~]/.test(line)
  );
}

function actionsOf(before: StackInput, after: StackInput, engine?: EngineName): Record<string, string> {
  const actions = serviceActions(sideOf(before, engine), sideOf(after, engine));
  return Object.fromEntries(
    actions.filter(({ action }) => action !== "untouched").map(({ service, action }) => [service, action]),
  );
}

Deno.test("effectsOf is empty and serviceActions leaves all alone when nothing changes", () => {
  for (const engine of ["local", "docker"] as const) {
    assert.deepEqual(effectsOf(sideOf({}, engine), sideOf({}, engine)), []);
    assert.deepEqual(actionsOf({}, {}, engine), {});
  }
});

Deno.test("effectsOf names an alert with its threshold and its time, and not the texts that follow from them", () => {
  assert.deepEqual(
    linesOf({ thresholds: { cpu: 80 } }, {
      thresholds: { cpu: 85 },
      rules: { HostMemoryHigh: { for: "30m" } },
    })
      .filter((line) => !line.includes("/")),
    ["~ HostCpuHigh (warning): threshold 80 → 85", "~ HostMemoryHigh (warning): for 15m → 30m"],
  );
  assert.deepEqual(
    actionsOf({ thresholds: { cpu: 80 } }, { thresholds: { cpu: 85 } }).prometheus,
    "reloaded",
  );
});

Deno.test("effectsOf tells alerts that come and go, and one whose expression is another", () => {
  const alerts = (
    expr: string,
  ) => [{ alert: "Mine", expr, severity: "critical" as const, summary: "x", description: "y" }];
  const lines = linesOf({}, { alerts: alerts("up == 0"), rules: { HostSwapHigh: { enabled: false } } });
  assert.deepEqual(lines.slice(0, 2), ["+ Mine (critical): expression up == 0", "- HostSwapHigh (warning)"]);
  assert.deepEqual(linesOf({ alerts: alerts("up == 0") }, { alerts: alerts('up{job="node"} == 0') }), [
    '~ Mine (critical): expression up == 0 → up{job="node"} == 0',
  ]);
});

Deno.test("effectsOf knows a threshold from a number in a name, a text or a range", () => {
  const alerts = (
    expr: string,
  ) => [{ alert: "Mine", expr, severity: "warning" as const, summary: "x", description: "y" }];
  const lines = linesOf(
    { alerts: alerts('rate(node_load1{instance="a1"}[5m]) > 1') },
    { alerts: alerts('rate(node_load1{instance="a1"}[10m]) > 1') },
  );
  assert.ok(lines.some((line) => line.startsWith("~ Mine (warning):")), lines.join("\n"));
  assert.doesNotMatch(lines.join("\n"), /threshold/);
});

Deno.test("effectsOf tells where a route leads, and what a receiver is", () => {
  const notify = (receiver: string): StackInput => ({
    notify: {
      receivers: { console: [{ kind: "console" }], mail: [{ kind: "console", name: "post" }] },
      routes: [{ matchers: ['team="web"'], receiver }],
    },
  });
  const lines = linesOf(notify("console"), notify("mail"));
  assert.ok(lines.includes('~ team="web": receiver console → mail'), lines.join("\n"));
  assert.deepEqual(actionsOf(notify("console"), notify("mail")), { alertmanager: "reloaded" });
  const added = linesOf({}, notify("mail"));
  for (const line of ["+ mail", '+ team="web": receiver mail', "+ post: kind console"]) {
    assert.ok(added.includes(line), `${line} in\n${added.join("\n")}`);
  }
});

Deno.test("effectsOf tells targets, intervals, retention, ports and services", () => {
  const lines = linesOf({}, {
    scrape: { interval: "30s" },
    retention: { time: "30d" },
    hosts: [{ name: "here" }, { name: "web-2", address: "10.0.0.8:9100" }],
    ports: { alertmanager: 19093 },
    services: { blackbox: false, grafana: false },
  });
  for (
    const line of [
      "~ prometheus: retention.time 15d → 30d",
      "~ alertmanager: port 9093 → 19093",
      "- blackbox",
      "- grafana",
      "~ every target: scrape_interval 15s → 30s",
      "+ web-2 of job node: address 10.0.0.8:9100",
      "- web-1 of job node",
    ]
  ) assert.ok(lines.includes(line), `${line} in\n${lines.join("\n")}`);
});

Deno.test("serviceActions says who is started, restarted, reloaded and stopped", () => {
  const change: StackInput = { retention: { time: "30d" }, services: { blackbox: false } };
  assert.deepEqual(actionsOf({}, change), {
    prometheus: "restarted",
    webhook: "reloaded",
    blackbox: "stopped",
  });
  assert.equal(actionsOf({}, change, "docker").blackbox, "stopped");
  assert.equal(
    actionsOf({ services: { cadvisor: false } }, { services: { cadvisor: true } }, "docker").cadvisor,
    "started",
  );
  assert.equal(actionsOf({}, { versions: { alertmanager: "0.34.0" } }, "docker").alertmanager, "restarted");
  assert.equal(actionsOf({}, { versions: { alertmanager: "0.34.0" } }).alertmanager, "restarted");
  const drawn = [{ delivery: "image", thresholds: { cpu: 80 } }, {
    delivery: "image",
    thresholds: { cpu: 85 },
  }] as const;
  assert.equal(actionsOf(...drawn, "docker").webhook, "restarted", "what its pages draw is in its image");
  const first = serviceActions(undefined, sideOf({}));
  assert.deepEqual(new Set(first.map(({ action }) => action)), new Set(["started"]));
  assert.match(stripVTControlCharacters(formatActions(first)), /^ {2}prometheus +started/);
});

Deno.test("effectsOf tells what changes of compose.yaml, its name and a version among it", () => {
  const lines = linesOf({}, { name: "other", versions: { prometheus: "3.6.0" } }, "docker");
  assert.ok(
    lines.some((line) => /^~ prometheus: project vigie → other, version \S+ → 3\.6\.0/.test(line)),
    lines.join("\n"),
  );
});

Deno.test("effectsOf tells of dashboards once, though the webhook has copies of them", () => {
  const lines = linesOf({ thresholds: { cpu: 80 } }, { thresholds: { cpu: 85 } });
  assert.deepEqual(lines.filter((line) => line.includes("webhook/")), []);
});

Deno.test("formatEffects tells once what changes alike in many", () => {
  const text = stripVTControlCharacters(formatEffects(effectsOf(sideOf({}), sideOf({ locale: "fr" }))));
  assert.match(text, /^Alerts\n {2}~ \w+ \(\w+\), .+ and \d+ more: summary, description/m);
  const [alerts] = text.split("\n\n");
  assert.ok(alerts!.split("\n").length < 10, "texts of every alert are told one by one");
});

Deno.test("effectsOf tells panels by their dashboard and title", () => {
  const effects = effectsOf(sideOf({ thresholds: { cpu: 80 } }), sideOf({ thresholds: { cpu: 85 } }));
  const panels = effects.filter(({ area }) => area === "panel");
  assert.ok(panels.length > 0);
  for (const { name, fields } of panels) {
    assert.match(name, / \/ /);
    assert.ok(fields.some(({ before, after }) => before !== undefined || after !== undefined), name);
  }
});
