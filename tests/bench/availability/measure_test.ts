import { deepEqual, equal } from "node:assert/strict";
import { availabilityOf, gapsOf, strip } from "./measure.ts";

const SEEN = { outages: [{ fromMs: 1_000, toMs: 3_000 }, { fromMs: 9_000, toMs: 10_000 }], lastMs: 10_000 };

Deno.test("availabilityOf tells how long it was down, how often and at longest", () => {
  deepEqual(availabilityOf(SEEN), { fraction: 0.7, outages: 2, meanRepairMs: 1_500, longestMs: 2_000 });
  deepEqual(availabilityOf({ outages: [], lastMs: 10_000 }), {
    fraction: 1,
    outages: 0,
    meanRepairMs: 0,
    longestMs: 0,
  });
});

Deno.test("strip shows each part of the time, the lower the longer it was down", () => {
  equal(strip(SEEN, 10), "█▁▁██████▁");
  equal(strip({ outages: [{ fromMs: 0, toMs: 500 }], lastMs: 10_000 }, 10), "▄█████████");
});

Deno.test("strip shows the shortest outage", () => {
  equal(strip({ outages: [{ fromMs: 100, toMs: 101 }], lastMs: 10_000 }, 2), "▇█");
});

Deno.test("gapsOf finds where more than one sample is missing", () => {
  deepEqual(gapsOf([0, 1_000, 2_100, 4_200, 9_200, 10_200], 1_000), {
    count: 1,
    longestMs: 4_000,
    totalMs: 4_000,
  });
  deepEqual(gapsOf([], 1_000), { count: 0, longestMs: 0, totalMs: 0 });
});
