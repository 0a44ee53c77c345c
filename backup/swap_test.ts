import assert from "node:assert/strict";
import { join } from "node:path";
import { filesBelow } from "./files.ts";
import { PART_KINDS } from "./parts/mod.ts";
import { discard, isSwapped, newDirectory, swap, undo } from "./swap.ts";

const KIND = PART_KINDS.webhook;

/** Data with an old journal, a file that is not the journal's, and a new journal beside. */
async function withData(fn: (data: string, shown: () => Promise<Record<string, string>>) => Promise<void>) {
  const data = await Deno.makeTempDir({ prefix: "vigie-swap-" });
  try {
    await Deno.writeTextFile(join(data, "journal.db"), "old");
    await Deno.writeTextFile(join(data, "journal.db-wal"), "old log");
    await Deno.writeTextFile(join(data, "sessions.sqlite"), "sessions");
    await Deno.mkdir(newDirectory(data), { recursive: true });
    await Deno.writeTextFile(join(newDirectory(data), "journal.db"), "new");
    await fn(data, async () => {
      const paths = await filesBelow(data, (path) => !path.startsWith(".vigie-restore"));
      const texts = await Promise.all(paths.map((path) => Deno.readTextFile(join(data, path))));
      return Object.fromEntries(paths.map((path, i) => [path, texts[i]!]));
    });
  } finally {
    await Deno.remove(data, { recursive: true });
  }
}

const OLD = { "journal.db": "old", "journal.db-wal": "old log", "sessions.sqlite": "sessions" };
const NEW = { "journal.db": "new", "sessions.sqlite": "sessions" };

Deno.test("swap exchanges what the part replaces and leaves the rest; undo puts it back", async () => {
  await withData(async (data, shown) => {
    await swap({ data }, KIND);
    assert.deepEqual(await shown(), NEW);
    assert.equal(await isSwapped({ data }), true);
    await undo({ data }, KIND);
    assert.deepEqual(await shown(), OLD);
    assert.equal(await isSwapped({ data }), false);
  });
});

Deno.test("swap that is done again changes nothing; discard keeps what is new", async () => {
  await withData(async (data, shown) => {
    await swap({ data }, KIND);
    await swap({ data }, KIND);
    await discard({ data });
    assert.deepEqual(await shown(), NEW);
    await undo({ data }, KIND);
    assert.deepEqual(await shown(), NEW);
  });
});

for (const phase of ["out", "in", "back", "home"] as const) {
  Deno.test(`undo completes what was cut short with "${phase}"`, async () => {
    await withData(async (data, shown) => {
      const [aside, before] = [join(data, ".vigie-restore"), join(data, ".vigie-restore", "before")];
      await Deno.mkdir(before);
      // One file of two has moved: the old one out, or the new one in.
      await Deno.rename(join(data, "journal.db"), join(before, "journal.db"));
      if (phase === "in" || phase === "back") {
        await Deno.rename(join(data, "journal.db-wal"), join(before, "journal.db-wal"));
        await Deno.rename(join(newDirectory(data), "journal.db"), join(data, "journal.db"));
      }
      await Deno.writeTextFile(join(aside, "phase"), phase);
      await undo({ data }, KIND);
      assert.deepEqual(await shown(), OLD);
    });
  });
}
