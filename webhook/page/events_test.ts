import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { Hono } from "hono";
import { createAlertIndex } from "../journal/alert_index.ts";
import { createArchive } from "../journal/archive.ts";
import { arrival, withJournal } from "../journal/testing.ts";
import { createFakeClock } from "../testing/fake_clock.ts";
import { createEvents, positionOf } from "./events.ts";
import { createFeed } from "./feed.ts";
import type { PageEnv } from "./view.ts";

/** An event as its reader has it. */
interface Event {
  readonly event: string;
  readonly id?: string;
  readonly data: Record<string, unknown>;
}

/** Events over a journal of their own, as an application that lets everybody in who is not sent away. */
async function withEvents(
  test: (events: Awaited<ReturnType<typeof eventsOver>>) => Promise<void>,
): Promise<void> {
  await withJournal(async ({ journal, clock }) => {
    const events = eventsOver(journal, clock);
    try {
      await test(events);
      equal(events.clock.waiting(), 0, "no timer is left");
    } finally {
      await events.end();
    }
  });
}

type Given = Parameters<Parameters<typeof withJournal>[0]>[0];

function eventsOver(journal: Given["journal"], journalClock: Given["clock"]) {
  const clock = createFakeClock();
  const index = createAlertIndex(journal, { clock: journalClock });
  const archive = createArchive(journal, index);
  let feed = createFeed();
  let stopping = false;
  const make = () =>
    createEvents({
      feed,
      archive,
      isStopping: () => stopping,
      onDefect: (error) => {
        throw error;
      },
    }, clock);
  let app = make();
  const away = new Set<string>();
  const readers: ReadableStreamDefaultReader<Uint8Array>[] = [];
  const ask = async (
    path: string,
    init: { method?: string; headers?: Record<string, string> } = {},
    user = "ada",
  ) => {
    const outer = new Hono<PageEnv>();
    outer.use(async (c, next) => {
      c.set("mayStill", () => Promise.resolve(!away.has(user)));
      await next();
    });
    return await outer.route("/", app).request(path, init);
  };
  return {
    clock,
    ask,
    feed: () => feed,
    /** What was told so far goes on in another process. */
    restart() {
      feed = createFeed();
      app = make();
    },
    stop: () => void (stopping = true),
    sendAway: (user: string) => void away.add(user),
    /** Accepts a notification and tells of it. */
    async accept(): Promise<number> {
      const { id } = await journal.accept(arrival(journalClock));
      feed.tell({ kind: "notification", id });
      return id;
    },
    /** A reader of the stream, and what came when it had been greeted. */
    async follow(lastEventId?: string, user?: string) {
      const headers = lastEventId === undefined ? undefined : { "last-event-id": lastEventId };
      const response = await ask("/page/events", { headers }, user);
      equal(response.status, 200);
      const reader = response.body!.getReader();
      readers.push(reader);
      return { response, reader, greeting: await next(reader), next: () => next(reader) };
    },
    async end() {
      for (const reader of readers) await reader.cancel();
      await index.stop();
    },
  };
}

const decoder = new TextDecoder();

/** The events of the next chunk; undefined at the end. */
async function next(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Event[] | undefined> {
  const { done, value } = await reader.read();
  if (done) return undefined;
  const text = decoder.decode(value);
  match(text, /\n\n$/);
  return text.split("\n\n").slice(0, -1).map((block) => {
    const fields = Object.fromEntries(block.split("\n").map((line) => /^(\w+): (.*)$/.exec(line)!.slice(1)));
    return { ...fields, data: JSON.parse(fields.data) } as Event;
  });
}

const names = (events: readonly Event[] | undefined) => events?.map(({ event }) => event);

Deno.test("createEvents tells who listens what changes, and where that leaves them", async () => {
  await withEvents(async (events) => {
    const { response, greeting, next, reader } = await events.follow();
    match(response.headers.get("content-type")!, /^text\/event-stream/);
    match(response.headers.get("cache-control")!, /no-store/);
    deepEqual(names(greeting), ["live"]);
    const id = await events.accept();
    await events.clock.advance(0);
    const [first] = (await next())!;
    deepEqual([first!.event, first!.data], ["notification", { id }]);
    events.feed().tell({ kind: "delivery", id: 7, notificationId: id });
    events.feed().tell({ kind: "act" });
    await events.clock.advance(150);
    const later = (await next())!;
    deepEqual(later.map(({ event, data }) => [event, data]), [
      ["delivery", { id: 7, notificationId: id, count: 1 }],
      ["act", {}],
    ]);
    notEqual(later[1]!.id, first!.id);
    await reader.cancel();
  });
});

Deno.test("createEvents tells who comes back what was missed, also after a restart", async () => {
  await withEvents(async (events) => {
    const { greeting, reader } = await events.follow();
    await reader.cancel();
    const { id } = greeting![0]!;
    const [one, two] = [await events.accept(), await events.accept()];
    const missed = { event: "notification", data: { id: one } };
    const back = await events.follow(id);
    deepEqual(back.greeting!.slice(0, -1), [missed, { ...missed, data: { id: two } }]);
    equal(back.greeting!.at(-1)!.event, "live");
    const all = await events.follow(back.greeting!.at(-1)!.id);
    deepEqual(names(all.greeting), ["live"], "nothing was missed");
    for (const { reader } of [back, all]) await reader.cancel();

    events.restart();
    const restarted = await events.follow(id);
    deepEqual(names(restarted.greeting), ["notification", "notification", "reload", "live"]);
    await restarted.reader.cancel();
  });
});

Deno.test("createEvents says to read again when it cannot say what was missed", async () => {
  await withEvents(async (events) => {
    const { greeting, reader } = await events.follow();
    await reader.cancel();
    const { id } = greeting![0]!;
    events.feed().tell({ kind: "act" });
    const afterAct = await events.follow(id);
    deepEqual(names(afterAct.greeting), ["reload", "live"]);
    await afterAct.reader.cancel();
    for (let i = 0; i < 101; i++) await events.accept();
    for (const since of [id, "nonsense", "", "00000000.0", "00000000.1.99999999999999"]) {
      const { greeting, reader } = await events.follow(since);
      deepEqual(names(greeting), ["reload", "live"]);
      await reader.cancel();
    }
  });
});

Deno.test("createEvents takes up where a page was read", async () => {
  await withEvents(async (events) => {
    const position = positionOf({ feed: events.feed() });
    const path = `/page/events?since=${position}`;
    const before = (await events.ask(path)).body!.getReader();
    deepEqual(names(await next(before)), ["live"]);
    await before.cancel();
    await events.accept();
    const after = (await events.ask(path)).body!.getReader();
    deepEqual(names(await next(after)), ["reload", "live"]);
    await after.cancel();
  });
});

Deno.test("createEvents gathers what comes at once", async () => {
  await withEvents(async (events) => {
    const { reader, next } = await events.follow();
    events.feed().tell({ kind: "act" });
    await events.clock.advance(0);
    deepEqual(names(await next()), ["act"]);
    for (let id = 1; id <= 10_000; id++) {
      events.feed().tell({ kind: "notification", id });
      events.feed().tell({ kind: "delivery", id, notificationId: id });
    }
    await events.clock.advance(150);
    const told = (await next())!;
    deepEqual(names(told), [...Array(20).fill("notification"), "delivery"]);
    deepEqual([told[0]!.data, told[19]!.data, told[20]!.data], [
      { id: 9_981, and: 9_980 },
      { id: 10_000 },
      { id: 10_000, notificationId: 10_000, count: 10_000 },
    ]);
    await reader.cancel();
  });
});

Deno.test("createEvents lets its streams be known as alive, and ends those whose readers are not let in any more", async () => {
  await withEvents(async (events) => {
    const ada = await events.follow();
    const bob = await events.follow(undefined, "bob");
    events.sendAway("bob");
    await events.clock.advance(15_000);
    deepEqual(names(await ada.next()), ["beat"]);
    deepEqual(names(await bob.next()), ["beat"]);
    equal(await bob.next(), undefined);
    await events.clock.advance(15_000);
    deepEqual(names(await ada.next()), ["beat"]);
    await ada.reader.cancel();
  });
});

Deno.test("createEvents cuts off who does not read, and tells the others", async () => {
  await withEvents(async (events) => {
    const slow = await events.follow();
    const quick = await events.follow();
    for (let lot = 0; lot < 40; lot++) {
      for (let id = 1_000; id < 1_020; id++) events.feed().tell({ kind: "notification", id });
      await events.clock.advance(150);
      equal((await quick.next())!.length, 20);
    }
    let bytes = 0;
    for (let piece = await slow.reader.read(); !piece.done; piece = await slow.reader.read()) {
      bytes += piece.value.length;
    }
    ok(bytes > 16 * 1_024 && bytes <= 32 * 1_024, `${bytes} bytes were kept for it`);
    await quick.reader.cancel();
  });
});

Deno.test("createEvents has so many streams and no more, and none while the webhook stops", async () => {
  await withEvents(async (events) => {
    const streams = await Promise.all(Array.from({ length: 50 }, () => events.follow()));
    const refused = await events.ask("/page/events");
    equal(refused.status, 503);
    match(refused.headers.get("retry-after")!, /^\d+$/);
    await refused.body!.cancel();
    await streams[0]!.reader.cancel();
    const another = await events.follow();
    events.stop();
    await events.clock.advance(15_000);
    deepEqual(names(await another.next()), ["beat"]);
    equal(await another.next(), undefined);
    const late = await events.ask("/page/events");
    equal(late.status, 503);
    await late.body!.cancel();
  });
});

Deno.test("createEvents keeps no stream for who asks for its head alone", async () => {
  await withEvents(async (events) => {
    for (let i = 0; i < 60; i++) {
      equal((await events.ask("/page/events", { method: "HEAD" })).status, 200);
    }
    const { reader } = await events.follow();
    await reader.cancel();
  });
});
