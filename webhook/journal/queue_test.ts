import assert from "node:assert/strict";
import type { Arrival, Change } from "./mod.ts";
import { arrival, type TestJournal, withJournal } from "./testing.ts";

const never: ReadonlySet<string> = new Set();

async function queue({ journal, clock }: TestJournal, more: Partial<Arrival> = {}): Promise<number> {
  const { id } = await journal.accept(arrival(clock, { deliveries: [{ channel: "slack" }], ...more }));
  return id * 1_024;
}

Deno.test("Journal.due gives the oldest of each group first, the longest due before, never a busy one", async () => {
  await withJournal(async (world) => {
    const { journal, clock } = world;
    const nowMs = clock.now();
    await queue(world, { group: "late", deliveries: [{ channel: "slack", notBeforeMs: nowMs + 50 }] });
    await queue(world, { group: "held", deliveries: [{ channel: "slack", notBeforeMs: nowMs + 500 }] });
    await queue(world, { group: "now" });
    await queue(world, { group: "now" });
    await queue(world, { group: "now", deliveries: [{ channel: "other" }] });
    const groups = (atMs: number, limit: number, busy = never) =>
      journal.due("slack", atMs, limit, busy).map(({ group, deliveries }) => `${group} ${deliveries.length}`);
    assert.deepEqual(groups(nowMs + 100, 9), ["now 2", "late 1"]);
    assert.deepEqual(groups(nowMs + 100, 1), ["now 2"]);
    assert.deepEqual(groups(nowMs + 100, 1, new Set(["now"])), ["late 1"]);
    assert.deepEqual(groups(nowMs, 9, new Set(["now"])), []);
    assert.equal(journal.nextDueMs("slack", never), nowMs);
    assert.equal(journal.nextDueMs("slack", new Set(["now", "late"])), nowMs + 500);
    assert.equal(journal.nextDueMs("nobody", never), undefined);
  });
});

Deno.test("Journal.settle tells the fallback in the place of its notification, and keeps why", async () => {
  await withJournal(async (world) => {
    const { journal, clock } = world;
    const first = await queue(world);
    await queue(world, { deliveries: [{ channel: "mail" }] });
    await journal.settle([{
      to: "dead",
      id: first,
      atMs: clock.now(),
      tookMs: 0,
      reason: "too old",
      fallback: { channel: "mail", because: "slack refused", via: ["slack"] },
    }]);
    const [line] = journal.due("mail", clock.now(), 1, never);
    assert.deepEqual(
      line!.deliveries.map(({ id, notificationId, because, via }) => [id, notificationId, because, via]),
      [
        [first + 1, 1, "slack refused", ["slack"]],
        [2 * 1_024, 2, "", []],
      ],
    );
    assert.deepEqual(
      [...journal.depths()].map(([channel, { queued, dead }]) => [channel, queued, dead]),
      [["slack", 0, 1], ["mail", 2, 0]],
    );
    const row = journal.database.prepare("SELECT state, attempts, reason FROM delivery WHERE id = ?").get(
      first,
    );
    assert.deepEqual({ ...row }, { state: 3, attempts: 0, reason: "too old" });
  });
});

Deno.test("Journal.settle keeps the last fifty attempts that failed", async () => {
  await withJournal(async (world) => {
    const { journal, clock } = world;
    const id = await queue(world);
    const failed = (i: number): Change => ({
      to: "queued",
      id,
      atMs: clock.now(),
      attempt: { tookMs: 1, reason: `failure ${i}` },
      nextMs: clock.now(),
      partsDone: 0,
      plain: false,
    });
    for (let i = 1; i <= 60; i++) await journal.settle([failed(i)]);
    const [line] = journal.due("slack", clock.now(), 1, never);
    assert.deepEqual([line!.deliveries[0]!.attempts, line!.deliveries[0]!.reason], [60, "failure 60"]);
    const kept = journal.database.prepare("SELECT reason FROM attempt WHERE delivery_id = ?").all(id);
    assert.equal(kept.length, 50);
    assert.ok(!kept.some(({ reason }) => reason === "failure 10"));
  });
});

Deno.test("Journal.settle changes nothing of what is not queued any more", async () => {
  await withJournal(async (world) => {
    const { journal, clock } = world;
    const id = await queue(world);
    const delivered: Change = { to: "delivered", id, atMs: clock.now(), tookMs: 1 };
    await journal.settle([delivered, delivered]);
    await journal.settle([{
      to: "dead",
      id,
      atMs: clock.now(),
      tookMs: 1,
      reason: "",
      fallback: { channel: "mail" },
    }]);
    assert.deepEqual(journal.depths(), new Map());
  });
});

Deno.test("Journal.replay queues dead ones again as new, before what is younger", async () => {
  await withJournal(async (world) => {
    const { journal, clock } = world;
    const [first, second] = [await queue(world), await queue(world)];
    await journal.settle([{ to: "dead", id: first, atMs: clock.now(), tookMs: 5, reason: "gone" }]);
    await clock.advance(60_000);
    assert.equal(await journal.replay([first, second, 77], clock.now()), 1);
    const [line] = journal.due("slack", clock.now(), 1, never);
    assert.deepEqual(line!.deliveries.map(({ id }) => id), [first, second]);
    const [again] = line!.deliveries;
    assert.deepEqual([again!.attempts, again!.reason, again!.createdMs], [0, "", clock.now()]);
    assert.deepEqual([...journal.depths().values()].map(({ queued, dead }) => [queued, dead]), [[2, 0]]);
  });
});

Deno.test("Journal.queue tells one more channel of what is kept, and refuses what is not", async () => {
  await withJournal(async (world) => {
    const { journal } = world;
    await queue(world);
    assert.equal(await journal.queue(1, { channel: "mail" }), 1_025);
    await assert.rejects(journal.queue(9, { channel: "mail" }), {
      message: "Cannot queue notification 9: it is not kept",
    });
    assert.equal(journal.failure(), undefined);
  });
});

Deno.test("Journal.changesOf tells when a group changed its status, across a restart too", async () => {
  await withJournal(async (world) => {
    const { clock } = world;
    const atMs: number[] = [];
    for (const status of ["firing", "firing", "resolved", "firing"] as const) {
      await clock.advance(1_000);
      atMs.push(clock.now());
      await queue(world, { notification: { ...arrival(clock).notification, status } });
    }
    const expected = [atMs[3], atMs[2], atMs[0]];
    assert.deepEqual(world.journal.changesOf("slack", "g", 0), expected);
    const again = await world.reopen();
    assert.deepEqual(again.changesOf("slack", "g", 0), expected);
    assert.deepEqual(again.changesOf("slack", "g", atMs[2]!), [atMs[3], atMs[2]]);
    assert.deepEqual(again.changesOf("mail", "g", 0), []);
  });
});

Deno.test("Journal writes what is sound of a turn when one thing of it is not", async () => {
  await withJournal(async ({ journal, clock }) => {
    const results = await Promise.allSettled([
      journal.accept(arrival(clock, { digest: "a" })),
      // deno-lint-ignore no-explicit-any -- what the types forbid
      journal.accept(arrival(clock, { digest: "b", group: undefined as any })),
      journal.write(() => {
        throw new Error("a defect");
      }),
      journal.accept(arrival(clock, { digest: "c", deliveries: [{ channel: "slack" }] })),
    ]);
    assert.deepEqual(results.map(({ status }) => status), ["fulfilled", "rejected", "rejected", "fulfilled"]);
    assert.equal(journal.failure(), undefined);
    assert.equal(journal.depths().get("slack")!.queued, 1);
    assert.equal((await journal.accept(arrival(clock, { digest: "b" }))).duplicate, false);
    assert.equal((await journal.accept(arrival(clock, { digest: "c" }))).duplicate, true);
  });
});

Deno.test("Journal finds its way in long queues by its indexes alone", async () => {
  await withJournal(({ journal }) => {
    const plan = (sql: string) =>
      journal.database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all().map(({ detail }) => String(detail)).join(
        "; ",
      );
    assert.match(
      plan(
        "SELECT grp FROM delivery WHERE channel = 'a' AND head = 1 AND next_ms <= 1 ORDER BY next_ms LIMIT 9",
      ),
      /^SEARCH delivery USING INDEX delivery_due \(channel=\? AND next_ms<\?\)$/,
    );
    assert.match(
      plan("SELECT id FROM delivery WHERE channel = 'a' AND line = 7 AND state = 0 ORDER BY id LIMIT 500"),
      /^SEARCH delivery USING (COVERING )?INDEX delivery_line \(channel=\? AND line=\?\)$/,
    );
    assert.match(
      plan("SELECT min(created_ms) FROM delivery WHERE channel = 'a' AND head = 1"),
      /^SEARCH delivery USING COVERING INDEX delivery_due \(channel=\?\)$/,
    );
    return Promise.resolve();
  });
});

Deno.test("Journal.due takes no longer when many are queued", async () => {
  await withJournal(async ({ journal, clock }) => {
    const fill = (from: number, count: number, groups: number) =>
      journal.write((database) =>
        database.prepare(
          `WITH RECURSIVE n (i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1 + ?2 - 1)
          INSERT INTO delivery (id, channel, grp, line, status, head, created_ms, next_ms, because, via)
          SELECT i * 1024, 'slack', 'g' || (i % ?3), ?1 + (i - ?1) % ?3, 'firing', i < ?1 + ?3, i, i, '', '' FROM n`,
        ).run(from, count, groups)
      );
    const milliseconds = () => {
      const times = Array.from({ length: 9 }, () => {
        const began = performance.now();
        const groups = journal.due("slack", clock.now(), 10, never);
        assert.equal(groups.length, 10);
        journal.nextDueMs("slack", never);
        return performance.now() - began;
      });
      return Math.min(...times);
    };
    await fill(1, 1_000, 1_000);
    const few = milliseconds();
    await fill(100_000, 200_000, 100_000);
    const many = milliseconds();
    assert.ok(many < few * 20 + 5, `${many} ms instead of ${few} ms`);
  });
});

Deno.test("Journal.due gives a group once, although it has a second line", async () => {
  await withJournal(async ({ journal, clock }) => {
    await journal.write((database) =>
      database.exec(
        `INSERT INTO delivery (id, channel, grp, line, status, head, created_ms, next_ms, because, via)
        VALUES (1024, 'slack', 'g', 1, 'firing', 1, 1, 1, '', ''), (2048, 'slack', 'g', 2, 'firing', 1, 2, 2, '', '')`,
      )
    );
    const groups = journal.due("slack", clock.now(), 10, never);
    assert.deepEqual(groups.map(({ group, deliveries }) => [group, deliveries.map(({ id }) => id)]), [["g", [
      1024,
    ]]]);
  });
});
