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

const BAD: readonly [id: string, what: string, spoil: (dashboard: Anything) => void, expected: string[]][] = [
  ["grafana/dashboards", "a uid that two dashboards have", (d) => d.uid = "vigie-stack", [
    'Dashboard uid "vigie-stack" is used by two dashboards: Grafana loads only one of them',
    'Dashboard uid "vigie-stack" is used by two dashboards: Grafana loads only one of them',
  ]],
  ["grafana/dashboards", "a uid that is missing", (d) => delete d.uid, [
    'Dashboard uid is missing, expected at most 40 letters, digits, "-" and "_"',
  ]],
  ["grafana/dashboards", "an old schema", (d) => d.schemaVersion = 16, ["Schema version is 16, expected 42"]],
  ["grafana/dashboards", "an export with inputs", (d) => d.__inputs = [], [
    "Dashboard is an export for sharing: provisioning leaves its inputs unresolved",
  ]],
  ["grafana/panels", "a panel id used twice", (d) => d.panels[3].id = 1, [
    'Panel "Load per processor" has the id 1, which Panel "CPU busy" has already',
  ]],
  ["grafana/panels", "a panel without id", (d) => delete d.panels[0].id, [
    'Panel "CPU busy" has the id missing, expected 1 or more',
  ]],
  ["grafana/panels", "a panel without title", (d) => d.panels[0].title = " ", [
    "Panel at panels.0 has no title",
  ]],
  ["grafana/units", "a panel without unit", (d) => delete d.panels[0].fieldConfig.defaults.unit, [
    'Panel "CPU busy" has no unit',
  ]],
  ["grafana/panels", "a panel of a type that is gone", (d) => d.panels[0].type = "singlestat", [
    'Panel "CPU busy" is of the type "singlestat", which Grafana no longer has or never brought',
  ]],
  ["grafana/layout", "a panel over another", (d) => d.panels[1].gridPos.x = 3, [
    'Panel "Memory used" lies over Panel "CPU busy"',
  ]],
  ["grafana/layout", "a panel outside the grid", (d) => d.panels[5].gridPos.w = 5, [
    'Panel "Alerts firing" does not lie in the grid of 24 columns: {"x":20,"y":0,"w":5,"h":4}',
  ]],
  [
    "grafana/datasources",
    "a datasource that is an input",
    (d) => d.panels[0].datasource.uid = "${DS_PROMETHEUS}",
    [
      'Datasource uid is "${DS_PROMETHEUS}", which is not provisioned',
    ],
  ],
  [
    "grafana/datasources",
    "a datasource given by name",
    (d) => d.panels[0].targets[0].datasource = "Prometheus",
    [
      'Datasource uid is "Prometheus", which is not provisioned',
    ],
  ],
  [
    "grafana/datasources",
    "a datasource of another type",
    (d) => d.annotations.list[0].datasource.type = "loki",
    [
      'Datasource "prometheus" is of the type "prometheus", not "loki"',
    ],
  ],
  [
    "grafana/variables",
    "a variable that does not exist",
    (d) => d.panels[0].targets[0].expr = 'up{instance=~"$node"}',
    [
      'Variable "node" does not exist in this dashboard: Grafana leaves it in the text as it is',
    ],
  ],
  ["grafana/variables", "a variable whose variable is gone", (d) => d.templating.list.shift(), [
    'Variable "job" does not exist in this dashboard: Grafana leaves it in the text as it is',
  ]],
  [
    "grafana/links",
    "a link to no dashboard",
    (d) => d.links.push({ type: "link", url: "/d/vigie-fleet/x", tags: [] }),
    [
      'Link leads to the dashboard "vigie-fleet", which does not exist',
    ],
  ],
  ["grafana/links", "a link to a tag that no dashboard has", (d) => d.links[0].tags = ["nobody"], [
    'Link "Vigie dashboards" leads to dashboards tagged "nobody", which no other dashboard is',
  ]],
  ["grafana/panels", "a panel without description", (d) => delete d.panels[0].description, [
    'Panel "CPU busy" has no description',
  ]],
  ["grafana/panels", "a panel without queries", (d) => d.panels[0].targets = [], [
    'Panel "CPU busy" asks nothing: it has no query',
  ]],
  ["grafana/panels", "two queries by one letter", (d) => d.panels[0].targets.push(d.panels[0].targets[0]), [
    'Panel "CPU busy" has two queries by the letter "A": Grafana shows only one of them',
  ]],
  [
    "grafana/units",
    "a unit that Grafana does not know",
    (d) => d.panels[0].fieldConfig.defaults.unit = "percents",
    [
      'Panel "CPU busy" has the unit "percents", which Grafana does not know: it would be shown as a word',
    ],
  ],
  [
    "grafana/variables",
    "a variable that nothing uses",
    (d) => d.templating.list.push({ name: "nobody", type: "textbox" }),
    [
      'Variable "nobody" is used by nothing: whoever chooses a value changes nothing',
    ],
  ],
  [
    "grafana/variables",
    "a variable that is there twice",
    (d) => d.templating.list.push(d.templating.list[0]),
    [
      'Variable "job" is there twice: only one of them counts',
    ],
  ],
];

for (const [id, what, spoil, expected] of BAD) {
  Deno.test(`${id} finds ${what}`, async () => {
    const found = await messages(id, spoilt(spoil));
    assert.deepEqual([...new Set(found)].sort(), [...new Set(expected)].sort());
    assert.ok(found.length >= expected.length);
  });
}

Deno.test("grafana/panels names the place of what is wrong", async () => {
  const files = spoilt((dashboard) => dashboard.panels[3].id = 1);
  const [problem] = await check("grafana/panels", files);
  assert.equal(problem!.file, HOST);
  const line = files.get(HOST)!.split("\n")[problem!.line! - 1]!;
  assert.match(line.slice(problem!.column! - 1), /^1,?$/);
});

Deno.test("grafana/dashboards names what has another shape than a dashboard's, and the other checks leave it alone", async () => {
  const cases: readonly [spoil: (dashboard: Anything) => void, message: string][] = [
    [(d) => d.links[0] = null, "Dashboard cannot be read: links.0 is null, expected object"],
    [(d) => d.templating.list = -1, "Dashboard cannot be read: templating.list is -1, expected array"],
    [(d) => d.panels[1].targets = "up", 'Dashboard cannot be read: panels.1.targets is "up", expected array'],
  ];
  for (const [spoil, message] of cases) {
    const files = spoilt(spoil);
    for (const { id } of checks) {
      const found = (await messages(id, files)).filter((one) => one.startsWith("Dashboard cannot"));
      assert.deepEqual(found, id === "grafana/dashboards" ? [message] : []);
    }
  }
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

const BAD_QUERIES: readonly [expr: string, at: number, part: string, message: string][] = [
  ["sum(rate(up[$__rate_interval])", 4, "(", 'the "(" is never closed'],
  ["rate(up[$__rate_interval])) + 1", 27, ")", 'nothing is open that ")" could close'],
  ['up{instance="$instance"', 3, "{", 'the "{" is never closed'],
  ["up +", 5, '"', 'the expression ends after "+": expected an expression'],
  ["up down", 4, "down", 'unexpected "down": expected an operator or the end'],
  ["rate(up)", 6, "up", '"rate" wants a range vector, such as [5m] after it, not an instant vector'],
  ["up[]", 4, "]", 'expected a duration such as "5m", not "]"'],
  ["", 1, '"', "there is no expression"],
];

for (const [expr, at, part, message] of BAD_QUERIES) {
  Deno.test(`grafana/queries points at what is wrong in ${expr || "an empty query"}`, async () => {
    const files = spoilt((dashboard) => dashboard.panels[0].targets[0].expr = expr);
    const [problem, ...others] = await check("grafana/queries", files);
    assert.deepEqual(others, []);
    assert.equal(
      problem!.message,
      `Query A of panel "CPU busy" is refused by Prometheus at character ${at}: ${message}`,
    );
    const line = files.get(HOST)!.split("\n")[problem!.line! - 1]!;
    assert.equal(line.slice(problem!.column! - 1, problem!.column! - 1 + problem!.length!), part);
  });
}

Deno.test("grafana/queries reads the queries of variables and annotations too", async () => {
  const files = spoilt((dashboard) => {
    dashboard.templating.list[1].query.query = "label_values(up{, instance)";
    dashboard.annotations.list[0].target.expr = "ALERTS{{";
  });
  assert.deepEqual((await messages("grafana/queries", files)).sort(), [
    'Query of annotation "Firing alerts" is refused by Prometheus at character 8: expected the name of a label, not "{"',
    'Query of variable "instance" is refused by Prometheus at character 3: the "{" is never closed',
  ]);
});

Deno.test("grafana/queries takes a variable for what belongs in its place", async () => {
  const files = spoilt((dashboard) => {
    dashboard.panels[0].targets[0].expr =
      'topk($job, rate(up{instance=~"$instance"}[$__rate_interval] offset ${__range}))';
  });
  assert.deepEqual(await messages("grafana/queries", files), []);
});
