import assert from "node:assert/strict";
import fc from "fast-check";
import type { Outcome } from "../channels/mod.ts";
import type { SqliteJournal } from "../journal/mod.ts";
import { type Answer, body, type Sent, type TestDelivery, withDelivery } from "./testing.ts";

type Behaviour = Outcome | "hang" | "throw";

type Action =
  | {
    readonly do: "accept";
    readonly group: number;
    readonly alert: string;
    readonly critical: boolean;
    /** After so many turns of the event loop the next thing happens; when all has come to rest by default. */
    readonly turns: number | undefined;
  }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "restart" | "kill" };

const behaviours: fc.Arbitrary<Behaviour> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Behaviour>({ result: "delivered" }) },
  { weight: 4, arbitrary: fc.constant<Behaviour>({ result: "retry", reason: "503" }) },
  { weight: 1, arbitrary: fc.constantFrom(1_000, 200_000, 7_200_000).map((afterMs) => RETRY_AFTER(afterMs)) },
  { weight: 2, arbitrary: fc.constant<Behaviour>({ result: "refused", reason: "400" }) },
  { weight: 1, arbitrary: fc.constant<Behaviour>({ result: "gone", reason: "410" }) },
  { weight: 1, arbitrary: fc.constantFrom<Behaviour>("hang", "throw") },
);

const actions: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("accept" as const),
      group: fc.nat(2),
      alert: fc.constantFrom("A", "~A", "B", "~B"),
      critical: fc.boolean(),
      turns: fc.option(fc.nat(6), { nil: undefined }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.constantFrom(100, 5_000, 60_000, 400_000, 5_000_000),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom<Action>({ do: "restart" }, { do: "kill" }) },
);

function RETRY_AFTER(afterMs: number): Behaviour {
  return { result: "retry", reason: "429", afterMs };
}

/** A destination that behaves as it is told, and keeps what it took and what it refused. */
function destination(script: readonly Behaviour[]) {
  const took: Sent[] = [];
  const refused: Sent[] = [];
  let turn = 0;
  let isGood = false;
  const answer: Answer = (sent) => {
    const behaviour = isGood ? { result: "delivered" } as const : script[turn++ % script.length]!;
    if (behaviour === "hang") return new Promise(() => {});
    if (behaviour === "throw") throw new Error("defect");
    if (behaviour.result === "delivered") took.push(sent);
    if (behaviour.result === "refused") refused.push(sent);
    return behaviour;
  };
  return { answer, took, refused, heal: () => void (isGood = true) };
}

interface Row {
  readonly id: number;
  readonly notification_id: number;
  readonly channel: string;
  readonly state: 0 | 1 | 2 | 3;
  readonly into_id: number | null;
}

/** Every delivery in the journal by its id. */
function rows(t: TestDelivery): Map<number, Row> {
  const { database } = t.journal() as SqliteJournal;
  const all = database.prepare("SELECT id, notification_id, channel, state, into_id FROM delivery").all();
  return new Map((all as unknown as Row[]).map((row) => [row.id, row]));
}

async function run(t: TestDelivery, action: Action, accepted: number[]): Promise<void> {
  switch (action.do) {
    case "accept": {
      const alert = action.critical ? `${action.alert}/critical` : action.alert;
      accepted.push((await t.accept(body(`g${action.group}`, [alert]), { turns: action.turns })).id);
      return;
    }
    case "wait":
      return await t.clock.advance(action.ms);
    case "restart":
      return await t.restart();
    case "kill":
      return await t.kill();
  }
}

Deno.test("createDelivery loses nothing it was given, whatever the destinations answer and however the process ends", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(behaviours, { minLength: 1, maxLength: 12 }),
      fc.array(behaviours, { minLength: 1, maxLength: 12 }),
      fc.array(actions, { minLength: 1, maxLength: 25 }),
      async (script, other, steps) => {
        const a = destination(script);
        const b = destination(other);
        const channels = { a: { ...a, fallback: "b", maxAgeMs: 3 * 3_600_000 }, b: { ...b, fallback: "a" } };
        await withDelivery({ channels }, async (t) => {
          const accepted: number[] = [];
          for (const step of steps) await run(t, step, accepted);
          a.heal();
          b.heal();
          await t.clock.advance(9 * 3_600_000);
          await t.delivery().idle();

          const all = rows(t);
          for (const channel of ["a", "b"]) {
            const took = new Set((channel === "a" ? a : b).took.map(({ message }) => message.id));
            for (const notificationId of accepted) {
              const row = [...all.values()].find((row) =>
                row.notification_id === notificationId && row.channel === channel
              );
              assert.ok(row, `notification ${notificationId} was never queued for ${channel}`);
            }
            for (const row of all.values()) {
              if (row.channel !== channel) continue;
              assert.notEqual(row.state, 0, "something is still queued although all is well");
              if (row.state === 1) assert.ok(took.has(row.notification_id), "delivered, but never taken");
              const into = row.into_id === null ? undefined : all.get(row.into_id);
              if (row.state === 2) assert.ok(into!.state === 1 || into!.state === 3, "nobody spoke for it");
            }
          }
        });
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("createDelivery keeps the order of each group, and asks once in plain text", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(behaviours, { minLength: 1, maxLength: 12 }),
      fc.array(actions.filter((action) => action.do !== "kill"), { minLength: 1, maxLength: 25 }),
      async (script, steps) => {
        const a = destination(script);
        await withDelivery({ channels: { a } }, async (t) => {
          const accepted: number[] = [];
          for (const step of steps) await run(t, step, accepted);
          a.heal();
          await t.clock.advance(9 * 3_600_000);
          const last = new Map<string, number>();
          for (const { message } of a.took) {
            assert.ok(message.id > (last.get(message.group) ?? 0), "an older one was told after a newer one");
            last.set(message.group, message.id);
          }
          const refused = a.refused.map(({ message, plain }) => `${message.id} ${plain}`);
          assert.equal(new Set(refused).size, refused.length, "a form was sent again after it was refused");
        });
      },
    ),
    { numRuns: 60 },
  );
});
