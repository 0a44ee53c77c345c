import type { Dashboard, Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import assert from "node:assert/strict";
import type { Files } from "../lib/files.ts";
import type { Locale } from "../lib/text.ts";
import { fromYaml } from "../lib/yaml.ts";
import { EXAMPLE_LINKS, EXAMPLE_SETTINGS } from "./example.ts";
import { type GrafanaLinks, renderGrafana } from "./mod.ts";

const LOCALES = ["fr", "en"] as const;

function render(links: Partial<GrafanaLinks> = {}, locale: Locale = "en"): Files {
  return renderGrafana(EXAMPLE_SETTINGS, locale, { ...EXAMPLE_LINKS, ...links });
}

function dashboardsIn(files: Files): Dashboard[] {
  return [...files].filter(([path]) => path.endsWith(".json")).map(([, text]) => JSON.parse(text));
}

function panelsIn(files: Files): Panel[] {
  return dashboardsIn(files).flatMap(({ panels = [] }) => panels).filter(({ type }) => type !== "row");
}

function exprs(files: Files): string {
  return JSON.stringify(panelsIn(files).map(({ targets }) => targets));
}

Deno.test("renderGrafana names its files", () => {
  assert.deepEqual([...render().keys()], [
    "grafana/dashboards/host.json",
    "grafana/dashboards/stack.json",
    "grafana/provisioning/alerting/vigie.yaml",
    "grafana/provisioning/dashboards/vigie.yaml",
    "grafana/provisioning/datasources/vigie.yaml",
    "grafana/provisioning/plugins/vigie.yaml",
  ]);
});

Deno.test("renderGrafana gives the same bytes for the same input", () => {
  for (const locale of LOCALES) assert.deepEqual(render({}, locale), render({}, locale));
});

Deno.test("renderGrafana provisions both datasources with fixed uids, and none that can be edited", () => {
  const { datasources } = fromYaml(render().get("grafana/provisioning/datasources/vigie.yaml")!) as {
    datasources: Record<string, unknown>[];
  };
  assert.deepEqual(
    datasources.map(({ uid, type, url, editable, jsonData }) => ({ uid, type, url, editable, jsonData })),
    [
      {
        uid: "prometheus",
        type: "prometheus",
        url: "http://prometheus:9090",
        editable: false,
        jsonData: {
          httpMethod: "POST",
          prometheusType: "Prometheus",
          timeInterval: "15s",
          alertmanagerUid: "alertmanager",
        },
      },
      {
        uid: "alertmanager",
        type: "alertmanager",
        url: "http://alertmanager:9093",
        editable: false,
        jsonData: { implementation: "prometheus", handleGrafanaManagedAlerts: false },
      },
    ],
  );
});

Deno.test("renderGrafana lets nobody change or delete a dashboard in the browser", () => {
  const { providers } = fromYaml(render().get("grafana/provisioning/dashboards/vigie.yaml")!) as {
    providers: Record<string, unknown>[];
  };
  assert.equal(providers.length, 1);
  const { allowUiUpdates, disableDeletion, options } = providers[0]!;
  assert.deepEqual({ allowUiUpdates, disableDeletion, options }, {
    allowUiUpdates: false,
    disableDeletion: true,
    options: { path: "/etc/grafana/dashboards" },
  });
});

Deno.test("renderGrafana keeps dollar signs from Grafana's expansion of variables", () => {
  const files = render({ dashboardsPath: "/srv/$HOME/${x}/dashboards" });
  assert.match(
    files.get("grafana/provisioning/dashboards/vigie.yaml")!,
    /path: \/srv\/\$\$HOME\/\$\$\{x\}\/dashboards/,
  );
});

Deno.test("renderGrafana gives each dashboard its time range, refresh, schema and a word on where it comes from", () => {
  const settings = { ...EXAMPLE_SETTINGS, refresh: "1m30s" };
  for (const dashboard of dashboardsIn(renderGrafana(settings, "en", EXAMPLE_LINKS))) {
    assert.equal(dashboard.schemaVersion, 42);
    assert.deepEqual(dashboard.time, { from: "now-6h", to: "now" });
    // Grafana reads one number and one unit.
    assert.equal(dashboard.refresh, "90s");
    assert.match(dashboard.description!, /Generated from config\.ts/);
    assert.deepEqual(dashboard.tags, ["vigie", "generated"]);
    const { expr } = dashboard.annotations.list![0]!.target as unknown as { expr: string };
    assert.match(expr, /^ALERTS\{alertstate="firing"/);
    assert.equal(dashboard.links![0]!.keepTime, true);
    assert.equal("placement" in dashboard.links![0]!, false);
    assert.equal("placement" in dashboard.annotations.list![0]!, false);
  }
});

Deno.test("renderGrafana draws the alerts' thresholds", () => {
  const steps = (title: string) =>
    panelsIn(render()).filter((panel) => panel.title === title)
      .map(({ fieldConfig }) => fieldConfig!.defaults.thresholds!.steps.map(({ value }) => value));
  assert.deepEqual(steps("CPU busy"), [[null, 81]]);
  assert.deepEqual(steps("CPU time by mode"), [[null, 81]]);
  assert.deepEqual(steps("Memory used"), [[null, 82], [null, 82]]);
  assert.deepEqual(steps("Space used"), [[null, 87, 94]]);
  assert.deepEqual(steps("Fullest disk"), [[null, 87, 94]]);
  assert.deepEqual(steps("Load per processor"), [[null, 3]]);
  assert.match(exprs(render()), /3 \* count by \(instance\)/);
});

Deno.test("renderGrafana leaves out what does not run", () => {
  const without = (...left: string[]) =>
    render({ services: new Map([...EXAMPLE_LINKS.services].filter(([service]) => !left.includes(service))) });
  assert.match(exprs(render()), /container_memory/);
  assert.match(exprs(render()), /grafana_http/);
  assert.doesNotMatch(exprs(without("cadvisor")), /container_|cadvisor/);
  assert.doesNotMatch(exprs(without("grafana")), /grafana/);
  assert.doesNotMatch(exprs(without("node-exporter")), /process_\w+\{job=\\"node\\"\}/);
  assert.equal(render({ hosts: false }).has("grafana/dashboards/host.json"), false);
  assert.equal(render({ hosts: true }).has("grafana/dashboards/host.json"), true);
});

Deno.test("renderGrafana fills every line of the grid and numbers the panels in reading order", () => {
  const all = [...EXAMPLE_LINKS.services];
  const some = [all, all.slice(0, 5), all.slice(0, 3)].map((services) => new Map(services));
  for (const dashboard of some.flatMap((services) => dashboardsIn(render({ services })))) {
    const panels = dashboard.panels!;
    assert.deepEqual(panels.map(({ id }) => id), panels.map((_, i) => i + 1));
    const lines = Map.groupBy(panels, ({ gridPos }) => gridPos!.y);
    let y = 0;
    for (const [top, line] of lines) {
      assert.equal(top, y, `${dashboard.uid} has a gap or an overlap at line ${y}`);
      let x = 0;
      for (const { gridPos } of line) {
        assert.equal(gridPos!.x, x);
        x += gridPos!.w;
      }
      assert.equal(x, 24);
      assert.equal(new Set(line.map(({ gridPos }) => gridPos!.h)).size, 1);
      y += line[0]!.gridPos!.h;
    }
  }
});

Deno.test("renderGrafana shows the overview without scrolling at 1366 x 768", () => {
  // A grid unit is 30 pixels and a margin of 8; browser and Grafana take some 250 above the panels.
  const unitPx = 38;
  const visiblePx = 768 - 250;
  for (const dashboard of dashboardsIn(render())) {
    const heading = dashboard.panels!.findIndex(({ type }) => type === "row");
    const overview = dashboard.panels!.slice(0, heading) as Panel[];
    assert.ok(overview.length >= 6);
    for (const { type, gridPos } of overview) {
      assert.equal(type, "stat");
      assert.ok((gridPos!.y + gridPos!.h) * unitPx <= visiblePx);
      // Narrower, a value such as "1.2 Mb/s" is cut off.
      assert.ok(gridPos!.w / 24 * 1366 >= 200);
    }
  }
});

Deno.test("renderGrafana asks for values of now in stats and tables, for history in graphs", () => {
  for (const { type, targets } of panelsIn(render())) {
    for (const target of targets!) {
      const { instant, range } = target as { instant?: boolean; range?: boolean };
      assert.deepEqual({ instant, range }, { instant: type !== "timeseries", range: type === "timeseries" });
    }
  }
});

Deno.test("renderGrafana writes every text in the language asked for", () => {
  const [fr, en] = LOCALES.map((locale) => panelsIn(render({}, locale)));
  const same = fr!.filter(({ description }, i) => description === en![i]!.description);
  assert.deepEqual(same.map(({ title }) => title), []);
  assert.equal(fr!.find(({ id }) => id === 1)!.title, "Processeurs occupés");
  assert.equal(en!.find(({ id }) => id === 1)!.title, "CPU busy");
  for (const { title, description } of [...fr!, ...en!]) assert.ok(title?.trim() && description?.trim());
});

Deno.test("renderGrafana asks for rates over Grafana's own window only", () => {
  const windows = new Set([...exprs(render()).matchAll(/\[([^[\]]+)\](?=\))/g)].map(([, window]) => window));
  assert.deepEqual(windows, new Set(["$__rate_interval"]));
});
