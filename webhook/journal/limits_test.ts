import assert from "node:assert/strict";
import { join } from "node:path";
import { unless } from "../../tests/unless.ts";
import { JournalFailure, openJournal } from "./mod.ts";
import { arrival, type TestJournal, withJournal } from "./testing.ts";

const never: ReadonlySet<string> = new Set();
const MINUTE_MS = 60_000;
const MEGABYTE = 1_000_000;

function many({ journal, clock }: TestJournal, count: number, channel?: string) {
  return Promise.all(Array.from({ length: count }, () =>
    journal.accept(arrival(clock, {
      body: new Uint8Array(50_000),
      deliveries: channel === undefined ? [] : [{ channel }],
    }))));
}

async function until(world: TestJournal, isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 500 && !isSo(); turn++) await world.clock.settle();
  assert.ok(isSo());
}

Deno.test("Journal.accept makes room by removing the oldest history", async () => {
  await withJournal(async (world) => {
    for (let i = 0; i < 30; i++) await many(world, 20);
    const { bytes, limitBytes } = world.journal.size();
    assert.ok(bytes <= limitBytes, `${bytes} bytes`);
    assert.ok(world.journal.notification(1) === undefined);
    assert.ok(world.journal.notification(600));
    assert.equal(world.journal.failure(), undefined);
  }, { limitBytes: 15 * MEGABYTE });
});

Deno.test("Journal.accept refuses what does not fit while everything is queued or dead, and takes it again when there is room", async () => {
  const problems: string[] = [];
  await withJournal(async (world) => {
    const { journal, clock } = world;
    const accepted: number[] = [];
    const refusals: Error[] = [];
    for (let i = 0; i < 400; i++) {
      await many(world, 1, "slack").then(([one]) => accepted.push(one!.id), (error) => refusals.push(error));
    }
    assert.ok(refusals.length > 0 && accepted.length > 100, `${accepted.length} accepted`);
    assert.ok(refusals.every((error) => error instanceof JournalFailure));
    assert.match(
      refusals[0]!.message,
      /^Cannot write the journal ".*": it is full: 1\d\.\d MB of 15\.0 MB hold what is queued or dead$/,
    );
    assert.match(journal.failure()!, /^it is full/);
    assert.equal(problems.length, 1);
    assert.equal(journal.depths().get("slack")!.queued, accepted.length, "nothing queued has gone");
    // What is small is still written: the queue can be worked off, and the webhook can say that it is full.
    await journal.accept(arrival(clock, { origin: "own" }));
    await journal.put("key", 1);
    assert.match(journal.failure()!, /^it is full/, "that does not make room");
    const [line] = journal.due("slack", clock.now(), 1, never);
    const ids = line!.deliveries.map(({ id }) => id);
    await journal.settle(
      ids.slice(0, -1).map((id) => ({ to: "delivered", id, atMs: clock.now(), tookMs: 1 })),
    );
    await clock.advance(10_000);
    await many(world, 150, "slack");
    assert.equal(journal.failure(), undefined);
    assert.ok(journal.notification(1) === undefined, "it was delivered, and made room");
    assert.ok(journal.notification(accepted.at(-1)!));
  }, { limitBytes: 15 * MEGABYTE, onProblem: (problem) => problems.push(problem) });
});

Deno.test("Journal removes by itself what is older than it is kept: never what is queued, dead letters later", async () => {
  await withJournal(async (world) => {
    const { journal, clock } = world;
    const accept = async (channel: string) =>
      (await journal.accept(arrival(clock, { group: channel, deliveries: [{ channel }] }))).id;
    const [delivered, dead, queued, told] = [
      await accept("a"),
      await accept("b"),
      await accept("c"),
      (await journal.accept(arrival(clock))).id,
    ];
    const one = (channel: string) => journal.due(channel, clock.now(), 1, never)[0]!.deliveries[0]!.id;
    await journal.settle([
      { to: "delivered", id: one("a"), atMs: clock.now(), tookMs: 1, ref: "m" },
      { to: "dead", id: one("b"), atMs: clock.now(), tookMs: 1, reason: "gone" },
    ]);
    await journal.quarantine({
      receivedMs: clock.now(),
      reason: "json",
      detail: "",
      body: new Uint8Array(9),
      bytes: 9,
    });
    const kept = () => [delivered, dead, queued, told].map((id) => journal.notification(id) !== undefined);
    await clock.advance(40 * MINUTE_MS);
    const last = await accept("a");
    assert.deepEqual(kept(), [true, true, true, true]);
    await clock.advance(40 * MINUTE_MS);
    assert.deepEqual(kept(), [false, true, true, false]);
    await clock.advance(2 * 60 * MINUTE_MS);
    assert.deepEqual(kept(), [false, false, true, false]);
    assert.equal(journal.depths().get("c")!.queued, 1);
    // The newest stays as long as it is the newest, so that its id is not given again.
    assert.ok(journal.notification(last));
    assert.equal(journal.refOf("a", "a"), undefined);
  }, { ageMs: 60 * MINUTE_MS, deadAgeMs: 120 * MINUTE_MS });
});

Deno.test("Journal removes much at a time step by step", async () => {
  await withJournal(async (world) => {
    const { journal, clock } = world;
    for (let i = 0; i < 10; i++) {
      await Promise.all(Array.from({ length: 1_000 }, () => journal.accept(arrival(clock))));
    }
    clock.set(clock.now() + 61 * MINUTE_MS);
    let steps = 0;
    const reopened = await world.reopen({ ageMs: 60 * MINUTE_MS, onCommit: () => steps++ });
    await clock.advance(15_000);
    await until(world, () => reopened.notification(9_999) === undefined);
    assert.ok(reopened.notification(10_000), "the newest stays");
    assert.ok(steps > 50, `${steps} steps`);
  });
});

Deno.test("Journal.quarantine keeps the newest bodies", async () => {
  await withJournal(async ({ journal, clock, reopen }) => {
    const one = {
      receivedMs: clock.now(),
      reason: "json",
      detail: "no JSON",
      body: new Uint8Array(4),
      bytes: 4,
    };
    const ids = await Promise.all(Array.from({ length: 1_200 }, () => journal.quarantine(one)));
    assert.deepEqual([ids[0], ids.at(-1)], [1, 1_200]);
    const count = (of: typeof journal) =>
      of.database.prepare("SELECT count(*) AS count, min(id) AS oldest FROM quarantine").get();
    assert.deepEqual({ ...count(journal) }, { count: 1_000, oldest: 201 });
    const large = { ...one, body: new Uint8Array(40 * 1_024 * 1_024) };
    await journal.quarantine(large);
    const again = await reopen();
    await again.quarantine(large);
    assert.deepEqual({ ...count(again) }, { count: 1, oldest: 1_202 });
  });
});

Deno.test("Journal cuts its WAL when it rests", async () => {
  await withJournal(async (world) => {
    const wal = join(world.directory, "journal.db-wal");
    await many(world, 10);
    assert.ok((await Deno.stat(wal)).size > 0);
    await world.clock.advance(15_000);
    assert.equal((await Deno.stat(wal)).size, 0);
  });
});

Deno.test("Journal gives free pages back", async () => {
  await withJournal(async (world) => {
    await many(world, 300);
    await world.clock.advance(20_000);
    const before = (await Deno.stat(world.journal.path)).size;
    await world.clock.advance(90 * MINUTE_MS);
    const after = (await Deno.stat(world.journal.path)).size;
    assert.ok(before > 15 * MEGABYTE && after < 6 * MEGABYTE, `${before} before, ${after} after`);
  }, { ageMs: 60 * MINUTE_MS });
});

Deno.test("openJournal makes files that only their owner may read", async () => {
  await withJournal(async ({ directory, reopen, journal, clock }) => {
    await journal.accept(arrival(clock));
    for (const { name } of Deno.readDirSync(directory)) {
      const { mode } = await Deno.stat(join(directory, name));
      assert.equal(mode! & 0o777, 0o600, name);
    }
    const inner = join(directory, "a", "b");
    const other = await openJournal(inner, { clock, limitBytes: 1e9, duplicateWindowMs: 1 });
    await other[Symbol.asyncDispose]();
    assert.equal((await Deno.stat(inner)).mode! & 0o777, 0o700);
    await reopen();
  });
});

Deno.test("openJournal refuses a directory that another one uses, and takes it when that one ends", async () => {
  await withJournal(async ({ directory, clock, reopen, journal }) => {
    const options = { clock, limitBytes: 1e9, duplicateWindowMs: 1 };
    const refused = new JournalFailure(
      `Cannot use the data directory "${directory}": another process uses it; stop that one, or name another directory with --data`,
    );
    await assert.rejects(openJournal(directory, options), refused);
    const script = `
      import { openJournal } from ${JSON.stringify(import.meta.resolve("./mod.ts"))};
      import { systemClock } from ${JSON.stringify(import.meta.resolve("../clock.ts"))};
      try {
        await openJournal(Deno.args[0], { clock: systemClock, limitBytes: 1e9, duplicateWindowMs: 1 });
        console.log("open");
      } catch (error) {
        console.log(error.message);
      }
      Deno.exit();`;
    const other = async () => {
      const path = join(directory, "other.ts");
      await Deno.writeTextFile(path, script);
      const { stdout } = await new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "--quiet",
          "-A",
          "--config",
          new URL("../../deno.json", import.meta.url).pathname,
          path,
          directory,
        ],
        stderr: "inherit",
      }).output();
      return new TextDecoder().decode(stdout).trim();
    };
    assert.equal(await other(), refused.message);
    await journal.accept(arrival(clock));
    await reopen({}, async () => assert.equal(await other(), "open"));
  });
});

Deno.test("Journal refuses to write to files that somebody removed", async () => {
  await withJournal(async ({ directory, journal, clock }) => {
    await journal.accept(arrival(clock));
    for (const { name } of Deno.readDirSync(directory)) await Deno.remove(join(directory, name));
    await assert.rejects(
      journal.accept(arrival(clock)),
      /^JournalFailure: Cannot write the journal ".*": its files were removed while it was open; start the webhook again$/,
    );
    assert.match(journal.failure()!, /its files were removed/);
  });
});

const notRoot = Deno.uid() === 0 ? undefined : "only root may mount";

Deno.test(
  unless(
    notRoot,
    "Journal says that the disk is full, keeps what it has, and goes on when there is room again",
  ),
  async () => {
    await withJournal(async ({ clock }) => {
      await onSmallDisk(async (directory) => {
        const problems: string[] = [];
        const journal = await openJournal(directory, {
          clock,
          limitBytes: 1e9,
          duplicateWindowMs: 300_000,
          onProblem: (problem) => problems.push(problem),
        });
        try {
          const ballast = join(directory, "ballast");
          const one = (digest?: string) =>
            journal.accept(
              arrival(clock, { body: new Uint8Array(100_000), digest, deliveries: [{ channel: "slack" }] }),
            );
          const accepted: number[] = [];
          let failure: unknown;
          for (let i = 0; failure === undefined; i++) {
            await one(`d${i}`).then(({ id }) => accepted.push(id), (error) => failure = error);
            assert.ok(i < 1_000);
          }
          assert.ok(failure instanceof JournalFailure);
          assert.match(failure.message, /^Cannot write the journal ".*": the disk is full$/);
          assert.equal(journal.failure(), "the disk is full");
          assert.deepEqual(problems, [failure.message]);
          assert.equal(journal.depths().get("slack")!.queued, accepted.length);
          for (const id of accepted) assert.equal(journal.notification(id)!.body.length, 100_000);
          await assert.rejects(Promise.all([one("twin"), one("twin")]), JournalFailure);
          await Deno.remove(ballast);
          await clock.advance(2_000);
          assert.equal(journal.failure(), undefined, "the probe found that there is room");
          const next = await one("twin");
          assert.deepEqual(next, { id: accepted.at(-1)! + 1, duplicate: false });
        } finally {
          await journal[Symbol.asyncDispose]();
        }
      });
    });
  },
);

/** A disk of 8 MB, 3 of which a file named "ballast" takes. */
async function onSmallDisk(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "vigie-disk-" });
  const mount = await new Deno.Command("mount", {
    args: ["-t", "tmpfs", "-o", "size=8m", "tmpfs", directory],
  }).output();
  assert.ok(mount.success, new TextDecoder().decode(mount.stderr));
  try {
    await Deno.writeFile(join(directory, "ballast"), new Uint8Array(3 * 1_024 * 1_024));
    await test(directory);
  } finally {
    await new Deno.Command("umount", { args: [directory] }).output();
    await Deno.remove(directory);
  }
}

Deno.test(unless(notRoot, "openJournal says that a disk is read-only"), async () => {
  await withJournal(async ({ clock }) => {
    await onSmallDisk(async (directory) => {
      const options = { clock, limitBytes: 1e9, duplicateWindowMs: 1 };
      const journal = await openJournal(directory, options);
      await journal[Symbol.asyncDispose]();
      await new Deno.Command("mount", { args: ["-o", "remount,ro", directory] }).output();
      await assert.rejects(
        openJournal(directory, options),
        new JournalFailure(`Cannot use the data directory "${directory}": it is read-only`),
      );
      await assert.rejects(
        openJournal(join(directory, "new"), options),
        new JournalFailure(
          `Cannot make the data directory "${join(directory, "new")}": read-only file system`,
        ),
      );
    });
  });
});
