import assert from "node:assert/strict";
import { body, withDelivery } from "./testing.ts";

Deno.test("createDelivery tells every channel what was accepted", async () => {
  await withDelivery({ channels: { a: {}, b: {} } }, async ({ accept, told, events, journal }) => {
    const { id } = await accept(body("g", ["Disk"]));
    assert.deepEqual(told(), ["a: Disk", "b: Disk"]);
    assert.deepEqual(events.map(({ type, channel, delivery }) => [type, channel, delivery.notificationId]), [
      ["delivered", "a", id],
      ["delivered", "b", id],
    ]);
    assert.deepEqual([...journal().depths()].filter(([, { queued, dead }]) => queued + dead > 0), []);
  });
});
