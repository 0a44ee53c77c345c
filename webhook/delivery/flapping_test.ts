import assert from "node:assert/strict";
import { body, type TestDelivery, withDelivery } from "./testing.ts";

const FLAPPING =
  "This group keeps changing: only what holds for 10 min is told from now on; what is critical always is";
const QUIET = "This group kept changing; this is the state that has held for at least 10 min";

/** Lets a group change `times` times, one minute apart, firing first. */
async function swing(t: TestDelivery, times: number, name = "Disk"): Promise<void> {
  for (let i = 0; i < times; i++) {
    await t.accept(body("g", [i % 2 === 0 ? name : `~${name}`]));
    await t.clock.advance(60_000);
  }
}

Deno.test("createDelivery says once that a group is flapping, and then tells only what holds", async () => {
  await withDelivery({}, async (t) => {
    await swing(t, 12);
    // 6 changes within 30 min are told as they come; the 7th says what it is.
    assert.equal(t.sent.length, 7);
    assert.deepEqual(t.sent.map(({ message }) => message.notes), [[], [], [], [], [], [], [FLAPPING]]);
    assert.equal(t.events.filter(({ type }) => type === "held").length, 1);
    assert.equal(t.queued("a").length, 5);
    // The last change was a minute ago.
    await t.clock.advance(8 * 60_000);
    assert.equal(t.sent.length, 7);
    await t.clock.advance(60_000);
    assert.deepEqual(t.told().slice(7), ["a: ~Disk"]);
    assert.deepEqual(t.sent[7]!.message.notes, [
      "Late by 14 min: the newest state, in place of 5 notifications",
      QUIET,
    ]);
    assert.deepEqual(t.queued("a"), []);
  });
});

Deno.test("createDelivery remembers across a restart that a group is flapping", async () => {
  await withDelivery({}, async (t) => {
    await swing(t, 7);
    await t.restart();
    await swing(t, 2);
    assert.equal(t.sent.length, 7);
    await t.clock.advance(10 * 60_000);
    assert.deepEqual(t.told().slice(7), ["a: ~Disk"]);
  });
});

Deno.test("createDelivery tells a flapping group again when it came to rest before", async () => {
  await withDelivery({}, async (t) => {
    await swing(t, 7);
    assert.equal(t.sent.length, 7);
    await t.clock.advance(60 * 60_000);
    await t.accept(body("g", ["~Disk"]));
    assert.deepEqual(t.told().slice(7), ["a: ~Disk"]);
    assert.deepEqual(t.sent[7]!.message.notes, []);
  });
});

Deno.test("createDelivery never holds back a group with a critical alert", async () => {
  await withDelivery({}, async (t) => {
    await swing(t, 20, "Disk/critical");
    assert.equal(t.sent.length, 20);
    assert.ok(t.sent.every(({ message }) => message.notes.length === 0));
  });
});

Deno.test("createDelivery tells at once when a group that is held back becomes critical, after a restart too", async () => {
  for (const restarts of [false, true]) {
    await withDelivery({}, async (t) => {
      await swing(t, 9);
      assert.equal(t.sent.length, 7);
      if (restarts) await t.restart();
      await t.accept(body("g", ["Disk", "Fire/critical"]));
      assert.equal(t.told().at(-1), "a: Disk Fire");
      assert.deepEqual(t.queued("a"), []);
    });
  }
});

Deno.test("createDelivery tells at once what becomes critical while it is being held back", async () => {
  await withDelivery({}, async (t) => {
    await swing(t, 8);
    const journal = t.journal();
    const { settle } = journal;
    const written = Promise.withResolvers<void>();
    journal.settle = async (changes) => {
      await written.promise;
      await settle.call(journal, changes);
    };
    // The hold of the first one runs out after 10 min, and is renewed for the second one.
    await t.clock.advance(8 * 60_000);
    await t.accept(body("g", ["Disk"]));
    await t.clock.advance(2 * 60_000);
    const before = t.sent.length;
    await t.accept(body("g", ["Disk", "Fire/critical"]));
    assert.equal(t.sent.length, before);
    written.resolve();
    await t.clock.settle();
    assert.equal(t.told().at(-1), "a: Disk Fire");
  });
});

Deno.test("createDelivery tells a group that never comes to rest once an hour", async () => {
  await withDelivery({}, async (t) => {
    await swing(t, 7 + 130);
    const times = t.sent.slice(6).map(({ atMs }) => Math.round((atMs - t.sent[6]!.atMs) / 60_000));
    assert.deepEqual(times, [0, 60, 120]);
    assert.ok(t.sent.slice(6).every(({ message }) => message.notes.includes(FLAPPING)));
  });
});

Deno.test("createDelivery does not take repeats for changes", async () => {
  await withDelivery({}, async (t) => {
    for (let i = 0; i < 20; i++) {
      await t.accept(body("g", ["Disk"]));
      await t.clock.advance(60_000);
    }
    assert.equal(t.sent.length, 20);
    assert.ok(t.sent.every(({ message }) => message.notes.length === 0));
  });
});
