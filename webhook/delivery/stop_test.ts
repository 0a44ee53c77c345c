import assert from "node:assert/strict";
import { JournalFailure } from "../journal/journal.ts";
import { createOwnNotification } from "../own_notice.ts";
import { type Answer, body, destination, OK, withDelivery } from "./testing.ts";

Deno.test("createDelivery goes on when the journal could not be read, even for a probe", async () => {
  const slack = destination();
  await withDelivery({ channels: { a: slack } }, async (t) => {
    for (let i = 0; i < 6; i++) await t.accept(body(`g${i}`, ["Disk"]));
    slack.isDown = false;
    const journal = t.journal();
    const { notification } = journal;
    journal.notification = () => {
      throw new JournalFailure("Cannot read the journal: the disk fails");
    };
    await t.clock.advance(12_000);
    assert.equal(t.sent.length, 5);
    assert.match(t.logged.at(-1)!, /msg="Cannot read what is to be told" channel=a/);
    journal.notification = notification;
    await t.clock.advance(1_000);
    assert.equal(t.sent.length, 11);
  });
});

Deno.test("createDelivery finishes what is under way when it stops, and starts nothing more", async () => {
  const open = Promise.withResolvers<void>();
  const answer: Answer = async () => {
    await open.promise;
    return OK;
  };
  await withDelivery({ channels: { a: { answer } } }, async (t) => {
    await t.accept(body("g", ["G"]));
    await t.accept(body("h", ["H"]));
    let stopped = false;
    const stop = t.delivery().stop(4_000).then(() => stopped = true);
    await t.clock.advance(1_000);
    assert.equal(stopped, false);
    open.resolve();
    await stop;
    assert.deepEqual(t.told(), ["a: G"]);
    assert.deepEqual(t.journal().depths().get("a"), {
      queued: 1,
      oldestMs: t.queued("a")[0]!.createdMs,
      dead: 0,
    });
  });
});

Deno.test("createDelivery puts back unchanged what does not end in time when it stops", async () => {
  const answer: Answer = () => new Promise(() => {});
  await withDelivery({ channels: { a: { answer } } }, async (t) => {
    await t.accept(body("g", ["G"]));
    const [before] = t.queued("a");
    const startMs = t.clock.now();
    let stoppedMs = 0;
    const stop = t.delivery().stop(4_000).then(() => stoppedMs = t.clock.now());
    await t.clock.advance(4_000);
    await stop;
    assert.equal(stoppedMs - startMs, 3_500);
    assert.deepEqual(t.queued("a"), [before]);
    assert.deepEqual(t.events, []);
  });
});

Deno.test("createDelivery goes on after a stop with the part of a message that has not arrived", async () => {
  let isStuck = true;
  const answer: Answer = ({ part }) => part === 1 && isStuck ? new Promise(() => {}) : OK;
  await withDelivery({ channels: { a: { answer, parts: 3 } } }, async (t) => {
    await t.accept(body("g", ["G"]));
    assert.deepEqual(t.sent.map(({ part }) => part), [0, 1]);
    isStuck = false;
    await t.restart();
    assert.deepEqual(t.sent.map(({ part }) => part), [0, 1, 1, 2]);
    assert.equal(t.events.at(-1)!.delivery.attempts, 0);
  });
});

Deno.test("createDelivery tells nothing twice while the journal cannot be written, and notes it afterwards", async () => {
  await withDelivery({}, async (t) => {
    const journal = t.journal();
    const { settle } = journal;
    const failure = () => Promise.reject(new JournalFailure("Cannot write the journal: the disk is full"));
    journal.settle = failure;
    await t.accept(body("g", ["G"]));
    await t.accept(body("h", ["H"]));
    await t.accept(body("g", ["~G"]));
    await t.clock.advance(60_000);
    assert.deepEqual(t.told(), ["a: G", "a: H"]);
    assert.deepEqual(t.events, []);
    journal.settle = settle;
    await t.clock.advance(1_000);
    assert.deepEqual(t.told(), ["a: G", "a: H", "a: ~G"]);
    assert.equal(t.events.length, 3);
    assert.deepEqual(t.logged.map((line) => line.match(/msg="?([^"]*)/)![1]), [
      "Cannot note what became of deliveries: trying again",
      "Deliveries are noted again",
    ]);
  });
});

Deno.test("createDelivery goes on when its watcher throws", async () => {
  const onEvent = () => {
    throw new TypeError("no such metric");
  };
  await withDelivery({ onEvent }, async (t) => {
    await t.accept(body("g", ["G"]));
    await t.accept(body("g", ["~G"]));
    assert.deepEqual(t.told(), ["a: G", "a: ~G"]);
    assert.equal(t.logged.length, 2);
    assert.match(t.logged[0]!, /msg=Defect error="TypeError: no such metric/);
  });
});

Deno.test("createDelivery tells past the journal when it is asked to, once", async () => {
  const slack = destination();
  await withDelivery({ channels: { a: slack, b: {} } }, async (t) => {
    const { notification } = createOwnNotification({ kind: "journal-failing", reason: "The disk is full" }, {
      locale: "en",
      startsMs: t.clock.now(),
      nowMs: t.clock.now(),
    });
    await t.delivery().tellNow(notification, ["a", "b", "gone"]);
    assert.deepEqual(t.told(), ["a: WebhookJournalFailing", "b: WebhookJournalFailing"]);
    assert.match(t.logged[0]!, /msg="Cannot deliver past the journal" channel=a reason="connection refused"/);
  });
});
