import { deepEqual, equal, ok } from "node:assert/strict";
import { createDrills } from "./drill.ts";
import { decodeNotification } from "./payload.ts";

const START = Date.parse("2026-11-22T10:00:00.000Z");

function drillsAt() {
  const clock = { ms: START };
  return { clock, drills: createDrills(() => clock.ms) };
}

function alarm(status: string, ...ids: string[]) {
  return decodeNotification({
    notification_reason: "first notification",
    alerts: ids.map((drill) => ({ status, labels: { alertname: "VigieDrill", drill } })),
  });
}

Deno.test("createDrills starts a drill and ends it on demand", () => {
  const { clock, drills } = drillsAt();
  deepEqual(drills.start("a", 600), {
    id: "a",
    startedAt: "2026-11-22T10:00:00.000Z",
    endedAt: null,
    notifications: [],
  });
  deepEqual(drills.active(), ["a"]);
  clock.ms += 1_500;
  equal(drills.end("a")?.endedAt, "2026-11-22T10:00:01.500Z");
  deepEqual(drills.active(), []);
  clock.ms += 1_000;
  equal(drills.end("a")?.endedAt, "2026-11-22T10:00:01.500Z", "ending it again changes nothing");
  equal(drills.end("b"), undefined);
});

Deno.test("createDrills ends a drill after its time to live", () => {
  const { clock, drills } = drillsAt();
  drills.start("a", 10);
  clock.ms += 9_999;
  deepEqual(drills.active(), ["a"]);
  clock.ms += 1;
  deepEqual(drills.active(), []);
  clock.ms += 60_000;
  equal(drills.get("a")?.endedAt, "2026-11-22T10:00:10.000Z");
});

Deno.test("createDrills starts an id again only after its drill has ended", () => {
  const { clock, drills } = drillsAt();
  drills.start("a", 10);
  equal(drills.start("a", 10), undefined);
  drills.received(1, alarm("firing", "a"));
  clock.ms += 10_000;
  deepEqual(drills.start("a", 10)?.notifications, []);
});

Deno.test("createDrills notes notifications with their deliveries, the resolution after the end included", () => {
  const { clock, drills } = drillsAt();
  drills.start("a", 600);
  clock.ms += 1_000;
  drills.received(7, alarm("firing", "a"));
  drills.delivered(7, { channel: "console", ok: true, at: "2026-11-22T10:00:01.002Z" });
  drills.delivered(8, { channel: "console", ok: true, at: "never" });
  drills.end("a");
  clock.ms += 5_000;
  drills.received(9, alarm("resolved", "a"));
  drills.delivered(9, { channel: "console", ok: false, at: "later", reason: "Broken pipe" });
  deepEqual(drills.get("a")?.notifications, [
    {
      status: "firing",
      receivedAt: "2026-11-22T10:00:01.000Z",
      reason: "first notification",
      deliveries: [{ channel: "console", ok: true, at: "2026-11-22T10:00:01.002Z" }],
    },
    {
      status: "resolved",
      receivedAt: "2026-11-22T10:00:06.000Z",
      reason: "first notification",
      deliveries: [{ channel: "console", ok: false, at: "later", reason: "Broken pipe" }],
    },
  ]);
});

Deno.test("createDrills takes notice only of its own alerts", () => {
  const { drills } = drillsAt();
  drills.start("a", 600);
  drills.received(1, alarm("firing", "b"));
  drills.received(2, decodeNotification({ alerts: [{ labels: { alertname: "Other", drill: "a" } }] }));
  deepEqual(drills.get("a")?.notifications, []);
});

Deno.test("createDrills forgets the oldest ended drill, never an active one", () => {
  const { clock, drills } = drillsAt();
  drills.start("short", 1);
  for (let i = 1; i < 100; i++) ok(drills.start(`long-${i}`, 3_600));
  equal(drills.start("one-more", 10), undefined, "100 are active");
  clock.ms += 1_000;
  ok(drills.start("one-more", 10));
  equal(drills.get("short"), undefined);
  equal(drills.active().length, 100);
});

Deno.test("createDrills keeps a bounded number of notifications", () => {
  const { drills } = drillsAt();
  drills.start("a", 600);
  for (let i = 0; i < 200; i++) drills.received(i, alarm("firing", "a"));
  equal(drills.get("a")?.notifications.length, 100);
});
