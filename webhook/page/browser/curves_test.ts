import { deepEqual, equal } from "node:assert/strict";
import { readDashboard } from "../dashboards/model.ts";
import { type Curve, curvesOf, newest, stacked, timesOf } from "./curves.ts";

const [PANEL] = readDashboard({
  uid: "a",
  panels: [{ type: "timeseries", targets: [{ refId: "A", expr: "up", legendFormat: "{{host}}" }] }],
})!.rows[0]!.panels;
const GRID = { start: 100, end: 160, step: 15 };

function curve(name: string, values: Curve["values"], field: Partial<Curve["field"]> = {}): Curve {
  return { name, values, field: { ...PANEL!.field, ...field } };
}

Deno.test("curvesOf puts each value at its time and leaves gaps where there is none", () => {
  const metric = { host: "a" };
  const values = [[100, "1"], [130, "NaN"], [145, "+Inf"], [160, "4"], [175, "5"]] as const;
  const [made] = curvesOf(PANEL!, new Map([["A", { data: { result: [{ metric, values }] } }]]), GRID);
  deepEqual([made!.name, made!.values], ["a", [1, null, null, null, 4]]);
  equal(made!.values.length, timesOf(GRID).length);
  deepEqual(curvesOf(PANEL!, new Map([["A", {}]]), GRID), []);
});

Deno.test("stacked adds up what is above and below apart, and leaves out what is hidden or stands alone", () => {
  const curves = [
    curve("a", [1, null, 1], { stacked: true }),
    curve("b", [2, 2, 2], { stacked: true }),
    curve("limit", [9, 9, 9]),
    curve("sent", [3, 3, 3], { below: true }),
    curve("c", [4, 4, 4], { stacked: true }),
  ];
  deepEqual(stacked(curves), {
    drawn: [[1, null, 1], [3, 2, 3], [9, 9, 9], [-3, -3, -3], [7, 6, 7]],
    bands: [[1, 0], [4, 1]],
  });
  const { drawn, bands } = stacked(curves, ({ name }) => name === "b");
  deepEqual([drawn[4], bands], [[5, 4, 5], [[4, 0]]]);
});

Deno.test("newest gives no value that has been gone for a while", () => {
  equal(newest([1, 2, null]), 2);
  equal(newest([1, null, null, null]), undefined);
});
