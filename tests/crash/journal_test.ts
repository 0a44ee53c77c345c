/** The journal, killed at random moments: what it said is on disk is, and its lines are whole. VIGIE_CRASH_ROUNDS sets how often. */

import assert from "node:assert/strict";
import { systemClock } from "../../webhook/clock.ts";
import { openJournal, type SqliteJournal } from "../../webhook/journal/mod.ts";
import { notOnLinux, unless } from "../unless.ts";

const rounds = Number(Deno.env.get("VIGIE_CRASH_ROUNDS") ?? 6);
const LONGEST_MS = 1_200;
// A slow machine needs more rounds until there is so much that some of it must go.
const MOST_TIMES = 4;

/** What the process that was killed had said. */
async function runAndKill(directory: string, round: number): Promise<string[]> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--allow-read", "--allow-write", "--allow-env"],
      new URL("journal_child.ts", import.meta.url).pathname,
      ...[directory, String(round)],
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const said = new Response(child.stdout).text();
  await new Promise((resolve) => setTimeout(resolve, 150 + Math.random() * LONGEST_MS));
  child.kill("SIGKILL");
  await child.status;
  return (await said).split("\n").slice(0, -1);
}

const STATES = ["queued", "delivered", "coalesced", "dead"];

/** Compares what was said with what is there. */
function check(journal: SqliteJournal, said: ReadonlyMap<string, ReadonlySet<number>>): void {
  const { database } = journal;
  assert.equal(
    (database.prepare("PRAGMA integrity_check").get() as Record<string, unknown>).integrity_check,
    "ok",
  );
  const rows = (sql: string) => database.prepare(sql).all() as Record<string, number>[];
  const notifications = new Set(rows("SELECT id FROM notification").map(({ id }) => id!));
  const deliveries = new Map<number, string>(
    rows("SELECT id, state FROM delivery").map(({ id, state }) => [id!, STATES[state!]!]),
  );
  for (const id of notifications) {
    const unplanned = journal.unplanned(id);
    assert.ok(unplanned.every((one) => !deliveries.has(one.id)), `notification ${id}: all of them or none`);
    for (const one of unplanned) deliveries.set(one.id, one.state);
  }
  const max = Math.max(0, ...notifications);
  for (const id of said.get("accepted") ?? []) {
    assert.ok(id <= max, "ids grow");
    // Old history goes by itself, but whole.
    assert.equal(deliveries.has(id * 1_024), notifications.has(id), `notification ${id}`);
  }
  for (const id of said.get("waiting") ?? []) {
    assert.ok(notifications.has(id) && deliveries.has(id * 1_024), `notification ${id}`);
    assert.equal(deliveries.get(id * 1_024 + 1), "queued", `notification ${id}`);
  }
  for (const state of ["delivered", "dead", "coalesced"]) {
    for (const id of said.get(state) ?? []) {
      const is = deliveries.get(id);
      assert.ok(
        is === state || (is === undefined && state !== "dead"),
        `delivery ${id} is ${is}, was ${state}`,
      );
    }
  }
  const wrong = rows(`SELECT channel, grp FROM delivery WHERE state = 0 GROUP BY channel, grp
    HAVING sum(head) <> 1 OR min(id) <> max(CASE head WHEN 1 THEN id END)`);
  assert.deepEqual(wrong, [], "the oldest of each line is its head");
  assert.deepEqual(rows("SELECT id FROM delivery WHERE head = 1 AND state <> 0"), []);
  const orphans = rows("SELECT id FROM delivery WHERE notification_id NOT IN (SELECT id FROM notification)");
  assert.deepEqual(orphans, [], "no delivery without its notification");
}

Deno.test(unless(notOnLinux, "openJournal finds all that was acknowledged after SIGKILL"), async () => {
  const directory = await Deno.makeTempDir({ prefix: "vigie-crash-" });
  const said = new Map<string, Set<number>>();
  let isOldGone = false;
  try {
    for (let round = 0; round < rounds || (!isOldGone && round < MOST_TIMES * rounds); round++) {
      for (const line of await runAndKill(directory, round)) {
        const [what, id] = line.split(" ");
        said.set(what!, (said.get(what!) ?? new Set()).add(Number(id)));
      }
      const problems: string[] = [];
      const journal = await openJournal(directory, {
        clock: { ...systemClock, after: () => () => {} },
        limitBytes: 1e9,
        duplicateWindowMs: 300_000,
        onProblem: (problem) => problems.push(problem),
      });
      try {
        assert.equal(journal.salvaged(), undefined);
        assert.deepEqual(problems, []);
        check(journal, said);
        isOldGone ||= [...said.get("accepted") ?? []].some((id) => !journal.notification(id));
      } finally {
        await journal[Symbol.asyncDispose]();
      }
    }
    const counts = ["accepted", "waiting", "delivered", "dead", "coalesced"].map((what) =>
      said.get(what)?.size ?? 0
    );
    assert.ok(counts.every((count) => count > 0), `something of everything: ${counts.join(", ")}`);
    assert.ok(isOldGone, "history was removed meanwhile");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
