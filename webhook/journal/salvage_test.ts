import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { JournalFailure, type Salvage, type SqliteJournal } from "./mod.ts";
import { arrival, type TestJournal, withJournal } from "./testing.ts";

const never: ReadonlySet<string> = new Set();
const PAGE = 4_096;

/** Notifications of about a page each, with a delivery each. @returns their ids. */
async function fill({ journal, clock }: TestJournal, count: number, from = 0): Promise<number[]> {
  const accepted = await Promise.all(
    Array.from({ length: count }, (_, i) => i + from).map((i) =>
      journal.accept(arrival(clock, {
        group: `g${i}`,
        digest: `d${i}`,
        body: new Uint8Array(2_000).fill(i),
        deliveries: [{ channel: "slack" }],
      }))
    ),
  );
  return accepted.map(({ id }) => id);
}

async function damage(path: string, pages: readonly number[]): Promise<void> {
  using file = await Deno.open(path, { write: true });
  for (const page of pages) {
    await file.seek(page * PAGE, Deno.SeekMode.Start);
    await file.write(new Uint8Array(PAGE).fill(0xa5));
  }
}

function names(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name.replace(/damaged-[-\dT]+Z/, "damaged-T"))
    .sort();
}

/** Pages of a table, leaves and all, counted from 0. */
function pagesOf(path: string, table: string): number[] {
  const database = new DatabaseSync(path, { readOnly: true });
  const rows = database.prepare(
    "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY pageno",
  ).all(table);
  database.close();
  return rows.map(({ pageno }) => (pageno as number) - 1);
}

Deno.test("openJournal sets a damaged file aside, takes over what can be read, and says so", async () => {
  const reports: Salvage[] = [];
  const problems: string[] = [];
  await withJournal(async (world) => {
    const { journal, clock, directory } = world;
    const ids = await fill(world, 300);
    await journal.put("circuit", { open: true });
    const path = join(directory, "journal.db");
    const again = await world.reopen({}, async () => {
      const leaves = pagesOf(path, "notification");
      // Whole pages of notifications, and one page of deliveries, so that it is noticed at once.
      const deliveries = pagesOf(path, "delivery");
      await damage(path, [...leaves.slice(20, 25), deliveries.at(-1)!]);
    });
    assert.equal(reports.length, 1);
    const [report] = reports;
    assert.equal(report!.atMs, clock.now());
    assert.match(report!.why, /damaged/);
    const kept = ids.filter((id) => again.notification(id) !== undefined);
    assert.equal(report!.notifications, kept.length);
    assert.equal(report!.lost, ids.length - kept.length);
    assert.ok(kept.length >= 290 && kept.length < 300, `${kept.length} of 300`);
    for (const id of kept) assert.equal(again.notification(id)!.body[0], (id - 1) % 256);
    assert.ok(report!.uncertain.length > 0 && report!.uncertain.includes(300));
    assert.deepEqual(again.get("circuit"), { open: true });
    const { uncertain: _, ...fact } = report!;
    assert.deepEqual(again.salvaged(), fact);
    assert.equal(again.depths().get("slack")!.queued, report!.deliveries);
    assert.equal(again.due("slack", clock.now(), 1_000, never).length, report!.deliveries);
    assert.equal((await again.accept(arrival(clock, { digest: "d3" }))).duplicate, true);
    assert.equal((await again.accept(arrival(clock))).id, 301);
    assert.deepEqual(names(directory), [
      "journal.db",
      "journal.db-wal",
      "journal.db.damaged-T",
      "journal.lock",
    ]);
    assert.match(problems[0]!, /^Cannot open the journal ".*journal\.db": it is damaged$/);
  }, { onSalvaged: (report) => reports.push(report), onProblem: (problem) => problems.push(problem) });
});

Deno.test("openJournal takes over what is only in the WAL of a damaged file", async () => {
  await withJournal(async (world) => {
    const { clock, directory } = world;
    await fill(world, 50);
    const path = join(directory, "journal.db");
    // As a killed process leaves it: the file as it was at the last checkpoint, and the WAL.
    const [file, wal] = [await Deno.readFile(path), await Deno.readFile(`${path}-wal`)];
    const again = await world.reopen({}, async () => {
      await Deno.writeFile(`${path}-wal`, wal);
      await Deno.writeFile(path, file);
    });
    assert.equal(again.salvaged(), undefined);
    assert.equal(again.depths().get("slack")!.queued, 50);
    assert.equal((await again.accept(arrival(clock, { digest: "d7" }))).duplicate, true);
  });
});

Deno.test("openJournal loses only what stood in the part of a WAL that is cut off", async () => {
  await withJournal(async (world) => {
    const { directory } = world;
    const path = join(directory, "journal.db");
    for (let i = 0; i < 40; i++) await world.journal.accept(arrival(world.clock, { group: `g${i}` }));
    const [file, wal] = [await Deno.readFile(path), await Deno.readFile(`${path}-wal`)];
    const again = await world.reopen({}, async () => {
      await Deno.writeFile(path, file);
      await Deno.writeFile(`${path}-wal`, wal.subarray(0, Math.floor(wal.length / 2)));
    });
    const kept = Array.from({ length: 40 }, (_, i) => again.notification(i + 1) !== undefined);
    const first = kept.indexOf(false);
    assert.ok(first > 0, "what was before is there");
    assert.ok(kept.slice(first).every((isKept) => !isKept), "nothing behind the cut is there");
  });
});

for (
  const [what, spoil] of [
    ["is empty", (path: string) => Deno.truncate(path)],
    ["is text", (path: string) => Deno.writeTextFile(path, "not a database ".repeat(1_000))],
  ] as const
) {
  Deno.test(`openJournal never replaces a file that ${what} without keeping it and saying so`, async () => {
    const reports: Salvage[] = [];
    await withJournal(async (world) => {
      await fill(world, 3);
      let bytes = new Uint8Array();
      const path = join(world.directory, "journal.db");
      const again = await world.reopen({}, async () => {
        await spoil(path);
        bytes = await Deno.readFile(path);
      });
      assert.equal(reports.length, 1);
      assert.deepEqual(await Deno.readFile(reports[0]!.file), bytes);
      assert.equal(reports[0]!.lost, undefined);
      assert.equal((await again.accept(arrival(world.clock))).duplicate, false);
    }, { onSalvaged: (report) => reports.push(report) });
  });
}

Deno.test("openJournal takes over all rows of a file whose first page cannot be read", async () => {
  const reports: Salvage[] = [];
  await withJournal(async (world) => {
    await fill(world, 200);
    await world.journal.put("key", "value");
    const path = join(world.directory, "journal.db");
    const again = await world.reopen({}, () => damage(path, [0]));
    const [{ notifications, deliveries, lost }] = reports as [Salvage];
    assert.deepEqual({ notifications, deliveries, lost }, { notifications: 200, deliveries: 200, lost: 0 });
    assert.equal(again.get("key"), "value");
    assert.equal(again.notification(77)!.body.length, 2_000);
    assert.deepEqual(names(world.directory), [
      "journal.db",
      "journal.db-wal",
      "journal.db.damaged-T",
      "journal.lock",
    ]);
  }, { onSalvaged: (report) => reports.push(report) });
});

Deno.test("openJournal refuses another program's database and leaves it as it is", async () => {
  await withJournal(async (world) => {
    const path = join(world.directory, "journal.db");
    let bytes = new Uint8Array();
    await assert.rejects(
      world.reopen({}, async () => {
        await Deno.remove(path);
        const database = new DatabaseSync(path);
        database.exec("CREATE TABLE notes (text)");
        database.close();
        bytes = await Deno.readFile(path);
      }),
      new JournalFailure(
        `Cannot use the journal "${path}": another program wrote it; name a data directory of its own`,
      ),
    );
    assert.deepEqual(await Deno.readFile(path), bytes);
  });
});

Deno.test("openJournal refuses what a newer version wrote", async () => {
  await withJournal(async (world) => {
    const path = join(world.directory, "journal.db");
    await assert.rejects(
      world.reopen({}, () => {
        const database = new DatabaseSync(path);
        database.exec("PRAGMA user_version = 99");
        database.close();
      }),
      /^JournalFailure: Cannot use the journal ".*": a newer version of this program wrote it \(schema 99; known up to 2\)$/,
    );
  });
});

Deno.test("openJournal ends a salvage that was killed when its new file was whole", async () => {
  await withJournal(async (world) => {
    const path = join(world.directory, "journal.db");
    await fill(world, 5);
    const again = await world.reopen({}, async () => {
      await Deno.rename(path, `${path}.salvaged`);
      await Deno.writeTextFile(path, "damaged");
      await Deno.writeTextFile(`${path}-wal`, "of the damaged one");
    });
    assert.equal(again.depths().get("slack")!.queued, 5);
    assert.deepEqual(
      names(world.directory),
      ["journal.db", "journal.db-wal", "journal.db.damaged-T", "journal.db.damaged-T-wal", "journal.lock"],
    );
    // And when the damaged one had been moved already.
    const third = await world.reopen({}, () => Deno.rename(path, `${path}.salvaged`));
    assert.equal(third.depths().get("slack")!.queued, 5);
  });
});

Deno.test("Journal repairs damage that it meets while it runs, and refuses everything meanwhile", async () => {
  const reports: Salvage[] = [];
  const problems: string[] = [];
  let writable = false;
  let opened: SqliteJournal | undefined;
  await withJournal(async (world) => {
    const { clock, directory } = world;
    await fill(world, 1_500);
    const path = join(directory, "journal.db");
    // What is old enough is not read back when the journal is opened.
    await clock.advance(3_600_000);
    const journal = await world.reopen({}, async () => {
      await damage(path, pagesOf(path, "notification").slice(10, 12));
    });
    opened = journal;
    assert.equal(reports.length, 0, "it is not noticed at once");
    const found = () => {
      for (let id = 1; id <= 1_500; id++) journal.notification(id);
    };
    assert.throws(found, /^JournalFailure: Cannot read the journal ".*": it is damaged$/);
    assert.equal(journal.failure(), "it is damaged");
    await assert.rejects(journal.accept(arrival(clock)), /being repaired/);
    assert.throws(() => journal.due("slack", clock.now(), 1, never), /being repaired/);
    assert.equal(journal.depths().get("slack")!.queued, 1_500, "what is in memory can be told");
    for (let turn = 0; turn < 1_000 && journal.failure() !== undefined; turn++) await clock.settle();
    assert.equal(journal.failure(), undefined);
    assert.equal(reports.length, 1);
    assert.ok(writable, "whoever is told can write at once");
    assert.equal(journal.due("slack", clock.now(), 2_000, never).length, 1_500);
    assert.equal((await journal.accept(arrival(clock))).id, 1_501);
    assert.deepEqual(problems.length, 1);
  }, {
    onSalvaged(report) {
      reports.push(report);
      opened!.put("told", true).then(() => writable = true);
    },
    onProblem: (problem) => problems.push(problem),
  });
});

/** A journal that was killed when 20 of its 320 notifications had no deliveries yet, with some pages damaged. */
async function salvaged(
  world: TestJournal,
  tables: Readonly<Record<string, (pages: number[]) => number[]>>,
): Promise<SqliteJournal> {
  const { journal, clock, directory } = world;
  const path = join(directory, "journal.db");
  await fill(world, 300);
  while (journal.unplanned(300).length > 0) journal.due("slack", clock.now(), 1, never);
  await fill(world, 20, 300);
  assert.equal(journal.unplanned(320).length, 1);
  journal.database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  const killed = await Deno.readFile(path);
  return await world.reopen({}, async () => {
    await Deno.writeFile(path, killed);
    for (const [table, choose] of Object.entries(tables)) await damage(path, choose(pagesOf(path, table)));
  });
}

Deno.test("openJournal queues what had no deliveries yet in a damaged journal, once", async () => {
  const reports: Salvage[] = [];
  await withJournal(async (world) => {
    // So that it is noticed at once: the last page of the notifications, and not that of the newest.
    const again = await salvaged(world, {
      delivery_dead: (pages) => pages,
      delivery_line: (pages) => pages,
      notification: (pages) => pages.slice(3, 5),
    });
    assert.equal(reports.length, 1);
    assert.equal(reports[0]!.deliveries, 300);
    assert.deepEqual(reports[0]!.uncertain, []);
    const groups = again.due("slack", world.clock.now(), 1_000, never);
    const ids = groups.flatMap(({ deliveries }) => deliveries.map(({ notificationId }) => notificationId));
    assert.deepEqual(ids.sort((a, b) => a - b), Array.from({ length: 320 }, (_, i) => i + 1));
    assert.equal(again.depths().get("slack")!.queued, 320);
  }, { onSalvaged: (report) => reports.push(report) });
});

Deno.test("openJournal has whom to tell asked anew where it is not known that deliveries were lacking", async () => {
  const reports: Salvage[] = [];
  await withJournal(async (world) => {
    const again = await salvaged(world, { delivery: (pages) => pages.slice(-1) });
    const [report] = reports;
    assert.ok(report!.deliveries < 300);
    assert.deepEqual(
      report!.uncertain.toSorted((a, b) => a - b).slice(-20),
      Array.from({ length: 20 }, (_, i) => i + 301),
    );
    assert.equal(again.depths().get("slack")!.queued, report!.deliveries);
    assert.deepEqual(again.unplanned(320), []);
  }, { onSalvaged: (report) => reports.push(report) });
});
