import assert from "node:assert/strict";
import fc from "fast-check";
import { bytes, durationMs, formatBytes, formatDuration, formatElapsed } from "./units.ts";

Deno.test("durationMs reads what Prometheus reads", () => {
  const cases: [string, number][] = [
    ["0", 0],
    ["0s", 0],
    ["15s", 15_000],
    ["1m30s", 90_000],
    ["1h", 3_600_000],
    ["15d", 1_296_000_000],
    ["1y2w3d4h5m6s7ms", 31_536_000_000 + 1_209_600_000 + 259_200_000 + 14_400_000 + 300_000 + 6_000 + 7],
    ["292y", 292 * 31_536_000_000],
  ];
  for (const [text, ms] of cases) assert.equal(durationMs(text), ms, text);
});

Deno.test("durationMs refuses what Prometheus refuses", () => {
  for (
    const text of [
      "",
      "15",
      "s",
      "1.5h",
      "-1s",
      "1s1m",
      "1m1m",
      " 1s",
      "1 s",
      "1S",
      "1h 30m",
      "293y",
      "9".repeat(30) + "s",
    ]
  ) {
    assert.throws(() => durationMs(text), SyntaxError, text);
  }
});

Deno.test("formatDuration writes what durationMs reads back", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 292 * 31_536_000_000 }),
      (ms) => durationMs(formatDuration(ms)) === ms,
    ),
  );
});

Deno.test("formatDuration writes as Prometheus does", () => {
  const cases: [number, string][] = [
    [0, "0s"],
    [90_000, "1m30s"],
    [1_500, "1s500ms"],
    [25 * 86_400_000, "25d"],
    [14 * 86_400_000, "2w"],
    [365 * 86_400_000, "1y"],
    [366 * 86_400_000, "366d"],
  ];
  for (const [ms, text] of cases) assert.equal(formatDuration(ms), text);
});

Deno.test("bytes counts in powers of 1024", () => {
  assert.equal(bytes("0B"), 0);
  assert.equal(bytes("512MB"), 512 * 1024 ** 2);
  assert.equal(bytes("1.5GB"), 1.5 * 1024 ** 3);
  assert.equal(bytes("1EB"), 1024 ** 6);
});

Deno.test("bytes refuses what is no size", () => {
  for (const text of ["", "5", "5G", "5gb", "-1GB", "5 GB", "5GiB", ".5GB", "GB"]) {
    assert.throws(() => bytes(text), SyntaxError, text);
  }
});

Deno.test("formatBytes stays below 1024 of a unit, and near the number it shows", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 50 }), (count) => {
    const [value, unit] = formatBytes(count).split(" ") as [string, string];
    assert.ok(Number(value) < 1024, formatBytes(count));
    assert.ok(Math.abs(bytes(value + unit) - count) <= count * 0.06, formatBytes(count));
  }));
});

Deno.test("formatBytes rounds up into the next unit", () => {
  assert.equal(formatBytes(1023), "1023 B");
  assert.equal(formatBytes(1024), "1.0 KB");
  assert.equal(formatBytes(1024 ** 2 - 1), "1.0 MB");
  assert.equal(formatBytes(5 * 1024 ** 3), "5.0 GB");
});

Deno.test("formatElapsed never shows 60 seconds or 1000 milliseconds", () => {
  const cases: [number, string][] = [
    [0, "0 ms"],
    [840, "840 ms"],
    [999.6, "1.0 s"],
    [3_200, "3.2 s"],
    [59_949, "59.9 s"],
    [59_950, "1 min 00 s"],
    [245_000, "4 min 05 s"],
    [119_999, "2 min 00 s"],
  ];
  for (const [ms, text] of cases) assert.equal(formatElapsed(ms), text);
});
