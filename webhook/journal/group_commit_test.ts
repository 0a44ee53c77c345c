import { deepEqual, equal } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { createFakeClock } from "../testing/fake_clock.ts";
import { GroupCommit } from "./group_commit.ts";

function groupCommit() {
  const database = new DatabaseSync(":memory:");
  database.exec("CREATE TABLE row (id INTEGER PRIMARY KEY)");
  const clock = createFakeClock(0);
  const commits: number[] = [];
  const works = new GroupCommit({
    database: () => database,
    clock,
    onRollback() {},
    onFailure: (error) => error as Error,
    onCommit: (_seconds, count) => void commits.push(count),
  });
  const insert = (id: number) => () => void database.prepare("INSERT INTO row VALUES (?)").run(id);
  return { [Symbol.dispose]: () => database.close(), clock, commits, insert, works };
}

Deno.test("GroupCommit writes what comes in one turn together", async () => {
  using group = groupCommit();
  const { commits, insert, works } = group;
  await Promise.all([works.add(insert(1)), works.add(insert(2))]);
  await works.add(insert(3));
  deepEqual(commits, [2, 1]);
});

Deno.test("GroupCommit lets what can wait share the next sync, and writes it in time without one", async () => {
  using group = groupCommit();
  const { clock, commits, insert, works } = group;
  const waits = works.add(insert(1), { patienceMs: 10 });
  await setImmediate();
  deepEqual(commits, [], "nothing asked for a sync");
  await Promise.all([works.add(insert(2)), waits]);
  deepEqual(commits, [2]);

  let done = false;
  const alone = works.add(insert(3), { patienceMs: 10 }).then(() => done = true);
  await clock.advance(9);
  equal(done, false);
  await clock.advance(1);
  await alone;
  deepEqual(commits, [2, 1]);
});

Deno.test("GroupCommit tells each work of its own fate, the failed ones before their promise rejects", async () => {
  using group = groupCommit();
  const { insert, works } = group;
  const told: string[] = [];
  const one = (id: number) =>
    works.add(insert(id), {
      failed: () => told.push(`failed ${id}`),
      committed: () => told.push(`committed ${id}`),
    });
  const results = await Promise.allSettled([one(1), one(1), one(2)]);
  deepEqual(results.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
  deepEqual(told, ["failed 1", "committed 1", "committed 2"]);
});
