import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { fieldFor } from "./field.ts";
import { readDashboard } from "./model.ts";

const GENERATED = new URL("../../../tests/golden/full/grafana/dashboards/", import.meta.url);

Deno.test("readDashboard draws every panel of the generated dashboards whole", async () => {
  let panels = 0;
  for await (const { name } of Deno.readDir(GENERATED)) {
    const dashboard = readDashboard(JSON.parse(await Deno.readTextFile(new URL(name, GENERATED))))!;
    ok(dashboard.rows.length > 0, name);
    for (const panel of dashboard.rows.flatMap(({ panels }) => panels)) {
      deepEqual([panel.kind === "other", panel.unsupported], [false, []], `${name}: ${panel.title}`);
      ok(panel.targets.length > 0, `${name}: ${panel.title}`);
      panels++;
    }
  }
  ok(panels > 50);
});

Deno.test("readDashboard says what of a panel is not drawn", () => {
  const panels = [
    { id: 1, type: "heatmap", title: "Heat" },
    {
      id: 2,
      type: "timeseries",
      transformations: [{ id: "reduce" }],
      fieldConfig: { overrides: [{ matcher: { id: "byRegexp", options: "/a/" }, properties: [] }] },
    },
  ];
  const [heat, graph] = readDashboard({ uid: "a", panels })!.rows[0]!.panels;
  deepEqual([heat!.kind, heat!.type], ["other", "heatmap"]);
  deepEqual(graph!.unsupported, ["reduce", "byRegexp"]);
});

Deno.test("readDashboard reads anything, and leaves out what is odd", () => {
  const odd = fc.anything({ maxDepth: 3 });
  fc.assert(
    fc.property(odd, odd, odd, (panel, options, defaults) => {
      const panels = [panel, {
        type: "stat",
        options,
        fieldConfig: { defaults, overrides: [options] },
        targets: [defaults],
      }];
      const read = readDashboard({
        uid: "a",
        title: options,
        panels,
        templating: { list: [panel, options] },
        links: [defaults],
      });
      equal(read!.uid, "a");
      equal(read!.rows.at(-1)!.panels.at(-1)!.kind, "stat");
    }),
    { numRuns: 200 },
  );
  equal(readDashboard(undefined), undefined);
  equal(readDashboard({ uid: "../etc" }), undefined);
});

Deno.test("fieldFor puts overrides over the defaults, by query and by name", () => {
  const fieldConfig = {
    defaults: { unit: "bytes", custom: { stacking: { mode: "normal" } } },
    overrides: [
      {
        matcher: { id: "byFrameRefID", options: "B" },
        properties: [{ id: "custom.stacking", value: { mode: "none" } }, {
          id: "color",
          value: { mode: "fixed", fixedColor: "red" },
        }],
      },
      { matcher: { id: "byName", options: "sum" }, properties: [{ id: "unit", value: "s" }] },
    ],
  };
  const [panel] = readDashboard({ uid: "a", panels: [{ type: "timeseries", fieldConfig }] })!.rows[0]!.panels;
  const { stacked, color, unit } = fieldFor(panel!, "sum", "B");
  deepEqual([stacked, color, unit], [false, "red", "s"]);
  equal(fieldFor(panel!, "other", "A").stacked, true);
});
