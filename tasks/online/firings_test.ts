import { deepEqual, equal } from "node:assert/strict";
import { firingOf, type Terms } from "./firings.ts";

const TERMS: Terms = {
  moments: [0, 60, 120, 180, 240, 300, 360, 420, 480, 540, 600],
  step: 60,
  for: 120,
  keepFiringFor: 0,
};
const told = (at: readonly number[], terms: Partial<Terms> = {}) => {
  const firing = firingOf({ labels: { instance: "a" }, at }, { ...TERMS, ...terms });
  return firing && [firing.times, firing.seconds, firing.first, firing.last];
};

Deno.test("firingOf fires only when it held for as long as it must", () => {
  equal(told([60, 120]), undefined);
  deepEqual(told([60, 120, 180]), [1, 60, 180, 180]);
  // One moment without it begins the wait anew.
  equal(told([0, 60, 180, 240, 360, 420]), undefined);
});

Deno.test("firingOf counts each time that it begins to fire", () => {
  deepEqual(told([0, 120, 240], { for: 0 }), [3, 180, 0, 240]);
  deepEqual(told([0, 60, 120, 180, 300, 360, 420, 480]), [2, 240, 120, 420]);
});

Deno.test("firingOf goes on firing as long as keepFiringFor says", () => {
  deepEqual(told([0, 120, 240], { for: 0, keepFiringFor: 120 }), [1, 420, 0, 0]);
  deepEqual(told([0, 300], { for: 0, keepFiringFor: 120 }), [2, 360, 0, 300]);
});

Deno.test("firingOf judges only when Prometheus ran", () => {
  const moments = [0, 60, 480, 540, 600];
  deepEqual(told([0, 60, 120, 180, 240, 300, 360, 420, 480, 540, 600], { moments, for: 0 }), [1, 300, 0, 0]);
  equal(told([120, 180, 240, 300, 360], { moments, for: 0 }), undefined);
});

Deno.test("firingOf keeps the labels, and knows nothing that never held", () => {
  deepEqual(firingOf({ labels: { instance: "a" }, at: [600] }, { ...TERMS, for: 0 })?.labels, {
    instance: "a",
  });
  equal(told([]), undefined);
});
