import assert from "node:assert/strict";
import { type CheckContext, Skipped } from "../lib/check.ts";
import type { Files } from "../lib/files.ts";
import { checks } from "./checks.ts";
import { EXAMPLE_LINKS, EXAMPLE_SETTINGS } from "./example.ts";
import { renderGrafana } from "./mod.ts";

const HOST = "grafana/dashboards/host.json";
const GOOD = renderGrafana(EXAMPLE_SETTINGS, "en", EXAMPLE_LINKS);

// deno-lint-ignore no-explicit-any -- bad dashboards have any shape
type Anything = any;

function check(id: string, files: Files) {
  return checks.find((check) => check.id === id)!.run({ files } as CheckContext);
}

async function messages(id: string, files: Files): Promise<string[]> {
  return (await check(id, files)).map(({ message }) => message);
}

/** The good files with `spoil` done to the host dashboard. */
function spoilt(spoil: (dashboard: Anything) => void): Files {
  const dashboard = JSON.parse(GOOD.get(HOST)!);
  spoil(dashboard);
  return withHost(JSON.stringify(dashboard, null, 2));
}

function withHost(text: string): Files {
  return new Map([...GOOD, [HOST, text]]);
}

for (const { id } of checks) {
  Deno.test(`${id} finds nothing wrong with what is rendered`, async () => {
    for (const locale of ["fr", "en"] as const) {
      assert.deepEqual(await check(id, renderGrafana(EXAMPLE_SETTINGS, locale, EXAMPLE_LINKS)), []);
    }
  });

  Deno.test(`${id} is skipped when Grafana is switched off`, async () => {
    await assert.rejects(check(id, new Map()), new Skipped("Grafana is switched off"));
  });
}

const BAD: readonly [what: string, spoil: (dashboard: Anything) => void, expected: string[]][] = [
  ["a uid that two dashboards have", (d) => d.uid = "vigie-stack", [
    'Dashboard uid "vigie-stack" is used by two dashboards: Grafana loads only one of them',
    'Dashboard uid "vigie-stack" is used by two dashboards: Grafana loads only one of them',
    'Link leads to the dashboard "vigie-host", which does not exist',
  ]],
  ["a uid that is missing", (d) => delete d.uid, [
    'Dashboard uid is missing, expected at most 40 letters, digits, "-" and "_"',
    'Link leads to the dashboard "vigie-host", which does not exist',
  ]],
  ["an old schema", (d) => d.schemaVersion = 16, ["Schema version is 16, expected 42"]],
  ["an export with inputs", (d) => d.__inputs = [], [
    "Dashboard is an export for sharing: provisioning leaves its inputs unresolved",
  ]],
  ["a panel id used twice", (d) => d.panels[3].id = 1, [
    'Panel "Load per processor" has the id 1, which Panel "CPU busy" has already',
  ]],
  ["a panel without id", (d) => delete d.panels[0].id, [
    'Panel "CPU busy" has the id missing, expected 1 or more',
  ]],
  ["a panel without title", (d) => d.panels[0].title = " ", ["Panel at panels.0 has no title"]],
  ["a panel without unit", (d) => delete d.panels[0].fieldConfig.defaults.unit, [
    'Panel "CPU busy" has no unit',
  ]],
  ["a panel of a type that is gone", (d) => d.panels[0].type = "singlestat", [
    'Panel "CPU busy" is of the type "singlestat", which Grafana no longer has or never brought',
  ]],
  ["a panel over another", (d) => d.panels[1].gridPos.x = 3, [
    'Panel "Memory used" lies over Panel "CPU busy"',
  ]],
  ["a panel outside the grid", (d) => d.panels[5].gridPos.w = 5, [
    'Panel "Alerts firing" does not lie in the grid of 24 columns: {"x":20,"y":0,"w":5,"h":4}',
  ]],
  ["a datasource that is an input", (d) => d.panels[0].datasource.uid = "${DS_PROMETHEUS}", [
    'Datasource uid is "${DS_PROMETHEUS}", which is not provisioned',
    'Variable "DS_PROMETHEUS" does not exist in this dashboard: Grafana leaves it in the text as it is',
  ]],
  ["a datasource given by name", (d) => d.panels[0].targets[0].datasource = "Prometheus", [
    'Datasource uid is "Prometheus", which is not provisioned',
  ]],
  ["a datasource of another type", (d) => d.annotations.list[0].datasource.type = "loki", [
    'Datasource "prometheus" is of the type "prometheus", not "loki"',
  ]],
  ["a variable that does not exist", (d) => d.panels[0].targets[0].expr = 'up{instance=~"$node"}', [
    'Variable "node" does not exist in this dashboard: Grafana leaves it in the text as it is',
  ]],
  ["a variable whose variable is gone", (d) => d.templating.list.shift(), [
    'Variable "job" does not exist in this dashboard: Grafana leaves it in the text as it is',
  ]],
  ["a link to no dashboard", (d) => d.links.push({ type: "link", url: "/d/vigie-fleet/x", tags: [] }), [
    'Link leads to the dashboard "vigie-fleet", which does not exist',
  ]],
  ["a link to a tag that no dashboard has", (d) => d.links[0].tags = ["nobody"], [
    'Link "Vigie dashboards" leads to dashboards tagged "nobody", which no other dashboard is',
  ]],
];

for (const [what, spoil, expected] of BAD) {
  Deno.test(`grafana/dashboards finds ${what}`, async () => {
    const found = await messages("grafana/dashboards", spoilt(spoil));
    assert.deepEqual([...new Set(found)].sort(), [...new Set(expected)].sort());
    assert.ok(found.length >= expected.length);
  });
}

Deno.test("grafana/dashboards names the place of what is wrong", async () => {
  const files = spoilt((dashboard) => dashboard.panels[3].id = 1);
  const [problem] = await check("grafana/dashboards", files);
  assert.equal(problem!.file, HOST);
  const line = files.get(HOST)!.split("\n")[problem!.line! - 1]!;
  assert.match(line.slice(problem!.column! - 1), /^1,?$/);
});

Deno.test("grafana/dashboards finds text that is not JSON, and where", async () => {
  const [problem] = await check("grafana/dashboards", withHost('{\n  "uid": "x",\n}\n'));
  assert.match(problem!.message, /^Dashboard is not JSON: /);
  assert.equal(problem!.line, 3);
  const noObject = await messages("grafana/dashboards", withHost("[]"));
  assert.ok(noObject.includes("Dashboard is not a JSON object"));
  const [cut] = await check("grafana/dashboards", withHost('{\n  "uid":'));
  assert.equal(cut!.line, 2);
});

const BAD_QUERIES: readonly [expr: string, at: number, unexpected: string][] = [
  ["sum(rate(up[$__rate_interval])", 31, "end"],
  ["rate(up[$__rate_interval])) + 1", 27, '")"'],
  ['up{instance="$instance"', 24, "end"],
  ["up +", 5, "end"],
  ["up down", 4, '"down"'],
  ["sum by job (up)", 8, '"job"'],
  ["up[]", 4, '"]"'],
  ["", 1, "end"],
];

for (const [expr, at, unexpected] of BAD_QUERIES) {
  Deno.test(`grafana/queries points at what is wrong in ${expr || "an empty query"}`, async () => {
    const files = spoilt((dashboard) => dashboard.panels[0].targets[0].expr = expr);
    const problems = await check("grafana/queries", files);
    assert.deepEqual(problems.map(({ message }) => message), [
      `Query A of panel "CPU busy" does not parse at character ${at}: unexpected ${unexpected} in "${expr}"`,
    ]);
    const line = files.get(HOST)!.split("\n")[problems[0]!.line! - 1]!;
    const rest = JSON.stringify(expr).slice(1, -1);
    assert.ok(line.includes(`"expr": "${rest}"`));
    const wanted = JSON.stringify(expr.slice(at - 1)).slice(1);
    assert.equal(line.slice(problems[0]!.column! - 1).replace(/,$/, ""), wanted);
  });
}

Deno.test("grafana/queries reads the queries of variables and annotations too", async () => {
  const files = spoilt((dashboard) => {
    dashboard.templating.list[1].query.query = "label_values(up{, instance)";
    dashboard.annotations.list[0].target.expr = "ALERTS{{";
  });
  assert.deepEqual((await messages("grafana/queries", files)).sort(), [
    'Query of annotation "Firing alerts" does not parse at character 8: unexpected "{" in "ALERTS{{"',
    'Query of variable "instance" does not parse at character 4: unexpected end in "up{"',
  ]);
});
