import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { parseMetrics, samplesOf, sumOf } from "./metrics.ts";

const SAMPLES = parseMetrics(`# HELP up_total Ups.
# TYPE up_total counter
up_total{job="a",path="C:\\\\x \\"y\\"\\n"} 2
up_total{job="b"} 3 1700000000000
plain 1.5e3
infinite +Inf
not a metric line at all
`);

Deno.test("parseMetrics reads labels with escapes, timestamps and special values", () => {
  strictEqual(SAMPLES.length, 4);
  deepStrictEqual(SAMPLES[0]!.labels, { job: "a", path: 'C:\\x "y"\n' });
  strictEqual(sumOf(SAMPLES, "plain"), 1500);
  strictEqual(sumOf(SAMPLES, "infinite"), Infinity);
});

Deno.test("sumOf adds the samples with the given labels, and is undefined where there are none", () => {
  strictEqual(sumOf(SAMPLES, "up_total"), 5);
  strictEqual(sumOf(SAMPLES, "up_total", { job: "b" }), 3);
  strictEqual(sumOf(SAMPLES, "down_total"), undefined);
  strictEqual(samplesOf(SAMPLES, "up_total", { job: "c" }).length, 0);
});
