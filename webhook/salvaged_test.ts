import { deepEqual, equal } from "node:assert/strict";
import type { NewDelivery, StoredNotification } from "./journal/mod.ts";
import { defaultConfig } from "./read_config.ts";
import { createRouting } from "./routing.ts";
import { reportOf, requeue } from "./salvaged.ts";

Deno.test("reportOf says what could be read, and what could not", () => {
  const read = {
    atMs: 0,
    why: "malformed",
    file: "j.damaged",
    notifications: 3,
    deliveries: 4,
    quarantined: 1,
  };
  equal(
    reportOf({ ...read, lost: 2 }),
    'notifications read: 3, deliveries: 4, quarantined: 1; notifications lost: 2 at most; the damaged file is "j.damaged"',
  );
  equal(
    reportOf(read),
    'notifications read: 3, deliveries: 4, quarantined: 1; how many are lost is unknown; the damaged file is "j.damaged"',
  );
});

Deno.test("requeue tells what is uncertain again, and nothing that is gone", async () => {
  const queued: [number, NewDelivery][] = [];
  const stored: StoredNotification = {
    id: 7,
    receivedMs: 1,
    origin: "alert",
    group: "g",
    body: new TextEncoder().encode('{"alerts":[{"labels":{"alertname":"A"}}]}'),
  };
  const journal = {
    notification: (id: number) => id === 7 ? stored : undefined,
    queue: (id: number, delivery: NewDelivery) => Promise.resolve(queued.push([id, delivery])),
  };
  await requeue({ uncertain: [6, 7] }, journal, await createRouting(defaultConfig()), 5);
  deepEqual(queued, [[7, { channel: "console", notBeforeMs: 5 }]]);
});
