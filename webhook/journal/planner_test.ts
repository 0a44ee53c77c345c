import assert from "node:assert/strict";
import { join } from "node:path";
import { createArchive } from "./archive.ts";
import { JournalFailure, openJournal, type SqliteJournal } from "./mod.ts";
import { arrival, type TestJournal, withJournal } from "./testing.ts";

const never: ReadonlySet<string> = new Set();

function rows({ database }: SqliteJournal): number[] {
  return database.prepare("SELECT id FROM delivery ORDER BY id").all().map(({ id }) => id as number);
}

function accept({ journal, clock }: TestJournal, group: string, ...channels: string[]) {
  return journal.accept(arrival(clock, { group, deliveries: channels.map((channel) => ({ channel })) }));
}

/** What a journal that is killed now leaves, opened. */
async function afterKill(
  { directory, clock }: TestJournal,
  test: (journal: SqliteJournal) => void | Promise<void>,
): Promise<void> {
  const copy = await Deno.makeTempDir({ prefix: "vigie-journal-" });
  try {
    for (const name of ["journal.db", "journal.db-wal"]) {
      await Deno.copyFile(join(directory, name), join(copy, name));
    }
    const options = { clock, limitBytes: 1e9, duplicateWindowMs: 300_000 };
    const journal = await openJournal(copy, options);
    try {
      await test(journal);
    } finally {
      await journal[Symbol.asyncDispose]();
    }
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
}

Deno.test("Planner makes rows of deliveries when somebody looks, and they are shown as queued before", async () => {
  await withJournal(async (world) => {
    const { journal } = world;
    const archive = createArchive(journal, { upTo: () => 0 });
    const { id } = await accept(world, "g", "slack", "mail");
    assert.deepEqual(rows(journal), []);
    const before = archive.deliveries(id);
    assert.deepEqual(before.map(({ channel, state }) => [channel, state]), [["slack", "queued"], [
      "mail",
      "queued",
    ]]);
    assert.equal(archive.deliveryCounts(id).queued, 2);
    assert.deepEqual(archive.delivery(id * 1_024 + 1), before[1]);
    assert.deepEqual(journal.depths().get("mail"), { queued: 1, dead: 0, oldestMs: world.clock.now() });

    assert.equal(journal.due("nobody", world.clock.now(), 9, never).length, 0);
    assert.deepEqual(rows(journal), [], "nothing waits for that one");
    assert.equal(journal.due("slack", world.clock.now(), 9, never).length, 1);
    assert.deepEqual(rows(journal), [id * 1_024, id * 1_024 + 1]);
    assert.deepEqual(archive.deliveries(id), before);
    assert.equal(archive.deliveryCounts(id).queued, 2);
    assert.deepEqual(journal.unplanned(id), []);
    assert.equal(journal.depths().get("mail")!.queued, 1);
  });
});

Deno.test("Planner goes on after a kill with what has no deliveries yet, under the same ids and in order", async () => {
  await withJournal(async (world) => {
    const { journal, clock } = world;
    await accept(world, "g", "slack");
    journal.due("slack", clock.now(), 9, never);
    await accept(world, "quiet");
    await accept(world, "h", "mail", "slack");
    await accept(world, "g", "slack");
    await accept(world, "quiet");
    assert.deepEqual(rows(journal), [1_024]);
    const shown = [3, 4].flatMap((id) => journal.unplanned(id));
    await afterKill(world, async (again) => {
      assert.deepEqual([1, 2, 3, 4, 5].flatMap((id) => again.unplanned(id)), shown);
      assert.deepEqual([...again.depths()].map(([name, { queued }]) => [name, queued]), [["slack", 3], [
        "mail",
        1,
      ]]);
      assert.equal(again.changesOf("slack", "h", 0).length, 1);
      const lines = again.due("slack", clock.now(), 9, never);
      assert.deepEqual(
        lines.map(({ group, deliveries }) => [group, ...deliveries.map(({ id }) => id)]),
        [["g", 1_024, 4 * 1_024], ["h", 3 * 1_024 + 1]],
      );
      assert.deepEqual([...again.depths()].map(([, { queued }]) => queued), [3, 1]);
      assert.equal((await again.accept(arrival(clock))).id, 6);
    });
  });
});

Deno.test("Planner comes before whatever changes or adds deliveries", async () => {
  await withJournal(async (world) => {
    const { journal, clock } = world;
    for (let i = 0; i < 3; i++) await accept(world, "g", "slack");
    await journal.settle([{ to: "delivered", id: 2 * 1_024, atMs: clock.now(), tookMs: 1 }]);
    assert.equal(await journal.queue(3, { channel: "mail" }), 3 * 1_024 + 1);
    assert.deepEqual(rows(journal), [1_024, 2_048, 3_072, 3_073]);
    const [line] = journal.due("slack", clock.now(), 9, never);
    assert.deepEqual(line!.deliveries.map(({ id }) => id), [1_024, 3_072]);
  });
});

Deno.test("Journal never removes what has no deliveries yet, however old, and however full it is", async () => {
  await withJournal(async (world) => {
    const { journal, clock } = world;
    const accepted: number[] = [];
    for (let i = 0; i < 60; i++) {
      await journal.accept(
        arrival(clock, { body: new Uint8Array(50_000), deliveries: [{ channel: "slack" }] }),
      )
        .then(({ id }) => accepted.push(id), (error) => assert.ok(error instanceof JournalFailure));
    }
    assert.ok(accepted.length < 60, "it was full");
    await clock.advance(3 * 3_600_000);
    assert.ok(accepted.every((id) => journal.notification(id) !== undefined));
    assert.equal(journal.depths().get("slack")!.queued, accepted.length);
  }, { limitBytes: 2e6, ageMs: 3_600_000, deadAgeMs: 3_600_000 });
});

Deno.test("Planner queues a part of a flood before it lets more come, in the order of arrival", async () => {
  await withJournal(async (world) => {
    const { journal, clock } = world;
    const flood = Array.from({ length: 20_300 }, (_, i) => accept(world, `g${i}`, "slack"));
    await Promise.all(flood);
    for (let i = 0; i < 10; i++) await accept(world, "late", "slack");
    const planned = rows(journal);
    assert.ok(planned.length > 0 && planned.length < 20_310, `${planned.length} rows`);
    assert.deepEqual(planned, planned.map((_, i) => (i + 1) * 1_024));
    assert.equal(journal.due("slack", clock.now(), 1, never)[0]!.group, "g0");
    assert.equal(journal.depths().get("slack")!.queued, 20_310);
    let told = 0;
    for (let more = true; more;) {
      const groups = journal.due("slack", clock.now(), 1_000, never);
      const ids = groups.flatMap(({ deliveries }) => deliveries.map(({ id }) => id));
      const atMs = clock.now();
      await journal.settle(ids.map((id) => ({ to: "delivered", id, atMs, tookMs: 1 })));
      told += ids.length;
      more = journal.nextDueMs("slack", never) !== undefined;
    }
    assert.equal(told, 20_310);
    assert.deepEqual(journal.depths(), new Map());
  });
});

Deno.test("Planner tries again when it could not, and nothing is settled meanwhile", async () => {
  const problems: string[] = [];
  await withJournal(async (world) => {
    const { journal, clock } = world;
    await accept(world, "g", "slack");
    journal.database.exec(
      "ALTER TABLE delivery RENAME TO elsewhere; CREATE VIEW delivery AS SELECT * FROM elsewhere",
    );
    assert.deepEqual(journal.due("slack", clock.now(), 9, never), []);
    assert.match(journal.failure()!, /cannot modify delivery because it is a view/);
    assert.equal(problems.length, 1);
    await assert.rejects(
      journal.settle([{ to: "delivered", id: 1_024, atMs: clock.now(), tookMs: 1 }]),
      JournalFailure,
    );
    assert.equal(journal.nextDueMs("slack", never), clock.now() + 1_000, "not to be asked again at once");
    journal.database.exec("DROP VIEW delivery; ALTER TABLE elsewhere RENAME TO delivery");
    assert.deepEqual(journal.due("slack", clock.now(), 9, never), [], "it waits");
    await clock.advance(1_000);
    assert.equal(journal.due("slack", clock.now(), 9, never).length, 1);
    await journal.put("key", 1);
    assert.equal(journal.failure(), undefined);
  }, { onProblem: (problem) => problems.push(problem) });
});

Deno.test("openJournal plans what an older program's journal holds no plan for: nothing", async () => {
  await withJournal(async (world) => {
    const { clock } = world;
    await accept(world, "g", "slack");
    const again = await world.reopen();
    again.database.exec("DELETE FROM delivery; UPDATE notification SET plan = NULL");
    const third = await world.reopen();
    assert.deepEqual(third.due("slack", clock.now(), 9, never), []);
    assert.deepEqual(third.depths(), new Map());
  });
});
