import { deepEqual, equal, ok } from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { eventually, type RunningWebhook, startWebhook } from "../e2e/webhook/running_webhook.ts";
import { testMain } from "../e2e/webhook/compiled.ts";
import { askJournal } from "./asked_journal.ts";
import { KILLS, lateWrite } from "./kills.ts";
import { noStrace } from "./strace.ts";
import { brokenPromises, readJournal } from "./oracle.ts";
import { WILLING, World } from "./world.ts";

/** How often the webhook is killed; `VIGIE_CRASH_ROUNDS` asks for more. */
const ROUNDS = Number(Deno.env.get("VIGIE_CRASH_ROUNDS") ?? 48);
const SENT_A_ROUND = 12;
// When its moment does not come in this time, it is killed all the same.
const PATIENCE_MS = 500;
// Starts are killed one after another, each a little later.
const STARTS = 8;
const START_STEP_MS = 30;

// About what a few notifications, their deliveries and their removal take.
const CLEAN_UP_STEP_CALLS = 40;
const CLEAN_UP_MS = 2_500;

const kills = KILLS.filter(({ whyNot }) => whyNot === undefined);

testMain("loses nothing that it acknowledged, whenever it is killed", async (command) => {
  await using world = await World.create();
  const came = new Map<string, number>(kills.map(({ moment }) => [moment, 0]));
  for (let round = 0; round < ROUNDS; round++) {
    const kill = kills[round % kills.length]!;
    const atItsMoment = await killed(command, world, kill, Math.floor(round / kills.length));
    if (atItsMoment) came.set(kill.moment, came.get(kill.moment)! + 1);
    deepEqual(await lost(world), [], `after round ${round}, killed ${kill.moment}`);
    if (round < STARTS) {
      await killedAtStart(command, world, (round + 1) * START_STEP_MS);
      deepEqual(await lost(world), [], `after a start that was killed in round ${round}`);
    }
  }
  for (const [moment, times] of came) ok(times > 0, `It was never killed ${moment}`);
  await settles(command, world);
  equal(await lost(world).then((broken) => broken.join("\n")), "");
  ok(world.acknowledged.size >= ROUNDS, `only ${world.acknowledged.size} were acknowledged`);
});

testMain("loses nothing when it is killed in the middle of clean-up", async (command) => {
  // So small that room must be made all the time; what is old goes as soon as it may.
  const settings = { limits: { journal: "1MB" }, retention: { age: "1s", deadAge: "1s" } };
  await using world = await World.create({ settings, channels: WILLING });
  const kill = lateWrite(CLEAN_UP_STEP_CALLS);
  let atTheMoment = 0;
  for (let round = 0; round < ROUNDS / 4; round++) {
    if (await killed(command, world, kill, round, CLEAN_UP_MS)) atTheMoment++;
    deepEqual(await lost(world), [], `after round ${round}`);
  }
  ok(atTheMoment > 0, `It was never killed ${kill.moment}`);
  await settles(command, world);
  deepEqual(await lost(world), []);
  const { order } = await readJournal(world.data);
  ok(order.length < world.acknowledged.size, `all of ${order.length} are kept: nothing was cleaned up`);
}, noStrace);

/** One life: notifications come until it is killed. @returns whether it was killed at the moment that was meant. */
async function killed(
  command: readonly string[],
  world: World,
  kill: typeof kills[number],
  step: number,
  patienceMs = PATIENCE_MS,
): Promise<boolean> {
  await using webhook = await startWebhook(command, world.flags);
  await using _armed = await kill.arm(webhook, world, step);
  let dead = false;
  const end = webhook.ended.then(() => dead = true);
  const sending = world.send(webhook.url, SENT_A_ROUND);
  const patience = new AbortController();
  await Promise.race([end, delay(patienceMs, undefined, { signal: patience.signal }).catch(() => {})]);
  patience.abort();
  const atItsMoment = dead;
  if (!dead) webhook.signal("SIGKILL");
  world.printed((await webhook.ended).stdout);
  await sending;
  return atItsMoment;
}

async function killedAtStart(command: readonly string[], world: World, afterMs: number): Promise<void> {
  const [program, ...args] = command;
  const child = new Deno.Command(program!, {
    args: [...args, "--listen", "127.0.0.1:0", ...world.flags],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const output = child.output();
  await delay(afterMs);
  child.kill("SIGKILL");
  world.printed(new TextDecoder().decode((await output).stdout));
}

/** Left alone, it tells everybody who listens, in order, and stops when it is told to. */
async function settles(command: readonly string[], world: World): Promise<void> {
  await using webhook: RunningWebhook = await startWebhook(command, world.flags);
  await world.send(webhook.url, SENT_A_ROUND);
  await eventually("those who listen are told everything", () => {
    world.printed(webhook.output.stdout);
    return WILLING.every((channel) =>
      [...world.acknowledged].every((marker) => world.witness.arrived(channel, marker))
    ) ||
      undefined;
  });
  // What it says of itself must agree; what it has just printed may be a moment on its way.
  let broken: string[] = [];
  await eventually("its API shows nothing lost", async () => {
    const journal = await askJournal(webhook.url);
    world.printed(webhook.output.stdout);
    broken = brokenPromises(journal, world.witness);
    return broken.length === 0 || undefined;
  }).catch(() => deepEqual(broken, []));
  webhook.signal("SIGTERM");
  const { code, stdout } = await webhook.ended;
  equal(code, 0);
  world.printed(stdout);
  const { order } = await readJournal(world.data);
  for (const channel of WILLING) {
    // What was cleaned up has no place in the order any more.
    const arrived = world.sharedArrivals(channel).filter((marker) => order.includes(marker));
    deepEqual(
      arrived,
      order.filter((marker) => arrived.includes(marker)),
      `${channel} was told out of order`,
    );
  }
}

async function lost(world: World): Promise<string[]> {
  return brokenPromises(await readJournal(world.data), world.witness);
}
