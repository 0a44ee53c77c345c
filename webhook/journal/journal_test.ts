import assert from "node:assert/strict";
import type { Arrival } from "./journal.ts";
import { arrival, withJournal } from "./testing.ts";

const never: ReadonlySet<string> = new Set();

Deno.test("Journal.accept keeps the notification and queues its deliveries", async () => {
  await withJournal(async ({ journal, clock }) => {
    const body = new TextEncoder().encode('{"alerts":[]}');
    const { id, duplicate } = await journal.accept(
      arrival(clock, { body, deliveries: [{ channel: "slack" }] }),
    );
    assert.equal(duplicate, false);
    assert.deepEqual(journal.notification(id), {
      id,
      receivedMs: clock.now(),
      origin: "alert",
      group: "g",
      body,
    });
    const [group] = journal.due("slack", clock.now(), 10, never);
    assert.equal(group!.group, "g");
    assert.equal(group!.deliveries[0]!.notificationId, id);
    assert.equal(journal.depths().get("slack")!.queued, 1);
  });
});

Deno.test("Journal.accept gives a copy the first one's id, across a restart too", async () => {
  await withJournal(async ({ journal, clock, reopen }) => {
    const copy = (): Arrival => arrival(clock, { digest: "d", deliveries: [{ channel: "slack" }] });
    const [first, second] = await Promise.all([journal.accept(copy()), journal.accept(copy())]);
    assert.deepEqual([first.duplicate, second.duplicate], [false, true]);
    assert.equal(first.id, second.id);
    const again = await reopen();
    assert.deepEqual(await again.accept(copy()), { id: first.id, duplicate: true });
    await clock.advance(300_001);
    assert.equal((await again.accept(copy())).duplicate, false);
    assert.equal(again.depths().get("slack")!.queued, 2);
  });
});

Deno.test("Journal.settle takes a delivery out of its line and makes the next one due", async () => {
  await withJournal(async ({ journal, clock }) => {
    for (let i = 0; i < 3; i++) await journal.accept(arrival(clock, { deliveries: [{ channel: "slack" }] }));
    const [line] = journal.due("slack", clock.now(), 10, never);
    const [first, second, third] = line!.deliveries.map(({ id }) => id);
    await journal.settle([{ to: "delivered", id: first!, atMs: clock.now(), tookMs: 3 }]);
    assert.deepEqual(journal.due("slack", clock.now(), 10, never)[0]!.deliveries.map(({ id }) => id), [
      second,
      third,
    ]);
    const nextMs = clock.now() + 5_000;
    const attempt = { tookMs: 3, reason: "503" };
    await journal.settle([
      { to: "queued", id: second!, atMs: clock.now(), attempt, nextMs, partsDone: 0, plain: false },
    ]);
    assert.deepEqual(journal.due("slack", clock.now(), 10, never), []);
    assert.equal(journal.nextDueMs("slack", never), nextMs);
    await journal.settle([
      { to: "delivered", id: third!, atMs: clock.now(), tookMs: 3, coalesced: [second!], ref: "m1" },
    ]);
    assert.equal(journal.nextDueMs("slack", never), undefined);
    assert.deepEqual(journal.depths(), new Map());
    assert.equal(journal.refOf("slack", "g"), "m1");
  });
});
