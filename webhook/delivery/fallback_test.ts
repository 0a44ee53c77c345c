import assert from "node:assert/strict";
import type { Outcome } from "../channels/mod.ts";
import { body, destination, DOWN, OK, withDelivery } from "./testing.ts";

const ONLY_SLACK = { matchers: [], channels: ["slack"] };

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
