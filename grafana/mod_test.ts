import type { Dashboard, Panel, RowPanel } from "@grafana/grafana-foundation-sdk/dashboard";
import assert from "node:assert/strict";
import type { Files } from "../lib/files.ts";
import type { Locale } from "../lib/text.ts";
import { fromYaml } from "../lib/yaml.ts";
import { EXAMPLE_LINKS, EXAMPLE_SETTINGS } from "./example.ts";
import { type GrafanaLinks, renderGrafana } from "./mod.ts";
import { walk } from "./json_places.ts";
import { panelsOf } from "./queries.ts";

const LOCALES = ["fr", "en"] as const;

function render(links: Partial<GrafanaLinks> = {}, locale: Locale = "en"): Files {
  return renderGrafana(EXAMPLE_SETTINGS, locale, { ...EXAMPLE_LINKS, ...links });
}

function dashboardsIn(files: Files): Dashboard[] {
  return [...files].filter(([path]) => path.endsWith(".json")).map(([, text]) => JSON.parse(text));
}

function panelsIn(files: Files): Panel[] {
  return dashboardsIn(files).flatMap(panelsOf).map(({ panel }) => panel)
    .filter((panel): panel is Panel => panel.type !== "row");
}

function exprs(files: Files): string {
  return JSON.stringify(panelsIn(files).map(({ targets }) => targets));
}

Deno.test("renderGrafana names its files", () => {
  assert.deepEqual([...render().keys()], [
    ...["alerts", "containers", "host", "hosts", "probes", "stack", "webhook"]
      .map((name) => `grafana/dashboards/${name}.json`),
    ...["alerting", "dashboards", "datasources", "plugins"]
      .map((name) => `grafana/provisioning/${name}/vigie.yaml`),
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

/** Values of the thresholds of every panel with this title, by dashboard. */
function stepsOf(title: string, links: Partial<GrafanaLinks> = {}): Record<string, (number | null)[][]> {
  return Object.fromEntries(
    dashboardsIn(render(links)).map((dashboard): [string, (number | null)[][]] => [
      dashboard.uid!,
      panelsOf(dashboard).map(({ panel }) => panel as Panel).filter((panel) => panel.title === title)
        .map(({ fieldConfig }) => fieldConfig!.defaults.thresholds!.steps.map(({ value }) => value)),
    ]).filter(([, steps]) => steps.length > 0),
  );
}

Deno.test("renderGrafana draws the alerts' lines", () => {
  assert.deepEqual(stepsOf("CPU busy"), { "vigie-hosts": [[null, 81]], "vigie-host": [[null, 81]] });
  assert.deepEqual(stepsOf("CPU time by mode"), { "vigie-host": [[null, 81]] });
  assert.deepEqual(stepsOf("Memory used"), {
    "vigie-hosts": [[null, 82]],
    "vigie-host": [[null, 82], [null, 82]],
  });
  // The alert looks at what is free, the panel shows what is used.
  assert.deepEqual(stepsOf("Space used"), { "vigie-host": [[null, 87, 94]] });
  assert.deepEqual(stepsOf("Fullest disk"), {
    "vigie-hosts": [[null, 87, 94], [null, 87, 94]],
    "vigie-host": [[null, 87, 94]],
  });
  assert.deepEqual(stepsOf("CPU busy", { lines: {} }), { "vigie-hosts": [[null]], "vigie-host": [[null]] });
});

Deno.test("renderGrafana colours what must not fall below a line from the worst up", () => {
  const stat = panelsIn(render()).find(({ title }) => title === "Next certificate to end")!;
  assert.deepEqual(stat.fieldConfig!.defaults.thresholds!.steps, [
    { value: null, color: "red" },
    { value: 4, color: "orange" },
    { value: 21, color: "green" },
  ]);
  // Grafana would paint the line at 21 green: a graph draws such lines itself.
  const graph = panelsIn(render()).find(({ title }) => title === "Days left")!;
  assert.deepEqual(graph.fieldConfig!.defaults.custom.thresholdsStyle, { mode: "off" });
  assert.deepEqual(graph.targets!.slice(1).map((target) => (target as unknown as { expr: string }).expr), [
    "vector(21)",
    "vector(4)",
  ]);
});

Deno.test("renderGrafana links a panel to the runbooks of the alerts whose lines it draws", () => {
  const alerts = { HostCpuHigh: { runbookUrl: "http://127.0.0.1:9094/runbooks/HostCpuHigh" } };
  const linked = panelsIn(render({ alerts })).filter(({ links = [] }) => links.length > 0);
  assert.deepEqual([...new Set(linked.map(({ title }) => title))], ["CPU busy", "CPU time by mode", "Hosts"]);
  for (const { links } of linked) {
    assert.deepEqual(links!.map(({ title, url, targetBlank }) => ({ title, url, targetBlank })), [{
      title: "What to do: HostCpuHigh",
      url: alerts.HostCpuHigh.runbookUrl,
      targetBlank: true,
    }]);
  }
});

Deno.test("renderGrafana leaves out what does not run", () => {
  const without = (...left: string[]) =>
    render({ services: new Map([...EXAMPLE_LINKS.services].filter(([service]) => !left.includes(service))) });
  assert.match(exprs(render()), /container_memory/);
  assert.match(exprs(render()), /grafana_http/);
  assert.doesNotMatch(exprs(without("cadvisor")), /container_|cadvisor/);
  assert.equal(without("cadvisor").has("grafana/dashboards/containers.json"), false);
  assert.doesNotMatch(exprs(without("grafana")), /grafana/);
  assert.doesNotMatch(exprs(without("node-exporter")), /process_\w+\{job=\\"node\\"\}/);
  for (const [key, files] of [["hosts", ["host", "hosts"]], ["probes", ["probes"]]] as const) {
    for (const shown of [true, false]) {
      const rendered = render({ [key]: shown });
      for (const file of files) assert.equal(rendered.has(`grafana/dashboards/${file}.json`), shown);
    }
  }
});

Deno.test("renderGrafana fills every line of the grid and numbers the panels in reading order", () => {
  const all = [...EXAMPLE_LINKS.services];
  const some = [all, all.slice(0, 5), all.slice(0, 3)].map((services) => new Map(services));
  for (const dashboard of some.flatMap((services) => dashboardsIn(render({ services })))) {
    const everything = panelsOf(dashboard).map(({ panel }) => panel);
    assert.deepEqual(everything.map(({ id }) => id), everything.map((_, i) => i + 1));
    fillsTheGrid(dashboard.panels!, 0, dashboard.uid!);
    for (const panel of dashboard.panels!) {
      if (panel.type !== "row") continue;
      const { collapsed, panels, gridPos, title } = panel as RowPanel;
      assert.equal(collapsed, panels.length > 0, title!);
      fillsTheGrid(panels, gridPos!.y + 1, `${dashboard.uid} ${title}`);
    }
  }
});

/** Whether each line of panels is filled, and the lines follow one another from `y` down. */
function fillsTheGrid(panels: readonly (Panel | RowPanel)[], y: number, where: string): void {
  for (const [top, line] of Map.groupBy(panels, ({ gridPos }) => gridPos!.y)) {
    assert.equal(top, y, `${where} has a gap or an overlap at line ${y}`);
    let x = 0;
    for (const { gridPos } of line) {
      assert.equal(gridPos!.x, x);
      x += gridPos!.w;
    }
    assert.equal(x, 24, where);
    assert.equal(new Set(line.map(({ gridPos }) => gridPos!.h)).size, 1);
    y += line[0]!.gridPos!.h;
  }
}

Deno.test("renderGrafana shows the overview without scrolling at 1366 x 768", () => {
  // A grid unit is 30 pixels and a margin of 8; browser and Grafana take some 250 above the panels.
  const unitPx = 38;
  const visiblePx = 768 - 250;
  for (const dashboard of dashboardsIn(render())) {
    const heading = dashboard.panels!.findIndex(({ type }) => type === "row");
    // What lies below the first screen at the top, such as a history, is no part of the overview.
    const overview = (dashboard.panels!.slice(0, heading) as Panel[])
      .filter(({ gridPos }) => gridPos!.y * unitPx < visiblePx);
    assert.ok(overview.filter(({ type }) => type === "stat").length >= 4, dashboard.uid!);
    assert.ok(overview.some(({ type }) => type !== "stat"), dashboard.uid!);
    for (const { title, type, gridPos } of overview) {
      assert.ok((gridPos!.y + gridPos!.h) * unitPx <= visiblePx + unitPx, `${dashboard.uid} ${title}`);
      // Narrower, a value such as "1.2 Mb/s" is cut off.
      assert.ok(gridPos!.w / 24 * 1366 >= 200, `${dashboard.uid} ${title} ${type}`);
    }
  }
});

Deno.test("renderGrafana closes rows that are rarely needed: Grafana asks for their data only once they are opened", () => {
  const host = dashboardsIn(render()).find(({ uid }) => uid === "vigie-host")!;
  const closed = host.panels!.filter((panel) => "collapsed" in panel && panel.collapsed);
  assert.deepEqual(closed.map(({ title }) => title), [
    "System and clock",
    "Hardware",
    "systemd services and exporter",
  ]);
});

Deno.test("renderGrafana names colours, which each theme has its own shade of", () => {
  for (const [path, text] of render()) assert.doesNotMatch(text, /#[0-9a-f]{3,8}\b|rgba?\(/i, path);
});

Deno.test("renderGrafana links dashboards with what the reader has chosen and the time range", () => {
  const links = dashboardsIn(render()).flatMap((dashboard) => [...walk(dashboard)])
    .map(({ value }) => (value ?? {}) as { url?: string; keepTime?: boolean })
    .filter(({ url }) => typeof url === "string" && url.startsWith("/d/"));
  assert.ok(links.length >= 10, `only ${links.length}`);
  for (const { url, keepTime } of links) assert.ok(keepTime || url!.includes("${__url_time_range}"), url!);
  const own = new Map(
    dashboardsIn(render()).map(({ uid, templating }) => [uid!, templating.list!.map(({ name }) => name)]),
  );
  for (const { url } of links) {
    const [, uid, query = ""] = /^\/d\/([\w-]+)\??(.*)$/.exec(url!) ?? [];
    if (uid === undefined) continue;
    for (const [, name] of query.matchAll(/var-(\w+)=/g)) assert.ok(own.get(uid)!.includes(name!), url!);
  }
});

Deno.test("renderGrafana asks for values of now in stats and tables, for history in graphs", () => {
  for (const { type, targets } of panelsIn(render())) {
    for (const target of targets!) {
      const { instant, range } = target as { instant?: boolean; range?: boolean };
      const overTime = type === "timeseries" || type === "state-timeline";
      assert.deepEqual({ instant, range }, { instant: !overTime, range: overTime });
    }
  }
});

Deno.test("renderGrafana writes every text in the language asked for", () => {
  const [fr, en] = LOCALES.map((locale) => panelsIn(render({}, locale)));
  const same = fr!.filter(({ description }, i) => description === en![i]!.description);
  assert.deepEqual(same.map(({ title }) => title), []);
  assert.equal(fr!.find(({ id }) => id === 1)!.title, "Critiques");
  assert.equal(en!.find(({ id }) => id === 1)!.title, "Critical");
  for (const { title, description } of [...fr!, ...en!]) assert.ok(title?.trim() && description?.trim());
});

Deno.test("renderGrafana asks for rates over Grafana's own window only, for sums over the range shown", () => {
  const bare = panelsIn(render()).flatMap(({ targets = [] }) => targets)
    .map((target) => (target as unknown as { expr: string }).expr.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""'));
  const windows = bare.flatMap((expr) =>
    [...expr.matchAll(/\b(\w+) ?\((?:[^()[\]]|\([^()]*\))*\[([^[\]]+)\]/g)].map(([, name, window]) =>
      `${name} ${window}`
    )
  );
  assert.deepEqual([...new Set(windows)].sort(), [
    "avg_over_time $__range",
    "avg_over_time $__rate_interval",
    // Their alerts' own windows: the lines would mean nothing over others.
    "changes 10m",
    "changes 15m",
    "count_over_time $__range:1m",
    "deriv 6h",
    "increase $__rate_interval",
    "increase 1h",
    "last_over_time 1d",
    "min_over_time 2m",
    "min_over_time 5m",
    "rate $__rate_interval",
    "resets $__range",
    "resets 15m",
  ]);
});
