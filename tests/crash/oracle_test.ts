import { deepEqual } from "node:assert/strict";
import { brokenPromises, type JournalContent } from "./oracle.ts";

type Row = readonly [
  marker: string,
  channel: string,
  state: "queued" | "delivered" | "coalesced" | "dead",
  into?: number,
];

function journalOf(rows: readonly Row[], copies: Record<string, number> = {}): JournalContent {
  const kept = rows.map(([, , state, into], id) => ({ id, state, into: into ?? null }));
  const markers = [...new Set(rows.map(([marker]) => marker))];
  return {
    copies: new Map([...markers.map((marker) => [marker, 1] as const), ...Object.entries(copies)]),
    order: markers,
    deliveries: new Map(
      markers.map((marker) => [
        marker,
        new Map(rows.flatMap((row, i) => row[0] === marker ? [[row[1], kept[i]!] as const] : [])),
      ]),
    ),
    byId: new Map(kept.map((one) => [one.id, one])),
  };
}

function judge(
  rows: readonly Row[],
  arrived: readonly string[] = [],
  copies?: Record<string, number>,
): string[] {
  return brokenPromises(journalOf(rows, copies), {
    acknowledged: ["m"],
    channels: ["c"],
    arrived: (channel, marker) => arrived.includes(`${channel} ${marker}`),
  });
}

Deno.test("brokenPromises is content with what is queued, dead, arrived, or spoken for", () => {
  deepEqual(judge([["m", "c", "queued"]]), []);
  deepEqual(judge([["m", "c", "dead"]]), []);
  deepEqual(judge([["m", "c", "delivered"]], ["c m"]), []);
  deepEqual(judge([], ["c m"]), []);
  deepEqual(judge([["m", "c", "coalesced", 1], ["n", "c", "queued"]]), []);
});

Deno.test("brokenPromises names what is lost, untrue, in part or kept twice", () => {
  deepEqual(judge([]), ["m was acknowledged, and is lost to c: no delivery is kept"]);
  deepEqual(judge([["m", "c", "coalesced", 7]]), ["m was acknowledged, and is lost to c: coalesced"]);
  deepEqual(judge([["m", "c", "delivered"]]), [
    "m was acknowledged, and is lost to c: delivered",
    "m is called delivered to c, which never took it",
  ]);
  deepEqual(judge([["m", "d", "queued"]], ["c m"]), ["m is kept without deliveries to c"]);
  deepEqual(judge([["m", "c", "queued"]], [], { m: 2 }), ["m is kept 2 times"]);
  deepEqual(judge([["m", "c", "queued"]], [], { n: 1 }), ["n is kept without deliveries"]);
});
