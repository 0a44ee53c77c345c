import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { byteLength, cutBytes, cutUnits, fitMessage, largest } from "./cut.ts";
import { arbitraryMessage } from "./testing/arbitrary_notification.ts";
import { caseMessage } from "./testing/cases.ts";

Deno.test("cutUnits cuts to the limit, says so, and halves no character", () => {
  equal(cutUnits("abc", 3), "abc");
  equal(cutUnits("abcd", 3), "ab…");
  equal(cutUnits("a 😀", 3), "a…");
  equal(cutUnits("😀😀", 3), "😀…");
  equal(cutUnits("a👩‍👩‍👧b", 8), "a…");
  equal(cutUnits("🇫🇷🇩🇪", 7), "🇫🇷…");
  equal(cutUnits("me\u0301e\u0301n", 5), "me\u0301…");
  equal(cutUnits(`e${"\u0301".repeat(99)}`, 50), `e${"\u0301".repeat(48)}…`);
  equal(cutUnits("abc", 1), "…");
  equal(cutUnits("abc", 0), "");
  fc.assert(fc.property(fc.string({ unit: "binary" }), fc.nat(40), (text, limit) => {
    const cut = cutUnits(text.toWellFormed(), limit);
    ok(cut.length <= limit && cut.isWellFormed());
  }));
});

Deno.test("cutBytes cuts to the limit in UTF-8, says so, and halves no character", () => {
  equal(cutBytes("éé", 4), "éé");
  equal(cutBytes("ééé", 5), "é…");
  equal(cutBytes("😀😀", 7), "😀…");
  equal(cutBytes("a👩‍👩‍👧", 12), "a…");
  fc.assert(fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 3, max: 40 }), (text, limit) => {
    const cut = cutBytes(text.toWellFormed(), limit);
    ok(byteLength(cut) <= limit && cut.isWellFormed());
  }));
});

Deno.test("largest finds the last that passes", () => {
  equal(largest(1, 100, (n) => n <= 42), 42);
  equal(largest(1, 100, () => true), 100);
  equal(largest(1, 100, () => false), undefined);
  equal(largest(5, 3, (n) => n <= 5), 5);
});

Deno.test("fitMessage leaves what fits, then cuts the longest texts, then the last alerts, then all", () => {
  const long = caseMessage("long", "en");
  const size = (message: typeof long) =>
    message.alerts.reduce((sum, { summary, description }) => sum + summary.length + description.length, 0);
  const within = (limit: number) => fitMessage(long, ({ message }) => size(message) <= limit, 100);
  const whole = size(long);
  deepEqual(within(whole), { message: long, omitted: 0 });

  const shorter = within(whole - 10_000);
  deepEqual([shorter.omitted, shorter.message.alerts.length], [0, 60]);
  equal(shorter.message.alerts[0]!.summary, long.alerts[0]!.summary, "a short text was cut");
  ok(shorter.message.alerts[0]!.description.endsWith("…"));
  ok(size(shorter.message) > whole - 10_000 - 60 * 20, "more was cut off than had to be");

  const fewer = within(3_000);
  ok(fewer.omitted > 0 && fewer.message.alerts.length > 5);
  equal(fewer.omitted + fewer.message.alerts.length, 60);
  ok(fewer.message.alerts[0]!.description.length > 150, "texts were cut to nothing");

  const one = within(100);
  deepEqual([one.message.alerts.length, one.omitted], [1, 59]);
  deepEqual(within(0).message.links, []);
});

Deno.test("fitMessage shows no more alerts than it may", () => {
  const { message, omitted } = fitMessage(caseMessage("long", "en"), () => true, 10);
  deepEqual([message.alerts.length, omitted], [10, 50]);
});

Deno.test("fitMessage fits whatever can be fitted", () => {
  const size = (value: unknown) => JSON.stringify(value).length;
  fc.assert(
    fc.property(arbitraryMessage, fc.integer({ min: 3_000, max: 20_000 }), (message, limit) => {
      const told = ({ title, text, alerts, notes }: typeof message) =>
        size([
          title,
          text,
          notes,
          alerts.map(({ name, summary, description }) => [name, summary, description]),
        ]);
      const { message: fitted } = fitMessage(message, ({ message }) => told(message) <= limit, 100);
      ok(told(fitted) <= limit);
    }),
    { numRuns: 100 },
  );
});
