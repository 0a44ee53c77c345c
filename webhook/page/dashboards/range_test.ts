import { deepEqual, equal } from "node:assert/strict";
import { gridOf, parseMoment, readRange } from "./range.ts";

const NOW = Date.UTC(2026, 0, 31, 12);
const HOME = { from: "now-6h", to: "now" };

Deno.test("parseMoment reads what addresses have", () => {
  equal(parseMoment("now", NOW), NOW);
  equal(parseMoment("now-90m", NOW), NOW - 5_400_000);
  equal(parseMoment("now+1d", NOW), NOW + 86_400_000);
  equal(parseMoment("1769860800000", NOW), 1_769_860_800_000);
  equal(parseMoment("2026-01-31 11:00", NOW), NOW - 3_600_000);
  equal(parseMoment("2026-01-31T12:00:00+01:00", NOW), NOW - 3_600_000);
  for (const bad of ["", "now-", "now-6", "6h", "yesterday", "-1", "2026-99-99", "now-6h/d"]) {
    equal(parseMoment(bad, NOW), undefined, bad);
  }
});

Deno.test("readRange gives the usual range for one that cannot be read", () => {
  const read = (address: string) => readRange(new URLSearchParams(address), HOME, NOW);
  deepEqual(read("from=now-1h"), {
    from: NOW - 3_600_000,
    to: NOW,
    fromText: "now-1h",
    toText: "now",
    isRead: true,
  });
  equal(read("range=now-5m&from=now-1h").from, NOW - 300_000);
  for (const bad of ["from=now&to=now-1h", "from=x", "from=now-99y", `from=${"1".repeat(99)}`]) {
    deepEqual([read(bad).from, read(bad).isRead], [NOW - 21_600_000, false], bad);
  }
});

Deno.test("gridOf never asks more finely than is scraped, nor for more than there is room for", () => {
  const range = { from: NOW - 21_600_000, to: NOW, fromText: "", toText: "" };
  deepEqual(gridOf(range, 400, 15).step, 60);
  equal(gridOf({ ...range, from: NOW - 300_000 }, 400, 15).step, 15);
  for (const days of [1, 30, 3_650]) {
    const { start, end, step } = gridOf({ ...range, from: NOW - days * 86_400_000 }, 2_000, 1);
    equal((end - start) / step <= 2_001, true, `${days} days`);
    equal(start % step, 0);
  }
});
