import assert from "node:assert/strict";
import { decimal, inWords, promqlNumber } from "./words.ts";

Deno.test("promqlNumber writes numbers without an exponent", () => {
  assert.deepEqual([90, 92.5, 0.1, 1e-7, 1.5e-7].map(promqlNumber), [
    "90",
    "92.5",
    "0.1",
    "0.0000001",
    "0.00000015",
  ]);
});

Deno.test("decimal has a comma in French", () => {
  assert.deepEqual(decimal(92.5), { fr: "92,5", en: "92.5" });
});

Deno.test("inWords says a duration in full", () => {
  assert.deepEqual(inWords("2m"), { fr: "2 minutes", en: "2 minutes" });
  assert.deepEqual(inWords("90s"), { fr: "1 minute 30 secondes", en: "1 minute 30 seconds" });
  assert.deepEqual(inWords("1w1d1h"), { fr: "8 jours 1 heure", en: "8 days 1 hour" });
  assert.deepEqual(inWords("500ms"), { fr: "500ms", en: "500ms" });
});
