/** Defects in dashboards. */

import { type Anything, editIn, type Mutant, pathsBelow, pick, replaceIn } from "./mutant.ts";

type Files = Map<string, string>;

/** Mutants of dashboards and datasources; which panel is hit follows from the numbers. */
export function dashboardMutants(random: () => number): readonly Mutant[] {
  const onDashboard = (
    name: string,
    expect: Mutant["expect"],
    edit: (dashboard: Anything, draw: number) => void,
  ): Mutant => {
    const [which, draw] = [random(), random()];
    return {
      name,
      expect,
      files: (files) => {
        const path = pick(dashboardsIn(files), () => which, "a dashboard");
        editIn(files, path, (root) => edit(root, draw));
      },
    };
  };
  const onPanel = (
    name: string,
    expect: Mutant["expect"],
    edit: (panel: Anything, dashboard: Anything) => void,
  ): Mutant =>
    onDashboard(
      name,
      expect,
      (dashboard, draw) => edit(pick(drawn(dashboard), () => draw, "queries") as Anything, dashboard),
    );
  return [
    onDashboard("a uid that is missing", "grafana/dashboards", (d) => delete d.uid),
    {
      name: "a uid that another has",
      expect: "grafana/dashboards",
      files: (files) =>
        replaceIn(files, "grafana/dashboards/hosts.json", '"uid": "vigie-hosts"', '"uid": "vigie-host"'),
    },
    onDashboard("a title that is missing", "grafana/dashboards", (d) => d.title = ""),
    onDashboard("an old schema", "grafana/dashboards", (d) => d.schemaVersion = 16),
    {
      name: "a file that is cut off",
      expect: "grafana/dashboards",
      files: (files) =>
        files.set(
          "grafana/dashboards/host.json",
          files.get("grafana/dashboards/host.json")!.slice(0, 2_000),
        ) as never,
    },
    onPanel(
      "a panel's id that another has",
      "grafana/panels",
      (panel, d) => panel.id = drawn(d).find((one) => one !== panel)!.id,
    ),
    onPanel("a panel without title", "grafana/panels", (panel) => panel.title = ""),
    onPanel("a panel without description", "grafana/panels", (panel) => delete panel.description),
    onPanel("a legacy panel: graph", "grafana/panels", (panel) => panel.type = "graph"),
    onPanel("a legacy panel: singlestat", "grafana/panels", (panel) => panel.type = "singlestat"),
    onPanel("a panel that asks nothing", "grafana/panels", (panel) => panel.targets = []),
    onPanel(
      "two queries by one letter",
      "grafana/panels",
      (panel) => panel.targets.push({ ...panel.targets[0], expr: "up" }),
    ),
    onPanel("a panel without unit", "grafana/units", (panel) => delete panel.fieldConfig.defaults.unit),
    onPanel(
      "a unit that does not exist",
      "grafana/units",
      (panel) => panel.fieldConfig.defaults.unit = "precent",
    ),
    onPanel(
      "a panel over another",
      "grafana/layout",
      (panel, d) =>
        panel.gridPos = { ...drawn(d).find((one) => one !== panel && sameRow(d, one, panel))!.gridPos },
    ),
    onPanel("a panel outside the grid", "grafana/layout", (panel) => panel.gridPos.w = 30),
    onPanel(
      "a datasource that does not exist",
      "grafana/datasources",
      (panel) => panel.targets[0].datasource = { type: "prometheus", uid: "prometeus" },
    ),
    onPanel(
      "a datasource of another type",
      "grafana/datasources",
      (panel) => panel.datasource = { type: "loki", uid: "prometheus" },
    ),
    {
      name: "a datasource renamed where it is provisioned",
      expect: "grafana/datasources",
      files: (files) =>
        replaceIn(files, "grafana/provisioning/datasources/vigie.yaml", /uid: prometheus\b/, "uid: prom"),
    },
    onPanel(
      "a variable that does not exist",
      "grafana/variables",
      (panel) => panel.targets[0].expr = 'up{instance=~"$node"}',
    ),
    {
      name: "a variable that is gone",
      expect: "grafana/variables",
      files: (files) => editIn(files, "grafana/dashboards/host.json", (d) => d.templating.list.shift()),
    },
    {
      name: "a variable that nothing uses",
      expect: "grafana/variables",
      files: (files) =>
        editIn(
          files,
          "grafana/dashboards/host.json",
          (d) => d.templating.list.push({ ...d.templating.list[0], name: "rack" }),
        ),
    },
    onPanel(
      "a link that leads nowhere",
      "grafana/links",
      (panel) => panel.links = [{ title: "x", url: "/d/vigie-hots/x" }],
    ),
    onDashboard(
      "a link to a tag that none has",
      "grafana/links",
      (d) => d.links = [{ type: "dashboards", title: "x", tags: ["vigy"] }],
    ),
    onPanel(
      "a query with a parenthesis too few",
      "grafana/queries",
      (panel) => panel.targets[0].expr = "sum(rate(up[$__rate_interval])",
    ),
    onPanel(
      "a query without a range",
      "grafana/queries",
      (panel) => panel.targets[0].expr = "rate(node_cpu_seconds_total)",
    ),
    onPanel(
      "a query with an unknown function",
      "grafana/queries",
      (panel) => panel.targets[0].expr = "humanize(up)",
    ),
    {
      name: "an annotation that cannot be read",
      expect: "grafana/queries",
      files: (files) =>
        editIn(files, "grafana/dashboards/host.json", (d) => d.annotations.list[0].target.expr = "ALERTS{{"),
    },
    onPanel(
      "a metric that nobody exposes",
      "grafana/unknown-name",
      (panel) => panel.targets[0].expr = "node_load_1",
    ),
  ];
}

/** Dashboards with some panels, the host's among them. */
function dashboardsIn(files: Files): string[] {
  return pathsBelow(files, "grafana/dashboards").filter((path) =>
    /\/(?:host|stack|containers|webhook)\.json$/.test(path)
  );
}

/** Panels with queries and units, those in closed rows too. */
function drawn(dashboard: Anything): Anything[] {
  return dashboard.panels.flatMap((panel: Anything) => [panel, ...panel.panels ?? []])
    .filter(({ targets, fieldConfig }: Anything) => targets?.length > 0 && fieldConfig?.defaults?.unit);
}

function sameRow(dashboard: Anything, one: Anything, other: Anything): boolean {
  const rowOf = (panel: Anything) =>
    dashboard.panels.find(({ panels = [] }: Anything) => panels.includes(panel));
  return rowOf(one) === rowOf(other);
}
