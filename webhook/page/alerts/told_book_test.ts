import { deepEqual, equal } from "node:assert/strict";
import { createAlertIndex } from "../../journal/alert_index.ts";
import { createArchive } from "../../journal/archive.ts";
import { arrival, withJournal } from "../../journal/testing.ts";
import { decodeNotification } from "../../payload.ts";
import { createToldBook } from "./told_book.ts";

const told = (name: string, status: "firing" | "resolved", fingerprint = name) => ({
  fingerprint,
  status,
  labels: { alertname: name },
  startsAt: "2026-01-02T03:04:05Z",
});

/** Runs `test` with a book of a journal that `accept` fills. */
async function withBook(
  test: (world: {
    accept(...alerts: object[]): Promise<number>;
    remove(id: number): void;
    newBook(): ReturnType<typeof createToldBook>;
  }) => Promise<void>,
) {
  await withJournal(async ({ journal, clock }) => {
    const index = createAlertIndex(journal, { clock });
    await test({
      async accept(...alerts) {
        const json = { status: "firing", alerts };
        const body = new TextEncoder().encode(JSON.stringify(json));
        return (await journal.accept(arrival(clock, { notification: decodeNotification(json), body }))).id;
      },
      remove: (id) => journal.database.exec(`DELETE FROM notification WHERE id = ${id}`),
      newBook: () => createToldBook(createArchive(journal, index)),
    });
    await index.stop();
  });
}

const names = (book: ReturnType<typeof createToldBook>) =>
  book.firing(10).alerts.map(({ alert, notificationId }) => `${notificationId} ${alert.labels.alertname}`);

Deno.test("createToldBook knows what fires as far as was told, and what came since it was read", () =>
  withBook(async ({ accept, newBook }) => {
    const book = newBook();
    equal(await book.read(), true);
    deepEqual(book.firing(10), { alerts: [], count: 0 });
    const first = await accept(told("A", "firing"), told("B", "firing"));
    const second = await accept(told("C", "firing"));
    await accept(told("A", "resolved"));
    const expected = [`${second} C`, `${first} B`];
    await book.read();
    deepEqual(names(book), expected);
    const late = newBook();
    await late.read();
    deepEqual(names(late), expected);
    const again = await accept(told("A", "firing"));
    await accept(told("C", "resolved"));
    for (const each of [book, late]) {
      await each.read();
      deepEqual(names(each), [`${again} A`, `${first} B`]);
      equal(each.of(told("C", "firing"))?.isFiring, false);
      equal(each.of(told("D", "firing")), undefined);
    }
    deepEqual(book.firing(1).count, 2);
  }));

Deno.test("createToldBook tells alerts without a fingerprint apart by their labels", () =>
  withBook(async ({ accept, newBook }) => {
    const [a, b] = [told("A", "firing", ""), told("B", "firing", "")];
    await accept(a, b);
    const id = await accept({ ...b, status: "resolved" });
    const book = newBook();
    await book.read();
    equal(book.of({ fingerprint: "", labels: { alertname: "A" } })?.isFiring, true);
    deepEqual(book.of({ fingerprint: "", labels: { alertname: "B" } })?.notificationId, id);
  }));

Deno.test("createToldBook reads anew after a flood, and shows nothing that is not kept any more", () =>
  withBook(async ({ accept, remove, newBook }) => {
    const gone = await accept(told("A", "firing"));
    const book = newBook();
    await book.read();
    remove(gone);
    deepEqual(names(book), []);
    const flood = Array.from(
      { length: 1_001 },
      (_, i) => told(`B${i % 3}`, i % 3 === 2 ? "resolved" : "firing"),
    );
    await Promise.all(flood.map((alert) => accept(alert)));
    while (!await book.read());
    deepEqual(names(book).map((name) => name.replace(/^\d+ /, "")), ["B1", "B0"]);
  }));
