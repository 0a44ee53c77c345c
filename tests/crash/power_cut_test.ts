import { deepEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { startWebhook } from "../e2e/webhook/running_webhook.ts";
import { testMain } from "../e2e/webhook/compiled.ts";
import { type Call, readCalls, TRACE_FLAGS } from "./calls.ts";
import { MARKER, markerOf } from "./notification.ts";
import { readJournal } from "./oracle.ts";
import { Disk } from "./power_cut.ts";
import { attachStrace, noStrace } from "./strace.ts";
import { World } from "./world.ts";

const FILES = ["journal.db", "journal.db-wal"];
// Enough pages for a checkpoint of a small journal, in which the database itself is written.
const NOTIFICATIONS = 110;
const PADDING = 40_000;
const CUTS = 16;

function callOf(did: Call["did"], bytes = "", offset = 0): Call {
  return { did, at: "", place: "f", bytes, offset };
}

Deno.test("Disk keeps what was synced, and of the rest what luck has it", () => {
  const disk = new Disk(new Map([["f", new TextEncoder().encode("abc")]]));
  const text = (luck: number) => new TextDecoder().decode(disk.afterCut(() => luck).get("f"));
  disk.see(callOf("wrote", "XY", 2));
  deepEqual([text(0), text(1)], ["abc", "abXY"]);
  disk.see(callOf("synced"));
  deepEqual([text(0), text(1)], ["abXY", "abXY"]);
  disk.see(callOf("truncated", "", 1));
  deepEqual([text(0), text(1)], ["abXY", "a"]);
  disk.see(callOf("wrote", "z".repeat(1_024), 0));
  equal(text(0.5), `${"z".repeat(512)}`);
  disk.see({ ...callOf("wrote", "other"), place: "g" });
  deepEqual([...disk.afterCut(() => 1).keys()], ["f"]);
});

testMain("has what it acknowledged after a power cut at any moment", async (command) => {
  await using world = await World.create({
    channels: ["console"],
    settings: { limits: { journal: "20MB" } },
  });
  await using webhook = await startWebhook(command, world.flags);
  // The first makes the tables.
  await world.send(webhook.url, 1);
  let trace: string;
  let disk: Disk;
  {
    await using strace = await attachStrace(webhook.pid, TRACE_FLAGS);
    const paths = FILES.map((name) => join(world.data, name));
    disk = new Disk(
      new Map(await Promise.all(paths.map(async (path) => [path, await Deno.readFile(path)] as const))),
    );
    await world.send(webhook.url, NOTIFICATIONS, PADDING);
    trace = await strace.text();
  }
  webhook.signal("SIGKILL");
  await webhook.ended;

  const calls = [...readCalls(trace)];
  ok(
    calls.some(({ did, place }) => did === "wrote" && place.endsWith("journal.db")),
    "there was no checkpoint",
  );
  const moments = new Set(Array.from({ length: CUTS }, () => Math.floor(Math.random() * calls.length)));
  const asked = new Map<string, string>();
  const acknowledged = new Set([markerOf(0)]);
  let judged = 0;
  for (const [moment, call] of calls.entries()) {
    disk.see(call);
    const { did, place, bytes } = call;
    if (did === "received" && bytes.startsWith("POST ")) asked.set(place, bytes.match(MARKER)?.[0] ?? "");
    else if (did === "received" && asked.get(place) === "") asked.set(place, bytes.match(MARKER)?.[0] ?? "");
    else if (did === "sent" && bytes.startsWith("HTTP/1.1 200")) acknowledged.add(asked.get(place)!);
    if (!moments.has(moment)) continue;
    for (const luck of [() => 0, () => 1, Math.random, () => Math.round(Math.random())]) {
      deepEqual(
        await lostBy(disk, luck, acknowledged),
        [],
        `a power cut after call ${moment} of ${calls.length}`,
      );
      judged++;
    }
  }
  equal(judged, moments.size * 4);
  equal(acknowledged.size, NOTIFICATIONS + 1);
}, noStrace);

/** What was acknowledged and is not there after a power cut. */
async function lostBy(disk: Disk, luck: () => number, acknowledged: ReadonlySet<string>): Promise<string[]> {
  const directory = await Deno.makeTempDir({ prefix: "vigie-cut-" });
  try {
    for (const [path, bytes] of disk.afterCut(luck)) {
      await Deno.writeFile(join(directory, path.slice(path.lastIndexOf("/") + 1)), bytes);
    }
    const { copies } = await readJournal(directory);
    return [...acknowledged].filter((marker) => !copies.has(marker));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
