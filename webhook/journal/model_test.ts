/** The journal against a simple model of it in memory: whatever is asked for in whatever order, closed and opened again in between. */

import fc from "fast-check";
import assert from "node:assert/strict";
import type { Change, Delivery, SqliteJournal } from "./mod.ts";
import { arrival, type TestJournal, withJournal } from "./testing.ts";

const CHANNELS = ["a", "b", "c"];
const GROUPS = ["x", "y", "z"];
const WINDOW_MS = 300_000;

interface ModelDelivery {
  readonly id: number;
  readonly channel: string;
  readonly group: string;
  state: Delivery["state"];
  nextMs: number;
  attempts: number;
}

interface Model {
  notifications: number;
  readonly digests: Map<string, { readonly id: number; readonly receivedMs: number }>;
  readonly groupOf: Map<number, string>;
  readonly deliveries: Map<number, ModelDelivery>;
  readonly refs: Map<string, string>;
  readonly facts: Map<string, number>;
}

interface Real {
  readonly world: TestJournal;
  journal: SqliteJournal;
}

type Command = fc.AsyncCommand<Model, Real>;

function command(name: string, run: (model: Model, real: Real) => Promise<void>): Command {
  return {
    check: () => true,
    async run(model, real) {
      await run(model, real);
      compare(model, real);
    },
    toString: () => name,
  };
}

/** The queued deliveries of a line, oldest first. */
function lineOf(model: Model, channel: string, group: string): ModelDelivery[] {
  return [...model.deliveries.values()]
    .filter((one) => one.state === "queued" && one.channel === channel && one.group === group)
    .sort((a, b) => a.id - b.id);
}

function compare(model: Model, { journal, world: { clock } }: Real): void {
  const now = clock.now();
  const none = new Set<string>();
  for (const channel of CHANNELS) {
    const lines = GROUPS.map((group) => lineOf(model, channel, group)).filter((line) => line.length > 0);
    const due = lines.filter(([head]) => head!.nextMs <= now);
    const real = journal.due(channel, now, 100, none);
    assert.deepEqual(
      real.map(({ deliveries }) => deliveries.map(({ id, attempts }) => [id, attempts])).sort(),
      due.map((line) => line.map(({ id, attempts }) => [id, attempts])).sort(),
    );
    const heads = real.map(({ deliveries }) => deliveries[0]!.nextMs);
    assert.deepEqual(heads, heads.toSorted((a, b) => a - b));
    const next = lines.length === 0 ? undefined : Math.min(...lines.map(([head]) => head!.nextMs));
    assert.equal(journal.nextDueMs(channel, none), next);
    const count = (state: Delivery["state"]) =>
      [...model.deliveries.values()].filter((one) => one.channel === channel && one.state === state).length;
    const depth = journal.depths().get(channel);
    assert.deepEqual([depth?.queued ?? 0, depth?.dead ?? 0], [count("queued"), count("dead")]);
    assert.equal(depth?.oldestMs === undefined, count("queued") === 0);
    for (const group of GROUPS) {
      assert.equal(journal.refOf(channel, group), model.refs.get(`${channel} ${group}`));
    }
  }
  for (const [key, value] of model.facts) assert.equal(journal.get(key), value);
}

const channel = fc.constantFrom(...CHANNELS);

const accept = fc.record({
  group: fc.constantFrom(...GROUPS),
  digest: fc.option(fc.constantFrom("d1", "d2", "d3"), { nil: undefined }),
  channels: fc.uniqueArray(channel),
  delayMs: fc.constantFrom(0, 0, 5_000),
}).map(({ group, digest, channels, delayMs }) =>
  command(`accept ${group} ${digest} ${channels}`, async (model, { journal, world: { clock } }) => {
    const nowMs = clock.now();
    const known = digest === undefined ? undefined : model.digests.get(digest);
    const deliveries = channels.map((channel) => ({ channel, notBeforeMs: nowMs + delayMs }));
    const accepted = await journal.accept(arrival(clock, { group, digest, deliveries }));
    if (known && nowMs - known.receivedMs <= WINDOW_MS) {
      return assert.deepEqual(accepted, { id: known.id, duplicate: true });
    }
    const id = ++model.notifications;
    assert.deepEqual(accepted, { id, duplicate: false });
    model.groupOf.set(id, group);
    if (digest !== undefined) model.digests.set(digest, { id, receivedMs: nowMs });
    channels.forEach((channel, which) => add(model, id, which, channel, nowMs + delayMs));
  })
);

function add(model: Model, notification: number, which: number, channel: string, nextMs: number): void {
  const id = notification * 1_024 + which;
  const group = model.groupOf.get(notification)!;
  model.deliveries.set(id, { id, channel, group, state: "queued", nextMs, attempts: 0 });
}

function late(model: Model, notification: number, channel: string, nowMs: number): void {
  const ids = [...model.deliveries.keys()].filter((id) => Math.floor(id / 1_024) === notification);
  add(
    model,
    notification,
    ids.length === 0 ? 0 : Math.max(...ids) - notification * 1_024 + 1,
    channel,
    nowMs,
  );
}

/** One of the queued or dead deliveries, as a number chooses; undefined when there is none. */
function pick(model: Model, state: Delivery["state"], which: number): ModelDelivery | undefined {
  const found = [...model.deliveries.values()].filter((one) => one.state === state);
  return found[which % found.length];
}

const settle = fc.record({
  which: fc.nat(),
  to: fc.constantFrom("delivered" as const, "dead" as const, "queued" as const),
  isCoalesced: fc.boolean(),
  ref: fc.option(fc.constantFrom("m1", "m2"), { nil: undefined }),
  fallback: fc.option(channel, { nil: undefined }),
  waitMs: fc.constantFrom(0, 1_000, 60_000),
}).map(({ which, to, isCoalesced, ref, fallback, waitMs }) =>
  command(`settle ${which} ${to}`, async (model, { journal, world: { clock } }) => {
    const one = pick(model, "queued", which);
    if (!one) return;
    const atMs = clock.now();
    const older = lineOf(model, one.channel, one.group).filter(({ id }) => isCoalesced && id < one.id);
    const coalesced = older.map(({ id }) => id);
    const common = { id: one.id, atMs };
    const change: Change = to === "delivered"
      ? { ...common, to, tookMs: 1, ref, coalesced }
      : to === "dead"
      ? {
        ...common,
        to,
        tookMs: 1,
        reason: "no",
        coalesced,
        fallback: fallback === undefined ? undefined : { channel: fallback },
      }
      : {
        ...common,
        to,
        attempt: { tookMs: 1, reason: "503" },
        nextMs: atMs + waitMs,
        partsDone: 0,
        plain: false,
      };
    await journal.settle([change]);
    one.attempts++;
    if (to === "queued") return void (one.nextMs = atMs + waitMs);
    one.state = to;
    for (const other of older) other.state = "coalesced";
    if (to === "delivered" && ref !== undefined) model.refs.set(`${one.channel} ${one.group}`, ref);
    if (to === "dead" && fallback !== undefined) late(model, Math.floor(one.id / 1_024), fallback, atMs);
  })
);

const replay = fc.nat().map((which) =>
  command(`replay ${which}`, async (model, { journal, world: { clock } }) => {
    const one = pick(model, "dead", which);
    assert.equal(await journal.replay(one ? [one.id, 1] : [], clock.now()), one ? 1 : 0);
    if (one) Object.assign(one, { state: "queued", attempts: 0, nextMs: clock.now() });
  })
);

const queue = fc.record({ which: fc.nat(), channel }).map(({ which, channel }) =>
  command(`queue ${which} ${channel}`, async (model, { journal, world: { clock } }) => {
    if (model.notifications === 0) return;
    const notification = which % model.notifications + 1;
    await journal.queue(notification, { channel });
    late(model, notification, channel, clock.now());
  })
);

const put = fc.record({ key: fc.constantFrom("k1", "k2"), value: fc.integer() }).map(({ key, value }) =>
  command(`put ${key}`, async (model, { journal }) => {
    await journal.put(key, value);
    model.facts.set(key, value);
  })
);

const reopen = fc.constant(command("reopen", async (_model, real) => {
  real.journal = await real.world.reopen();
}));

const wait = fc.constantFrom(1, 4_000, 200_000).map((ms) =>
  command(`wait ${ms}`, (_model, { world: { clock } }) => Promise.resolve(clock.set(clock.now() + ms)))
);

Deno.test("Journal does what a simple model of it does, whatever is asked", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.commands([accept, accept, settle, settle, settle, replay, queue, put, reopen, wait], {
        maxCommands: 40,
      }),
      (commands) =>
        withJournal(async (world) => {
          const model: Model = {
            notifications: 0,
            digests: new Map(),
            groupOf: new Map(),
            deliveries: new Map(),
            refs: new Map(),
            facts: new Map(),
          };
          await fc.asyncModelRun(() => ({ model, real: { world, journal: world.journal } }), commands);
        }),
    ),
    { numRuns: Number(Deno.env.get("VIGIE_PROPERTY_RUNS") ?? 25) },
  );
});
