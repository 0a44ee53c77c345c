import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { filesBelow } from "../files.ts";
import { entryPart } from "./entry.ts";
import type { PartKind } from "./part.ts";
import { prometheusPart } from "./prometheus.ts";
import { soundness } from "./sqlite.ts";
import { webhookPart } from "./webhook.ts";

/** A service's data, and where a part copies it to. */
async function scene() {
  const directory = await Deno.makeTempDir({ prefix: "vigie-part-" });
  const [data, staging] = [join(directory, "data"), join(directory, "staging")];
  for (const path of [data, staging]) await Deno.mkdir(path);
  return {
    data,
    staging,
    async put(path: string, text = "x") {
      await Deno.mkdir(join(data, path, ".."), { recursive: true });
      await Deno.writeTextFile(join(data, path), text);
    },
    save: (part: PartKind) => part.save({ plan: { data }, staging, signal: new AbortController().signal }),
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

/** A journal with `rows` notifications, still open: what was written is in its write-ahead log. */
function journalWith(directory: string, rows: number): DatabaseSync {
  const database = new DatabaseSync(join(directory, "journal.db"));
  database.exec("PRAGMA journal_mode = WAL; CREATE TABLE notification (id INTEGER PRIMARY KEY)");
  for (let i = 0; i < rows; i++) database.exec("INSERT INTO notification DEFAULT VALUES");
  return database;
}

Deno.test("webhookPart saves a journal that is in use, with what is in its log alone, as one file", async () => {
  await using it = await scene();
  using _open = journalWith(it.data, 3);
  assert.ok((await Deno.stat(join(it.data, "journal.db-wal"))).size > 0);
  const { directory, facts } = await it.save(webhookPart);
  assert.deepEqual([directory, facts], [it.staging, { notifications: 3, newest: 3 }]);
  assert.equal(webhookPart.problemOf!(it.staging), undefined);
  const database = new DatabaseSync(join(it.staging, "journal.db"), { readOnly: true });
  assert.equal(database.prepare("SELECT count(*) AS n FROM notification").get()!.n, 3);
  database.close();
});

Deno.test("webhookPart saves who has acknowledged what, damaged or not", async () => {
  await using it = await scene();
  await it.put("page.sqlite", "no database at all");
  await it.save(webhookPart);
  assert.equal(await Deno.readTextFile(join(it.staging, "page.sqlite")), "no database at all");
  assert.deepEqual(["page.sqlite-wal", "journal.db", "lock"].map(webhookPart.replaces), [true, true, false]);
});

Deno.test("webhookPart refuses a damaged journal, and saves nothing where there is none", async () => {
  await using it = await scene();
  assert.deepEqual(await it.save(webhookPart), { directory: it.staging });
  assert.deepEqual(await filesBelow(it.staging), []);
  await it.put("journal.db", "no database at all, whatever its name says\n".repeat(200));
  await assert.rejects(
    it.save(webhookPart),
    /^BackupFailure: Cannot save the webhook's journal ".*": it is damaged: file is not a database$/,
  );
});

Deno.test("soundness is undefined for a sound database, and what SQLite says of another", async () => {
  await using it = await scene();
  journalWith(it.data, 100).close();
  const path = join(it.data, "journal.db");
  assert.equal(soundness(path), undefined);
  await Deno.writeTextFile(path, "no database\n".repeat(100));
  assert.equal(soundness(path), "file is not a database");
});

Deno.test("prometheusPart saves the blocks and the log of one that does not run, and from when to when they reach", async () => {
  await using it = await scene();
  const block = (minTime: number, maxTime: number, numSamples: number) =>
    JSON.stringify({ minTime, maxTime, stats: { numSamples } });
  await it.put("01HZZZZZZZZZZZZZZZZZZZZZZZ/meta.json", block(10, 20, 5));
  await it.put("01J00000000000000000000000/meta.json", block(20, 40, 7));
  for (const path of ["wal/00000001", "lock", "queries.active", "snapshots/vigie/x"]) await it.put(path);
  const { directory, isWanted, facts } = await it.save(prometheusPart);
  assert.deepEqual(facts, { fromMs: 10, toMs: 40, samples: 12 });
  assert.deepEqual(await filesBelow(directory, isWanted), [
    "01HZZZZZZZZZZZZZZZZZZZZZZZ/meta.json",
    "01J00000000000000000000000/meta.json",
    "wal/00000001",
  ]);
});

Deno.test("entryPart saves keys and certificates, and no locks", async () => {
  await using it = await scene();
  const wanted = ["certificates/acme/a/a.key", "pki/authorities/local/root.key"];
  for (const path of [...wanted, "locks/a.lock", "certificates/b.tmp"]) await it.put(path);
  await it.save(entryPart);
  assert.deepEqual(await filesBelow(it.staging), wanted);
});
