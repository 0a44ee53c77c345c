import assert from "node:assert/strict";
import { type Change, type Journal, JournalFailure } from "../journal/journal.ts";
import { createLog } from "../log.ts";
import { createFakeClock } from "../testing/fake_clock.ts";
import { createWriter } from "./writer.ts";

/** A writer to a journal that takes what `settle` takes. */
function writerTo(settle: (ids: readonly number[]) => Promise<void>) {
  const clock = createFakeClock();
  const logged: string[] = [];
  const written: number[] = [];
  const journal = {
    async settle(changes: readonly Change[]) {
      const ids = changes.map(({ id }) => id);
      await settle(ids);
      written.push(...ids);
    },
  } as Journal;
  const writer = createWriter(journal, clock, createLog((line) => void logged.push(line), clock.now));
  const put = (id: number) => writer.settle([{ to: "delivered", id, atMs: 0, tookMs: 1 }]);
  return { clock, logged, written, writer, put };
}

Deno.test("createWriter keeps the order of what it cannot write yet", async () => {
  let isFull = true;
  const { clock, put, written } = writerTo(() =>
    isFull ? Promise.reject(new JournalFailure("The disk is full")) : Promise.resolve()
  );
  // The second one is asked for while the first one is being written.
  const all = [put(1), put(2)];
  await clock.advance(500);
  all.push(put(3));
  await clock.advance(3_000);
  assert.deepEqual(written, []);
  isFull = false;
  await clock.advance(1_000);
  assert.deepEqual(await Promise.all(all), [true, true, true]);
  assert.deepEqual(written, [1, 2, 3]);
});

Deno.test("createWriter writes everything but what the journal does not take", async () => {
  const { clock, put, written, writer } = writerTo((ids) =>
    ids.includes(2) ? Promise.reject(new RangeError("No such delivery")) : Promise.resolve()
  );
  const all = [put(1), put(2), put(3), put(4)];
  await clock.advance(2_000);
  assert.deepEqual(written, [1, 3, 4]);
  writer.stop();
  await clock.settle();
  assert.deepEqual(await Promise.all(all), [true, false, true, true]);
});

Deno.test("createWriter says once that it cannot write, and once that it can again", async () => {
  let isFull = true;
  const { clock, put, logged } = writerTo(() =>
    isFull ? Promise.reject(new JournalFailure("The disk is full")) : Promise.resolve()
  );
  void put(1);
  await clock.advance(10_000);
  isFull = false;
  await clock.advance(1_000);
  assert.deepEqual(logged.map((line) => line.replace(/^time=\S+ /, "").trim()), [
    'level=ERROR msg="Cannot note what became of deliveries: trying again" reason="The disk is full"',
    'level=INFO msg="Deliveries are noted again"',
  ]);
});

Deno.test("createWriter tries once more when it is stopped, and later things once", async () => {
  let tries = 0;
  const { clock, put, writer } = writerTo(() => {
    tries++;
    return Promise.reject(new JournalFailure("The disk is full"));
  });
  const one = put(1);
  await clock.settle();
  assert.equal(tries, 1);
  writer.stop();
  assert.equal(await one, false);
  assert.equal(await put(2), false);
  assert.equal(tries, 3);
  assert.equal(clock.waiting(), 0);
});
