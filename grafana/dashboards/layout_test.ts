import assert from "node:assert/strict";
import fc from "fast-check";
import type { Panel } from "../panel.ts";
import { layOut } from "./layout.ts";

const TEXT = { fr: "t", en: "t" };

function panel(kind: "stat" | "graph", width?: number): Panel {
  return { kind, title: TEXT, description: TEXT, unit: "count", queries: [], width };
}

Deno.test("layOut fills every line to 24 columns, without overlap, in the given order", () => {
  const some = fc.array(
    fc.record({
      kind: fc.constantFrom("stat" as const, "graph" as const),
      width: fc.integer({ min: 1, max: 24 }),
    }),
  );
  fc.assert(fc.property(some, fc.nat(100), (wanted, top) => {
    const panels = wanted.map(({ kind, width }) => panel(kind, width));
    const placed = layOut(panels, top);
    assert.deepEqual(placed.map(({ panel }) => panel), panels);
    let [x, y, height] = [0, top, 0];
    for (const { gridPos } of placed) {
      if (x === 24) [x, y] = [0, y + height];
      assert.deepEqual([gridPos.x, gridPos.y], [x, y]);
      assert.ok(gridPos.w >= 1);
      if (x === 0) height = gridPos.h;
      assert.equal(gridPos.h, height);
      x += gridPos.w;
    }
    assert.ok(x === 24 || placed.length === 0);
  }));
});

Deno.test("layOut shares the room that a left-out panel leaves", () => {
  const widths = layOut([4, 4, 4, 4, 4].map((width) => panel("stat", width)), 0).map(({ gridPos }) =>
    gridPos.w
  );
  assert.deepEqual(widths, [5, 5, 4, 5, 5]);
});

Deno.test("layOut refuses a panel that no line can hold", () => {
  assert.throws(
    () => layOut([panel("graph", 25)], 0),
    new RangeError('Cannot place "t": width is 25, expected 1 to 24'),
  );
});
