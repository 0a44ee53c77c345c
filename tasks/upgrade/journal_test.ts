import assert from "node:assert/strict";
import { join } from "node:path";
import { type Journal, readJournal, removeJournal, writeJournal } from "./journal.ts";
import { refusalIn, validating } from "./rehearsal.ts";

const JOURNAL: Journal = {
  steps: [{ service: "prometheus", from: "2.53.3", to: "3.5.3" }],
  at: 0,
  phase: "back",
  snapshot: "4fa3c1d2",
  failing: ["smoke/targets"],
  reason: "it does not start",
};

Deno.test("readJournal gives back what writeJournal wrote, until it is removed", async () => {
  const directory = await Deno.makeTempDir();
  try {
    assert.equal(await readJournal(directory), undefined);
    await writeJournal(directory, JOURNAL);
    assert.deepEqual(await readJournal(directory), JOURNAL);
    await removeJournal(directory);
    await removeJournal(directory);
    assert.equal(await readJournal(directory), undefined);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("readJournal takes nothing that is no journal", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await writeJournal(directory, JOURNAL);
    const path = join(directory, "upgrade", "journal.json");
    const wrong = [{ at: 1 }, { phase: "dance" }, { steps: [{ service: "webhook", from: "1", to: "2" }] }];
    for (const part of wrong) {
      await Deno.writeTextFile(path, JSON.stringify({ ...JOURNAL, ...part }));
      assert.equal(await readJournal(directory), undefined, JSON.stringify(part));
    }
    await Deno.writeTextFile(path, "{");
    assert.equal(await readJournal(directory), undefined);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("refusalIn finds the line that says why", () => {
  const stderr = "starting\nprometheus: error: unknown long flag '--x'\ntry --help\n";
  assert.equal(refusalIn({ code: 3, stdout: "", stderr }), "prometheus: error: unknown long flag '--x'");
  assert.equal(refusalIn({ code: 1, stdout: "no\n", stderr: "" }), "no");
  assert.equal(refusalIn({ code: 7, stdout: "", stderr: "" }), "it ended with exit code 7 and said nothing");
  assert.equal(refusalIn({ code: 124, stdout: "", stderr: "error" }), "it did not end in time");
});

Deno.test("validating turns caddy run into caddy validate", () => {
  assert.deepEqual(validating(["caddy", "run", "--config", "/etc/caddy/run"]), [
    "caddy",
    "validate",
    "--config",
    "/etc/caddy/run",
  ]);
});
