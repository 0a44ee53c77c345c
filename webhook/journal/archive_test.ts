import { deepEqual, equal, ok } from "node:assert/strict";
import { type AlertIndex, createAlertIndex } from "./alert_index.ts";
import { type Archive, createArchive, type NotificationQuery } from "./archive.ts";
import type { Arrival, NewDelivery } from "./journal.ts";
import { arrival, type TestJournal, withJournal } from "./testing.ts";
import { decodeNotification } from "../payload.ts";

interface Labels {
  readonly [name: string]: string;
}

/** A notification of alerts with these labels. */
function notificationOf(
  alerts: readonly Labels[],
  { annotations = {}, ...more }: Record<string, unknown> & { annotations?: Labels } = {},
): Pick<Arrival, "notification" | "body"> {
  const json = {
    status: "firing",
    receiver: "team",
    alerts: alerts.map((labels) => ({ labels, annotations })),
    ...more,
  };
  return { notification: decodeNotification(json), body: new TextEncoder().encode(JSON.stringify(json)) };
}

/** Runs `test` twice: with everything in the index, and with nothing in it. */
function withArchive(
  name: string,
  test: (
    world: TestJournal & { index: AlertIndex; archive: Archive; indexed: () => Promise<void> },
  ) => Promise<void>,
): void {
  for (const isIndexed of [true, false]) {
    Deno.test(`${name} (${isIndexed ? "from the index" : "without the index"})`, () =>
      withJournal(async (world) => {
        const index = createAlertIndex(world.journal, { clock: world.clock });
        const archive = createArchive(world.journal, index);
        const indexed = async () => {
          while (isIndexed && index.pending() > 0) await world.clock.advance(10);
          equal(index.pending() === 0, isIndexed);
        };
        await test({ ...world, index, archive, indexed });
        await index.stop();
      }));
  }
}

const list = (archive: Archive, query: Partial<NotificationQuery> = {}) =>
  archive.notifications({ below: Number.MAX_SAFE_INTEGER, limit: 100, budgetMs: 10_000, ...query });
const ids = (archive: Archive, query: Partial<NotificationQuery> = {}) =>
  list(archive, query).items.map(({ id }) => id);

withArchive(
  "createArchive lists notifications, the newest first",
  async ({ journal, clock, archive, indexed }) => {
    const receivedMs = clock.now();
    await journal.accept(arrival(clock, notificationOf([{ alertname: "A", severity: "warning" }])));
    await journal.accept(arrival(clock, {
      origin: "test",
      ...notificationOf([{ alertname: "B", severity: "critical" }, { alertname: "C" }], {
        status: "resolved",
        receiver: "other",
        truncatedAlerts: 3,
        notification_reason: "all alerts resolved",
      }),
    }));
    await indexed();
    deepEqual(list(archive), {
      items: [
        {
          id: 2,
          receivedMs,
          origin: "test",
          status: "resolved",
          receiver: "other",
          reason: "all alerts resolved",
          firing: 0,
          resolved: 2,
          truncated: 3,
          severity: "critical",
          names: ["B", "C"],
        },
        {
          id: 1,
          receivedMs,
          origin: "alert",
          status: "firing",
          receiver: "team",
          reason: "",
          firing: 1,
          resolved: 0,
          truncated: 0,
          severity: "warning",
          names: ["A"],
        },
      ],
    });
  },
);

withArchive(
  "createArchive gives pages that follow each other",
  async ({ journal, clock, archive, indexed }) => {
    for (let i = 0; i < 7; i++) await journal.accept(arrival(clock, notificationOf([{ alertname: "A" }])));
    await indexed();
    for (const query of [{}, { search: "a" }, { labels: { test: () => true, values: [] } }]) {
      const first = list(archive, { ...query, limit: 3 });
      deepEqual([first.items.map(({ id }) => id), first.next], [[7, 6, 5], 5]);
      const second = list(archive, { ...query, limit: 3, below: first.next });
      deepEqual([second.items.map(({ id }) => id), second.next], [[4, 3, 2], 2]);
      const last = list(archive, { ...query, limit: 3, below: second.next });
      deepEqual([last.items.map(({ id }) => id), last.next], [[1], undefined]);
    }
  },
);

withArchive("createArchive filters by status, receiver, origin and time", async (world) => {
  const { journal, clock, archive, indexed } = world;
  const start = clock.now();
  await journal.accept(arrival(clock, notificationOf([{}], { status: "firing" })));
  clock.set(start + 1_000);
  await journal.accept(arrival(clock, notificationOf([{}], { status: "resolved", receiver: "b" })));
  clock.set(start + 2_000);
  await journal.accept(arrival(clock, { ...notificationOf([{}]), origin: "own" }));
  clock.set(start);
  await indexed();
  deepEqual(ids(archive, { status: "firing" }), [3, 1]);
  deepEqual(ids(archive, { receiver: "b" }), [2]);
  deepEqual(ids(archive, { origin: "own" }), [3]);
  deepEqual(ids(archive, { sinceMs: start + 1_000 }), [3, 2]);
  deepEqual(ids(archive, { untilMs: start + 1_000 }), [1]);
  deepEqual(ids(archive, { sinceMs: start + 1_000, untilMs: start + 2_000, status: "firing" }), []);
});

withArchive("createArchive finds words in names, label values and annotations", async (world) => {
  const { journal, clock, archive, indexed } = world;
  await journal.accept(arrival(
    clock,
    notificationOf([{ alertname: "HostDiskAlmostFull", instance: "db-1.example.org:9100" }], {
      annotations: { summary: "Le disque de db-1 est plein à 91 %, élevé" },
    }),
  ));
  await journal.accept(arrival(clock, notificationOf([{ alertname: "HTTPErrors" }, { instance: "db-12" }])));
  await indexed();
  const found: Record<string, number[]> = {
    "HostDisk": [1],
    "hostdiskalmostfull": [1],
    "disk": [1],
    "DiskAlmost": [1],
    "almost full": [1],
    "full almost": [1],
    "db-1": [1],
    "db": [2, 1],
    "db-1.example": [1],
    "db-12": [2],
    "eleve": [1],
    "ÉLEVÉ": [1],
    "errors": [2],
    "HTTP": [2],
    "example.org:9100": [1],
    "org.example": [],
    "iskAlmost": [],
    // Both words must be of one alert.
    "HTTPErrors db-12": [],
    "--- !": [],
    '" OR text : *': [],
    "NEAR(disk almost)": [],
    "": [],
  };
  for (const [search, expected] of Object.entries(found)) {
    deepEqual(ids(archive, { search }), expected, search);
  }
});

withArchive(
  "createArchive filters by the labels of one alert",
  async ({ journal, clock, archive, indexed }) => {
    await journal.accept(arrival(clock, notificationOf([{ a: "x-1", b: "1" }, { a: "y", b: "2" }])));
    await journal.accept(arrival(clock, notificationOf([{ a: "x 1", b: "2" }])));
    await journal.accept(arrival(clock, notificationOf([])));
    await indexed();
    const by = (labels: Labels, search?: string) =>
      ids(archive, {
        search,
        labels: {
          values: Object.values(labels),
          test: (given) => Object.entries(labels).every(([name, value]) => given[name] === value),
        },
      });
    // The index holds the same words for both.
    deepEqual(by({ a: "x-1" }), [1]);
    deepEqual(by({ a: "x 1" }), [2]);
    deepEqual(by({ b: "2" }), [2, 1]);
    deepEqual(by({ a: "x-1", b: "2" }), [], "they are of two alerts");
    deepEqual(by({ b: "2" }, "y"), [1]);
    deepEqual(by({ b: "1" }, "y"), []);
    deepEqual(ids(archive, { labels: { values: [], test: ({ b }) => b !== "1" } }), [2, 1]);
    deepEqual(ids(archive, { labels: { values: ["---"], test: () => true } }), [2, 1], "no word to look up");
  },
);

withArchive("createArchive ends a page when its time is over, and goes on after it", async (world) => {
  const { journal, clock, archive, indexed } = world;
  for (let i = 0; i < 30; i++) {
    await journal.accept(arrival(clock, notificationOf([{ n: String(i % 10) }], { receiver: `r${i % 10}` })));
  }
  await indexed();
  const queries: Partial<NotificationQuery>[] = [
    {},
    { receiver: "r3" },
    { search: "3" },
    { labels: { values: [], test: ({ n }) => n === "3" } },
    { search: "3", receiver: "r3" },
  ];
  for (const query of queries) {
    const whole = ids(archive, query);
    ok(whole.length >= 3);
    const found: number[] = [];
    let pages = 0;
    for (let below: number | undefined = Number.MAX_SAFE_INTEGER; below !== undefined; pages++) {
      ok(pages < 100, "each page gets further");
      const page = list(archive, { ...query, below, budgetMs: -1 });
      found.push(...page.items.map(({ id }) => id));
      below = page.next;
    }
    deepEqual(found, whole);
  }
});

withArchive("createArchive tells a notification's deliveries with what was tried", async (world) => {
  const { journal, clock, archive, indexed } = world;
  const deliveries: NewDelivery[] = [{ channel: "slack" }, {
    channel: "mail",
    because: "slack failed",
    via: ["slack"],
  }];
  const { id } = await journal.accept(arrival(clock, { ...notificationOf([{}]), deliveries }));
  const [slack, mail] = archive.deliveries(id);
  const now = clock.now();
  const retry = { to: "queued", id: slack!.id, nextMs: now + 5_000, partsDone: 0, plain: false } as const;
  await journal.settle([{ ...retry, atMs: now + 10, attempt: { tookMs: 7, reason: "Busy" } }]);
  await journal.settle([
    { to: "dead", id: slack!.id, atMs: now + 20, tookMs: 8, reason: "Gone" },
    { to: "delivered", id: mail!.id, atMs: now + 30, tookMs: 9 },
  ]);
  await indexed();
  deepEqual(archive.deliveryCounts(id), { queued: 0, delivered: 1, coalesced: 0, dead: 1 });
  const told = archive.deliveries(id);
  deepEqual(
    told.map(({ channel, state, attempts, reason, because, via, settledMs }) => ({
      channel,
      state,
      attempts,
      reason,
      because,
      via,
      settledMs,
    })),
    [
      {
        channel: "slack",
        state: "dead",
        attempts: 2,
        reason: "Gone",
        because: "",
        via: [],
        settledMs: now + 20,
      },
      {
        channel: "mail",
        state: "delivered",
        attempts: 1,
        reason: "",
        because: "slack failed",
        via: ["slack"],
        settledMs: now + 30,
      },
    ],
  );
  deepEqual(told[0]!.failures[0], { atMs: now + 10, tookMs: 7, reason: "Busy" });
  deepEqual(archive.delivery(slack!.id), told[0]);
  equal(archive.delivery(99), undefined);
  deepEqual(archive.deliveries(99), []);
});

Deno.test("createArchive lists dead letters of some channels by pages", () =>
  withJournal(async ({ journal, clock }) => {
    const archive = createArchive(journal, { upTo: () => 0 });
    for (let i = 0; i < 3; i++) {
      const { id } = await journal.accept(
        arrival(clock, { deliveries: [{ channel: "a" }, { channel: "b" }, { channel: "c" }] }),
      );
      const dead = archive.deliveries(id).filter(({ channel }) => channel !== "c");
      await journal.settle(
        dead.map(({ id }) => ({ to: "dead", id, atMs: clock.now(), tookMs: 1, reason: "Gone" }) as const),
      );
    }
    const seen: string[] = [];
    for (let below: number | undefined = Number.MAX_SAFE_INTEGER; below !== undefined;) {
      const { items, next } = archive.deadLetters(["a", "b", "c"], below, 4);
      seen.push(...items.map(({ notificationId, channel }) => `${notificationId}${channel}`), "|");
      below = next;
    }
    deepEqual(seen, ["3b", "3a", "2b", "2a", "|", "1b", "1a", "|"]);
    deepEqual(archive.deadLetters(["b"], Number.MAX_SAFE_INTEGER, 2).items.length, 2);
    deepEqual(archive.deadLetters([], Number.MAX_SAFE_INTEGER, 2), { items: [], next: undefined });
  }));

Deno.test("createArchive reads quarantined bodies back", () =>
  withJournal(async ({ journal, clock }) => {
    const archive = createArchive(journal, { upTo: () => 0 });
    const receivedMs = clock.now();
    const body = new Uint8Array([0, 255, 34]);
    for (let i = 0; i < 3; i++) {
      await journal.quarantine({
        receivedMs,
        reason: "not_utf8",
        detail: "The body is not UTF-8",
        body,
        bytes: 9,
      });
    }
    const { items, next } = archive.quarantine(Number.MAX_SAFE_INTEGER, 2);
    const record = {
      receivedMs,
      reason: "not_utf8",
      detail: "The body is not UTF-8",
      bytes: 9,
      keptBytes: 3,
    };
    deepEqual([items, next], [[{ id: 3, ...record }, { id: 2, ...record }], 2]);
    deepEqual(archive.quarantined(1), { id: 1, ...record, body });
    equal(archive.quarantined(4), undefined);
  }));

withArchive(
  "createArchive finds every match, however many alerts lie between",
  async ({ journal, clock, archive, indexed }) => {
    const noise = Array.from({ length: 300 }, (_, i) => ({ alertname: "Noise", n: String(i) }));
    for (let i = 0; i < 3; i++) {
      await journal.accept(arrival(clock, notificationOf([{ alertname: "Wanted" }])));
      await journal.accept(arrival(clock, notificationOf(noise)));
    }
    await indexed();
    const named = (name: string, values: string[]) => ({
      labels: { values, test: ({ alertname }: Labels) => alertname === name },
    });
    deepEqual(ids(archive, named("Wanted", [])), [5, 3, 1]);
    deepEqual(ids(archive, named("Noise", ["Noise"])), [6, 4, 2]);
    deepEqual(ids(archive, { search: "noise" }), [6, 4, 2]);
  },
);
