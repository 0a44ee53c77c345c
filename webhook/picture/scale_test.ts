import { deepEqual, ok } from "node:assert/strict";
import fc from "fast-check";
import { timeTicks, valueSpan, valueTicks } from "./scale.ts";

Deno.test("valueSpan holds every value, from 0 where that is near, and no percent beyond what there can be", () => {
  deepEqual(valueSpan([], ""), { from: 0, to: 1 });
  deepEqual(valueSpan([20, 97], "percent"), { from: 0, to: 100 });
  deepEqual(valueSpan([0.2, 0.99], "percentunit"), { from: 0, to: 1 });
  ok(valueSpan([1_000, 1_001], "").from > 900, "a small change is flat");
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, min: -1e300, max: 1e300 }), { minLength: 1 }), (values) => {
      const { from, to } = valueSpan(values, "");
      ok(from < to && values.every((value) => value >= from && value <= to), `${from} ${to}`);
    }),
  );
});

Deno.test("valueTicks and timeTicks lie within their span, in order, few, on round numbers", () => {
  deepEqual(valueTicks({ from: 0, to: 100 }, "", 5), [0, 20, 40, 60, 80, 100]);
  deepEqual(valueTicks({ from: 1, to: 1 }, "", 5), []);
  deepEqual(valueTicks({ from: 0, to: Infinity }, "", 5), []);
  const hour = Date.parse("2026-11-22T10:00:00Z");
  deepEqual(
    timeTicks({ from: hour, to: hour + 3_600_000 }, 4),
    [0, 15, 30, 45, 60].map((m) => hour + m * 60_000),
  );
  fc.assert(
    fc.property(
      fc.double({ noNaN: true, min: -1e12, max: 1e12 }),
      fc.double({ noNaN: true, min: 1e-3, max: 1e12 }),
      (from, length) => {
        const to = from + length;
        const ticks = valueTicks({ from, to }, "", 5);
        ok(ticks.length <= 12 && ticks.every((tick, i) => i === 0 || tick > ticks[i - 1]!), `${ticks}`);
      },
    ),
  );
});
