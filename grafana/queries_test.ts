import assert from "node:assert/strict";
import { EXAMPLE_LINKS, EXAMPLE_SETTINGS } from "./example.ts";
import { panelQueries, renderGrafana } from "./mod.ts";
import { variablesIn } from "./queries.ts";

const DATASOURCES = "grafana/provisioning/datasources/vigie.yaml";

function queriesOf(expr: string, timeInterval = "15s"): string[] {
  const dashboard = {
    uid: "d",
    templating: { list: [{ name: "instance" }, { name: "job" }] },
    panels: [{ title: "P", targets: [{ refId: "A", expr }] }],
  };
  const datasources = { datasources: [{ uid: "prometheus", jsonData: { timeInterval } }] };
  return panelQueries(
    new Map([
      ["grafana/dashboards/d.json", JSON.stringify(dashboard)],
      [DATASOURCES, JSON.stringify(datasources)],
    ]),
  ).map(({ expr }) => expr);
}

Deno.test("panelQueries says where each query stands", () => {
  const files = renderGrafana(EXAMPLE_SETTINGS, "en", EXAMPLE_LINKS);
  const [first] = panelQueries(files);
  const { expr, ...where } = first!;
  assert.deepEqual(where, {
    dashboard: "vigie-alerts",
    panel: "Critical",
    refId: "A",
    file: "grafana/dashboards/alerts.json",
    legend: "Critical",
    absent: undefined,
  });
  assert.match(expr, /severity=~"\.\*",job=~"\.\*",instance=~"\.\*"/);
});

Deno.test("panelQueries leaves no variable and no macro in a query", () => {
  for (const { panel, expr } of panelQueries(renderGrafana(EXAMPLE_SETTINGS, "fr", EXAMPLE_LINKS))) {
    assert.deepEqual(variablesIn(expr), [], panel);
  }
});

Deno.test("panelQueries finds every query of every panel, and no other", () => {
  const files = renderGrafana(EXAMPLE_SETTINGS, "en", EXAMPLE_LINKS);
  const dashboards = [...files].filter(([path]) => path.endsWith(".json")).map(([, text]) =>
    JSON.parse(text)
  );
  const targets = dashboards.flatMap(({ panels }) => panels)
    .flatMap((
      { panels = [], targets = [] },
    ) => [...targets, ...panels.flatMap((inner: typeof panels) => inner.targets)]);
  assert.ok(targets.length > 150);
  assert.equal(panelQueries(files).length, targets.length);
});

for (
  const [expr, expected] of [
    ["rate(x[$__rate_interval])", "rate(x[1m])"],
    ["rate(x[${__rate_interval}])", "rate(x[1m])"],
    ["x[$__interval]", "x[15s]"],
    ["x[$__range] / $__range_s / $__interval_ms", "x[6h] / 21600 / 15000"],
    ['x{instance=~"$instance",job=~"${job:regex}",a="[[job]]"}', 'x{instance=~".*",job=~".*",a=".*"}'],
    ['label_replace(x, "a", "$1", "b", "(.*)$")', 'label_replace(x, "a", "$1", "b", "(.*)$")'],
    ['x{a="$other"}', 'x{a="$other"}'],
  ] as const
) {
  Deno.test(`panelQueries fills in ${expr}`, () => assert.deepEqual(queriesOf(expr), [expected]));
}

Deno.test("panelQueries looks into collapsed rows", () => {
  const row = { type: "row", title: "R", panels: [{ title: "P", targets: [{ refId: "A", expr: "up" }] }] };
  const files = new Map([["grafana/dashboards/d.json", JSON.stringify({ uid: "d", panels: [row] })]]);
  assert.deepEqual(panelQueries(files).map(({ panel, expr }) => [panel, expr]), [["P", "up"]]);
});

Deno.test("panelQueries says why a panel may be empty", () => {
  for (const locale of ["fr", "en"] as const) {
    const queries = panelQueries(renderGrafana(EXAMPLE_SETTINGS, locale, EXAMPLE_LINKS));
    const reasons = new Map(queries.map(({ panel, absent }) => [panel, absent]));
    assert.equal(
      reasons.get({ fr: "Températures", en: "Temperatures" }[locale]),
      {
        fr: "aucune sonde de température",
        en: "no temperature sensor",
      }[locale],
    );
    assert.equal(reasons.get({ fr: "Mémoire utilisée", en: "Memory used" }[locale]), undefined);
  }
});

Deno.test("panelQueries takes the window of rates from the scrape interval", () => {
  assert.deepEqual(queriesOf("rate(x[$__rate_interval])", "1s"), ["rate(x[4s])"]);
  assert.deepEqual(queriesOf("rate(x[$__rate_interval])", "500ms"), ["rate(x[2s])"]);
});
