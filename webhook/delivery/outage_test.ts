import assert from "node:assert/strict";
import { type Answer, body, destination, DOWN, OK, type Sent, withDelivery } from "./testing.ts";

function notes(sent: readonly Sent[]): (readonly string[])[] {
  return sent.map(({ message }) => message.notes);
}

Deno.test("createDelivery asks a destination that is down by one message each cool-down", async () => {
  const slack = destination();
  await withDelivery({ channels: { a: slack, b: {} } }, async (t) => {
    for (let i = 0; i < 20; i++) await t.accept(body(`g${i}`, ["Disk"]));
    const tries = () => t.sent.filter(({ channel }) => channel === "a");
    assert.equal(tries().length, 5);
    assert.equal(t.sent.filter(({ channel }) => channel === "b").length, 20);
    assert.equal(t.delivery().channels()[0]!.circuit, "open");
    const start = t.clock.now();
    await t.clock.advance(30 * 60_000);
    assert.deepEqual(
      tries().slice(5).map(({ atMs }) => (atMs - start) / 1_000),
      // 10 s, doubled each time, 5 min at most.
      [10, 30, 70, 150, 310, 610, 910, 1_210, 1_510],
    );
    assert.equal(t.delivery().channels()[0]!.consecutiveFailures, 14);
    assert.deepEqual(t.delivery().channels()[0]!.lastFailure, {
      atMs: start + 1_510_000,
      reason: "connection refused",
    });
    slack.isDown = false;
    await t.clock.advance(300_000);
    assert.equal(tries().length, 14 + 20);
    assert.equal(t.delivery().channels()[0]!.circuit, "closed");
    assert.deepEqual(t.journal().depths().get("a"), undefined);
  });
});

Deno.test("createDelivery has one probe under way at most, even where it tells several groups at one time", async () => {
  let isDown = true;
  const answer: Answer = () => isDown ? DOWN : new Promise(() => {});
  const pace = { burst: 1_000, everyMs: 1, concurrency: 3 };
  await withDelivery({ channels: { a: { answer, pace } } }, async (t) => {
    for (let i = 0; i < 10; i++) await t.accept(body(`g${i}`, ["Disk"]));
    const before = t.sent.length;
    isDown = false;
    await t.clock.advance(15_000);
    await t.accept(body("another", ["Disk"]));
    assert.equal(t.sent.length, before + 1);
    assert.equal(t.delivery().channels()[0]!.circuit, "half-open");
  });
});

Deno.test("createDelivery cools down no longer for what was under way when it began to", async () => {
  const slack = destination();
  const open = Promise.withResolvers<void>();
  const answer: Answer = async () => {
    await open.promise;
    return slack.answer({} as Sent, {} as never);
  };
  const pace = { burst: 1_000, everyMs: 1, concurrency: 10 };
  await withDelivery({ channels: { a: { answer, pace } } }, async (t) => {
    for (let i = 0; i < 10; i++) await t.accept(body(`g${i}`, ["Disk"]));
    assert.equal(t.sent.length, 10);
    open.resolve();
    await t.clock.settle();
    slack.isDown = false;
    await t.clock.advance(9_999);
    assert.equal(t.sent.length, 10);
    await t.clock.advance(1);
    assert.equal(t.sent.length, 20);
  });
});

Deno.test("createDelivery takes another probe when the first one cannot be told", async () => {
  const slack = Object.assign(destination(), { maxAgeMs: 25_000 });
  await withDelivery({ channels: { a: slack } }, async (t) => {
    for (let i = 0; i < 6; i++) await t.accept(body(`old${i}`, ["Old"]));
    await t.clock.advance(20_000);
    await t.accept(body("new", ["New"]));
    slack.isDown = false;
    // They become too old while nothing looks; then it is time for a probe.
    t.clock.set(t.clock.now() + 10_000);
    await t.clock.advance(20_000);
    assert.equal(t.told().at(-1), "a: New");
    assert.equal(t.delivery().channels()[0]!.circuit, "closed");
    assert.deepEqual(t.journal().depths().get("a"), { queued: 0, dead: 6 });
  });
});

Deno.test("createDelivery remembers across a restart that a destination is down", async () => {
  const slack = destination();
  await withDelivery({ channels: { a: slack } }, async (t) => {
    for (let i = 0; i < 10; i++) await t.accept(body(`g${i}`, ["Disk"]));
    await t.restart();
    assert.equal(t.sent.length, 5);
    assert.equal(t.delivery().channels()[0]!.circuit, "open");
    slack.isDown = false;
    // The restart took 4 s of the 10.
    await t.clock.advance(5_999);
    assert.equal(t.sent.length, 5);
    await t.clock.advance(1);
    assert.equal(t.sent.length, 15);
  });
});

Deno.test("createDelivery lets another group try when only one has failed", async () => {
  const answer: Answer = ({ message }) => message.notification.groupKey === "poison" ? DOWN : OK;
  await withDelivery({ channels: { a: { answer } } }, async ({ accept, clock, told, delivery }) => {
    await accept(body("poison", ["Poison"]));
    await clock.advance(300_000);
    const before = told().length;
    assert.ok(before > 5);
    assert.equal(delivery().channels()[0]!.circuit, "open");
    await accept(body("g", ["Disk"]));
    assert.deepEqual(told().slice(before), ["a: Disk"]);
  });
});

Deno.test("createDelivery forgets that a destination was down when its settings change", async () => {
  const slack = destination();
  await withDelivery({ channels: { a: slack } }, async (t) => {
    for (let i = 0; i < 10; i++) await t.accept(body(`g${i}`, ["Disk"]));
    assert.equal(t.sent.length, 5);
    await t.reload({ channels: { a: { settings: { url: "another one" } } } });
    assert.equal(t.delivery().channels()[0]!.circuit, "closed");
    assert.equal(t.sent.length, 10);
    await t.clock.advance(10_000);
    assert.equal(t.sent.length, 15);
  });
});

Deno.test("createDelivery tells the newest state of each group after an outage, and that it is late", async () => {
  const slack = destination();
  await withDelivery({ channels: { a: slack } }, async (t) => {
    await t.accept(body("g", ["A", "B", "C"]));
    await t.accept(body("g", ["~A", "B", "C"]));
    await t.accept(body("g", ["B", "~C", "D"]));
    await t.accept(body("h", ["H"]));
    await t.clock.advance(600_000);
    slack.isDown = false;
    const before = t.sent.length;
    await t.clock.advance(600_000);
    const late = t.sent.slice(before);
    assert.deepEqual(t.told().slice(before).sort(), ["a: B ~C D ~A", "a: H"]);
    const group = late.find(({ message }) => message.notification.groupKey === "g")!;
    assert.deepEqual(group.message.notes, ["Late by 10 min: the newest state, in place of 3 notifications"]);
    assert.equal(group.message.status, "firing");
    const count = (type: string) => t.events.filter((event) => event.type === type).length;
    assert.equal(count("coalesced"), 2);
    // One for each attempt, however many it was to tell.
    assert.deepEqual([count("failed"), count("delivered")], [before, 2]);
    assert.deepEqual(t.journal().depths().get("a"), undefined);
  });
});

Deno.test("createDelivery tells a message that comes late alone, and that it is late", async () => {
  const answers = [{ ...DOWN, afterMs: 121_000 }];
  await withDelivery({ channels: { a: { answer: () => answers.pop() ?? OK } } }, async (t) => {
    await t.accept(body("g", ["Disk"]));
    await t.clock.advance(121_000);
    assert.deepEqual(notes(t.sent), [[], ["Late by 2 min"]]);
  });
});

Deno.test("createDelivery never puts notifications together that have no group key", async () => {
  const slack = destination();
  await withDelivery({ channels: { a: slack } }, async (t) => {
    await t.accept(body("", ["A"]));
    await t.accept(body("", ["~A"]));
    slack.isDown = false;
    await t.clock.advance(600_000);
    assert.deepEqual(t.told().slice(-2).sort(), ["a: A", "a: ~A"]);
  });
});
