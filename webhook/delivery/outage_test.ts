import assert from "node:assert/strict";
import type { Outcome } from "../channels/mod.ts";
import { JournalFailure } from "../journal/journal.ts";
import { createOwnNotification } from "../own_notice.ts";
import { type Answer, body, type Sent, withDelivery } from "./testing.ts";

const DOWN: Outcome = { result: "retry", reason: "connection refused" };
const OK: Outcome = { result: "delivered" };

/** A destination that can be taken down and up. */
function destination(): { answer: Answer; isDown: boolean } {
  const self = { isDown: true, answer: () => self.isDown ? DOWN : OK };
  return self;
}

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
    t.clock.set(t.clock.now() + 9_999);
    await t.clock.advance(20_000);
    assert.equal(t.told().at(-1), "a: New");
    assert.equal(t.delivery().channels()[0]!.circuit, "closed");
    assert.deepEqual(t.journal().depths().get("a"), { queued: 0, dead: 6 });
  });
});

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
    assert.deepEqual(t.events.filter(({ type }) => type === "coalesced").length, 2);
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

Deno.test("createDelivery gives up what is too old, tells the fallback instead, and says why", async () => {
  const slack = { ...destination(), maxAgeMs: 3_600_000, fallback: "mail" };
  await withDelivery({ channels: { slack, mail: {} }, config: { routes: [ONLY_SLACK] } }, async (t) => {
    await t.accept(body("g", ["Disk"]));
    await t.clock.advance(3_599_000);
    assert.deepEqual(t.told().filter((told) => told.startsWith("mail")), []);
    await t.clock.advance(2_000);
    const [mail] = t.sent.filter(({ channel }) => channel === "mail");
    assert.deepEqual(mail!.message.notes, [
      'Meant for the channel "slack", which could not be told: Older than 1h; it failed before: connection refused',
      "Late by 1 h",
    ]);
    assert.deepEqual(t.events.slice(-3).map(({ type, channel, to }) => [type, channel, to]), [
      ["dead", "slack", undefined],
      ["fallback", "slack", "mail"],
      ["delivered", "mail", undefined],
    ]);
    assert.deepEqual(t.journal().depths().get("slack"), { queued: 0, dead: 1 });
  });
});

Deno.test("createDelivery gives up a group that is too old as one dead letter", async () => {
  const slack = { ...destination(), maxAgeMs: 3_600_000, fallback: "mail" };
  await withDelivery({ channels: { slack, mail: {} }, config: { routes: [ONLY_SLACK] } }, async (t) => {
    for (const name of ["A", "~A", "B"]) await t.accept(body("g", [name]));
    await t.clock.advance(3_610_000);
    assert.deepEqual(t.journal().depths().get("slack"), { queued: 0, dead: 1 });
    assert.deepEqual(t.told().filter((told) => told.startsWith("mail")), ["mail: B"]);
    assert.equal(t.events.filter(({ type }) => type === "coalesced").length, 2);
  });
});

const ONLY_SLACK = { matchers: [], channels: ["slack"] };

Deno.test("createDelivery gives up what is too old while its channel is left alone", async () => {
  const answers = [{ ...DOWN, afterMs: 86_400_000 }];
  const slack = { answer: () => answers.pop() ?? OK, maxAgeMs: 3_600_000, fallback: "mail" };
  await withDelivery({ channels: { slack, mail: {} }, config: { routes: [ONLY_SLACK] } }, async (t) => {
    await t.accept(body("g", ["Disk"]));
    await t.accept(body("h", ["Net"]));
    await t.clock.advance(3_720_000);
    assert.deepEqual(t.told(), ["slack: Disk", "mail: Net", "mail: Disk"]);
  });
});

Deno.test("createDelivery tells the fallback what the routes gave to the channel that failed", async () => {
  const routes = [{ matchers: ["alertname=Disk"], channels: ["slack"] }, {
    matchers: [],
    channels: ["mail"],
  }];
  const slack = { answer: (): Outcome => ({ result: "gone", reason: "410" }), fallback: "mail" };
  await withDelivery({ channels: { slack, mail: {} }, config: { routes } }, async ({ accept, told }) => {
    await accept(body("g", ["Disk", "Net"]));
    assert.deepEqual(told().sort(), ["mail: Disk", "mail: Net", "slack: Disk"]);
  });
});

Deno.test("createDelivery says once why a fallback is told, however much it tells at once", async () => {
  const mail = destination();
  const slack = { answer: (): Outcome => ({ result: "gone", reason: "410" }), fallback: "mail" };
  await withDelivery({ channels: { slack, mail }, config: { routes: [ONLY_SLACK] } }, async (t) => {
    await t.accept(body("g", ["A", "B"]));
    await t.accept(body("g", ["A", "~B"]));
    mail.isDown = false;
    await t.clock.advance(60_000);
    assert.deepEqual(t.sent.at(-1)!.message.notes, [
      'Meant for the channel "slack", which could not be told: 410',
      "Late by 1 s: the newest state, in place of 2 notifications",
    ]);
  });
});

Deno.test("createDelivery tells a test whole to the channel that is tried, whatever its routes are", async () => {
  const routes = [{ matchers: ["alertname=A"], channels: ["a"] }, { matchers: [], channels: ["b"] }];
  await withDelivery({ channels: { a: {}, b: {} }, config: { routes } }, async ({ accept, told, sent }) => {
    await accept(body("g", ["A", "B"]), { origin: "test", deliveries: [{ channel: "b" }] });
    assert.deepEqual(told(), ["b: A B"]);
    assert.deepEqual(sent[0]!.message.notes, ["This is a test"]);
  });
});

Deno.test("createDelivery goes from fallback to fallback, and never in a circle", async () => {
  const gone = { answer: (): Outcome => ({ result: "gone", reason: "410" }) };
  const channels = {
    a: { ...gone, fallback: "b" },
    b: { ...gone, fallback: "c" },
    c: { ...gone, fallback: "a" },
  };
  const routes = [{ matchers: [], channels: ["a"] }];
  await withDelivery({ channels, config: { routes } }, async ({ accept, told, journal, sent }) => {
    await accept(body("g", ["Disk"]));
    assert.deepEqual(told(), ["a: Disk", "b: Disk", "c: Disk"]);
    assert.deepEqual(sent[2]!.message.notes, [
      'Meant for the channel "b", which could not be told: 410',
    ]);
    assert.deepEqual([...journal().depths().values()], Array(3).fill({ queued: 0, dead: 1 }));
  });
});

Deno.test("createDelivery gives up what is queued for a channel that is gone, and tells it when it is back", async () => {
  const slack = destination();
  await withDelivery({ channels: { slack, mail: {} } }, async (t) => {
    for (const key of ["g", "h"]) await t.accept(body(key, [key.toUpperCase()]));
    await t.reload({ channels: { mail: {} } });
    await t.clock.advance(1_000);
    const dead = t.events.filter(({ type }) => type === "dead");
    assert.deepEqual(dead.map(({ channel, reason }) => [channel, reason]), [
      ["slack", "No channel has that name any more"],
      ["slack", "No channel has that name any more"],
    ]);
    assert.deepEqual(t.journal().depths().get("slack"), { queued: 0, dead: 2 });

    slack.isDown = false;
    await t.reload({ channels: { slack, mail: {} } });
    assert.equal(await t.journal().replay(dead.map(({ delivery }) => delivery.id), t.clock.now()), 2);
    t.delivery().wake();
    await t.clock.settle();
    assert.deepEqual(t.told().slice(-2), ["slack: G", "slack: H"]);
  });
});

Deno.test("createDelivery gives up at its start what is queued for a channel that is gone", async () => {
  const slack = destination();
  await withDelivery({ channels: { slack } }, async (t) => {
    await t.accept(body("g", ["Disk"]));
    await t.restart({ channels: { mail: {} } });
    await t.delivery().idle();
    assert.deepEqual(t.journal().depths().get("slack"), { queued: 0, dead: 1 });
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
