import { deepEqual, equal, match } from "node:assert/strict";
import { createAlertIndex } from "./alert_index.ts";
import { createArchive } from "./archive.ts";
import { JournalFailure } from "./journal.ts";
import { arrival, type TestJournal, withJournal } from "./testing.ts";
import { decodeNotification } from "../payload.ts";

function manyAlerts(count: number, name = "A") {
  const json = {
    status: "firing",
    alerts: Array.from({ length: count }, (_, i) => ({ labels: { name, i: `i${i}` } })),
  };
  return { notification: decodeNotification(json), body: new TextEncoder().encode(JSON.stringify(json)) };
}

function rows({ journal }: Pick<TestJournal, "journal">, table: string): number {
  return (journal.database.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n;
}

function found({ journal }: Pick<TestJournal, "journal">, search: string): number[] {
  const archive = createArchive(journal, { upTo: () => Number.MAX_SAFE_INTEGER - 1 });
  return archive.notifications({ search, below: Number.MAX_SAFE_INTEGER, limit: 100, budgetMs: 10_000 })
    .items.map(({ id }) => id);
}

Deno.test("createAlertIndex takes what is there and, once woken, what comes", () =>
  withJournal(async (world) => {
    const { journal, clock } = world;
    await journal.accept(arrival(clock, manyAlerts(2)));
    const ofTheJournal = clock.waiting();
    const index = createAlertIndex(journal, { clock });
    deepEqual([index.upTo(), index.pending()], [0, 1]);
    await clock.advance(10);
    deepEqual([index.upTo(), index.pending(), rows(world, "alert")], [1, 0, 2]);
    equal(clock.waiting(), ofTheJournal + 1, "it looks now and then");
    await journal.accept(arrival(clock, manyAlerts(3)));
    index.wake();
    index.wake();
    await clock.advance(10);
    deepEqual([index.upTo(), rows(world, "alert"), rows(world, "summary")], [2, 5, 2]);
    await index.stop();
  }));

Deno.test("createAlertIndex finds what nobody told it of", () =>
  withJournal(async ({ journal, clock }) => {
    const index = createAlertIndex(journal, { clock });
    await clock.advance(10);
    await journal.accept(arrival(clock, manyAlerts(1)));
    await clock.advance(4_000);
    equal(index.pending(), 1);
    await clock.advance(2_000);
    equal(index.pending(), 0);
    await index.stop();
  }));

Deno.test("createAlertIndex takes many alerts piece by piece", () =>
  withJournal(async (world) => {
    const { journal, clock } = world;
    await journal.accept(arrival(clock, manyAlerts(1_050)));
    await journal.accept(arrival(clock, manyAlerts(1, "small")));
    const index = createAlertIndex(journal, { clock });
    await clock.advance(10);
    deepEqual([index.upTo(), rows(world, "alert")], [0, 100]);
    await clock.advance(1_000);
    deepEqual([index.upTo(), rows(world, "alert"), rows(world, "summary")], [2, 1_051, 2]);
    deepEqual(found(world, "i1049"), [1]);
    await index.stop();
  }));

Deno.test("createAlertIndex goes on where it was ended, the middle of a notification included", () =>
  withJournal(async (world) => {
    const { clock } = world;
    let { journal } = world;
    await journal.accept(arrival(clock, manyAlerts(250)));
    for (let restart = 0; restart < 4; restart++) {
      const index = createAlertIndex(journal, { clock });
      await clock.advance(10);
      await index.stop();
      journal = await world.reopen();
    }
    deepEqual([rows({ journal }, "alert"), rows({ journal }, "summary")], [250, 1]);
    const labels = journal.database.prepare("SELECT DISTINCT labels FROM alert").all();
    equal(labels.length, 250, "none is there twice");
  }));

Deno.test("createAlertIndex forgets a notification together with the journal", () =>
  withJournal(async (world) => {
    const { journal, clock } = world;
    for (const name of ["one", "two", "three"]) await journal.accept(arrival(clock, manyAlerts(2, name)));
    const index = createAlertIndex(journal, { clock });
    await clock.advance(100);
    deepEqual(found(world, "two"), [2]);
    await journal.write(() => journal.database.exec("DELETE FROM notification WHERE id = 2"));
    deepEqual(found(world, "two"), []);
    deepEqual([rows(world, "alert"), rows(world, "summary")], [4, 2]);
    deepEqual([found(world, "one"), found(world, "three")], [[1], [3]]);
    await index.stop();
  }));

Deno.test("createAlertIndex is not confused when the notification it is at is removed", () =>
  withJournal(async (world) => {
    const { journal, clock } = world;
    await journal.accept(arrival(clock, manyAlerts(150, "large")));
    await journal.accept(arrival(clock, manyAlerts(120, "next")));
    const index = createAlertIndex(journal, { clock });
    await clock.advance(10);
    await journal.write(() => journal.database.exec("DELETE FROM notification WHERE id = 1"));
    await clock.advance(1_000);
    deepEqual([found(world, "large"), found(world, "next"), rows(world, "alert")], [[], [2], 120]);
    await index.stop();
  }));

Deno.test("createAlertIndex leaves the way to more urgent work, but never stops", () =>
  withJournal(async (world) => {
    const { journal, clock } = world;
    await journal.accept(arrival(clock, manyAlerts(1_000)));
    const index = createAlertIndex(journal, { clock, isBusy: () => true });
    await clock.advance(2_000);
    equal(rows(world, "alert"), 200);
    await clock.advance(10_000);
    equal(index.pending(), 0);
    await index.stop();
  }));

Deno.test("createAlertIndex says what it cannot do and tries again", () =>
  withJournal(async (world) => {
    const { journal, clock } = world;
    await journal.accept(arrival(clock, manyAlerts(1)));
    const problems: string[] = [];
    let full = true;
    const store = {
      get database() {
        return journal.database;
      },
      write: (run: () => void) =>
        full ? Promise.reject(new JournalFailure("The disk is full")) : journal.write(run),
    };
    const index = createAlertIndex(store, { clock, onProblem: (problem) => void problems.push(problem) });
    await clock.advance(10);
    deepEqual(problems, ["Cannot extend the search index: The disk is full"]);
    equal(index.upTo(), 0);
    full = false;
    await clock.advance(10_000);
    deepEqual([index.upTo(), rows(world, "alert")], [1, 1]);
    await index.stop();
  }));

Deno.test("createAlertIndex passes over a body that the disk has changed", () =>
  withJournal(async (world) => {
    const { journal, clock } = world;
    await journal.accept(arrival(clock, { ...manyAlerts(1), body: new Uint8Array([0x7b, 0xff]) }));
    await journal.accept(arrival(clock, manyAlerts(1, "good")));
    const problems: string[] = [];
    const index = createAlertIndex(journal, { clock, onProblem: (problem) => void problems.push(problem) });
    await clock.advance(100);
    equal(problems.length, 1);
    match(problems[0]!, /^Cannot read notification 1 for the search index: /);
    deepEqual([index.upTo(), found(world, "good")], [2, [2]]);
    await index.stop();
  }));

Deno.test("createAlertIndex derives everything anew when what it derives has changed", () =>
  withJournal(async (world) => {
    const { journal, clock } = world;
    await journal.accept(arrival(clock, manyAlerts(3)));
    const before = createAlertIndex(journal, { clock });
    await clock.advance(10);
    await before.stop();
    await journal.write(() => journal.database.exec("UPDATE index_progress SET version = 0"));
    const index = createAlertIndex(journal, { clock });
    deepEqual([index.upTo(), rows(world, "alert")], [0, 0]);
    await clock.advance(10);
    deepEqual([index.upTo(), rows(world, "alert"), found(world, "a")], [1, 3, [1]]);
    await index.stop();
  }));

Deno.test("createAlertIndex does nothing once it is stopped", () =>
  withJournal(async ({ journal, clock }) => {
    const index = createAlertIndex(journal, { clock });
    await index.stop();
    await journal.accept(arrival(clock, manyAlerts(1)));
    index.wake();
    await clock.advance(1_000);
    equal(index.upTo(), 0);
  }));
