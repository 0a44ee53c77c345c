import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { eventually, type RunningWebhook, runWebhook, startWebhook } from "../e2e/webhook/running_webhook.ts";
import { testMain } from "../e2e/webhook/compiled.ts";
import { markerOf, notificationOf, post } from "./notification.ts";
import { brokenPromises, readJournal } from "./oracle.ts";
import { noDisk, smallDisk } from "./small_disk.ts";
import { attachStrace, noStrace, spoil } from "./strace.ts";
import { World } from "./world.ts";

const MIB = 1024 * 1024;
const DISK_BYTES = 24 * MIB;
const ROOM_BYTES = 2 * MIB;
const BODY_BYTES = 100_000;

/** Asks a path. */
async function get(webhook: RunningWebhook, path: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`${webhook.url}${path}`);
  return { status: response.status, text: await response.text() };
}

async function ready(webhook: RunningWebhook, status: number): Promise<string> {
  return await eventually(`/ready answers ${status}`, async () => {
    const answer = await get(webhook, "/ready");
    return answer.status === status ? answer.text : undefined;
  });
}

/** Posts new notifications until one is answered `status`. @returns how many were answered otherwise, all of them 200 or 503. */
async function postUntil(
  world: World,
  webhook: RunningWebhook,
  status: number,
  first: number,
): Promise<number> {
  let sent = 0;
  await eventually(`a notification is answered ${status}`, async () => {
    const marker = markerOf(first + sent++);
    const got = await post(webhook.url, notificationOf({ marker, padding: BODY_BYTES }));
    if (got === 200) world.acknowledged.add(marker);
    else equal(got, 503);
    return got === status || undefined;
  });
  return sent - 1;
}

async function lost(world: World): Promise<string> {
  return brokenPromises(await readJournal(world.data), world.witness).join("\n");
}

testMain("answers 503 while its disk is full, and goes on by itself once there is room", async (command) => {
  await using disk = await smallDisk(DISK_BYTES);
  await using world = await World.create({ data: join(disk.directory, "data") });
  {
    await using webhook = await startWebhook(command, world.flags);
    equal((await get(webhook, "/ready")).status, 200);
    await postUntil(world, webhook, 200, 0);
    await disk.fill(ROOM_BYTES);
    const taken = await postUntil(world, webhook, 503, 100);
    ok(taken > 0, "none was taken");
    match(await ready(webhook, 503), /full/);
    // A liveness probe that kills it would make nothing better.
    equal((await get(webhook, "/health")).status, 200);
    equal((await get(webhook, "/metrics")).status, 200);
    match(webhook.output.stderr, /level=ERROR .*full/);

    await disk.makeRoom();
    await ready(webhook, 200);
    await postUntil(world, webhook, 200, 500);
    await disk.fill(0);
    await postUntil(world, webhook, 503, 600);
    webhook.signal("SIGKILL");
    world.printed((await webhook.ended).stdout);
  }
  await disk.makeRoom();
  equal(await lost(world), "");
  {
    await using webhook = await startWebhook(command, world.flags);
    await ready(webhook, 200);
    await postUntil(world, webhook, 200, 900);
    webhook.signal("SIGTERM");
    const { code, stdout } = await webhook.ended;
    equal(code, 0);
    world.printed(stdout);
  }
  equal(await lost(world), "");
}, noDisk);

testMain("answers 503 while syncs fail, and acknowledges nothing of what it wrote then", async (command) => {
  await using world = await World.create();
  await using webhook = await startWebhook(command, world.flags);
  await postUntil(world, webhook, 200, 0);
  {
    await using _broken = await attachStrace(webhook.pid, spoil("fsync,fdatasync", "error=EIO"));
    for (let number = 100; number < 110; number++) {
      equal(await post(webhook.url, notificationOf({ marker: markerOf(number) })), 503);
    }
    match(await ready(webhook, 503), /disk/);
  }
  await ready(webhook, 200);
  await postUntil(world, webhook, 200, 200);
  webhook.signal("SIGKILL");
  world.printed((await webhook.ended).stdout);
  equal(await lost(world), "");
}, noStrace);

testMain("says that its disk is read-only, and has everything once it can be written", async (command) => {
  await using disk = await smallDisk(DISK_BYTES);
  await using world = await World.create({ data: join(disk.directory, "data") });
  {
    await using webhook = await startWebhook(command, world.flags);
    await postUntil(world, webhook, 200, 0);
    webhook.signal("SIGTERM");
    world.printed((await webhook.ended).stdout);
  }
  await disk.readOnly(true);
  const { code, stderr } = await runWebhook(command, ["--listen", "127.0.0.1:0", ...world.flags]);
  equal(code, 3, stderr);
  match(stderr, /^error: .*read-only.*\n$/);
  await disk.readOnly(false);
  {
    await using webhook = await startWebhook(command, world.flags);
    await ready(webhook, 200);
    await postUntil(world, webhook, 200, 100);
    webhook.signal("SIGTERM");
    world.printed((await webhook.ended).stdout);
  }
  equal(await lost(world), "");
}, noDisk);

testMain("sets a damaged journal aside, saves what can be read, and says so", async (command) => {
  await using world = await World.create();
  const count = 60;
  {
    await using webhook = await startWebhook(command, world.flags);
    for (let number = 0; number < count; number++) {
      equal(await post(webhook.url, notificationOf({ marker: markerOf(number), padding: 3_000 })), 200);
    }
    webhook.signal("SIGTERM");
    await webhook.ended;
  }
  const path = join(world.data, "journal.db");
  const bytes = await Deno.readFile(path);
  const middle = Math.floor(bytes.length / 2 / 4_096) * 4_096;
  crypto.getRandomValues(bytes.subarray(middle, middle + 4_096));
  crypto.getRandomValues(bytes.subarray(middle + 2 * 4_096, middle + 3 * 4_096));
  await Deno.writeFile(path, bytes);

  await using webhook = await startWebhook(command, world.flags);
  await ready(webhook, 200);
  match(webhook.output.stderr, /level=ERROR .*damaged/);
  equal(await post(webhook.url, notificationOf({ marker: markerOf(count) })), 200);
  webhook.signal("SIGTERM");
  equal((await webhook.ended).code, 0);

  const aside = [...Deno.readDirSync(world.data)].map(({ name }) => name).filter((name) =>
    /damaged/.test(name)
  );
  equal(aside.length > 0, true, "nothing was set aside");
  const kept = await Promise.all(aside.map((name) => Deno.readFile(join(world.data, name))));
  ok(kept.some((file) => file.length === bytes.length && file.every((byte, i) => byte === bytes[i])));
  const { copies } = await readJournal(world.data);
  const saved = Array.from({ length: count }, (_, i) => markerOf(i)).filter((marker) => copies.has(marker));
  ok(saved.length >= count - 10, `${saved.length} of ${count} were saved`);
  deepEqual(copies.get(markerOf(count)), 1);
});
