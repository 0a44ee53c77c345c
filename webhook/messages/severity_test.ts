import { deepEqual, equal } from "node:assert/strict";
import { severityOf, worst } from "./severity.ts";

Deno.test("severityOf reads the field's usual words, however they are written", () => {
  for (const word of ["critical", "CRITICAL", " crit ", "page", "error", "fatal", "P1", "disaster"]) {
    equal(severityOf(word), "critical", word);
  }
  for (const word of ["warning", "Warn", "minor", "medium", "P3"]) equal(severityOf(word), "warning", word);
  for (const word of ["info", "informational", "notice", "low", "P5"]) equal(severityOf(word), "info", word);
});

Deno.test("severityOf gives none for what says nothing", () => {
  deepEqual([undefined, "", "none", "banana", "__proto__"].map(severityOf), [
    "none",
    "none",
    "none",
    "none",
    "none",
  ]);
});

Deno.test("worst gives the worst, and none for none", () => {
  equal(worst(["info", "critical", "warning"]), "critical");
  equal(worst(["none", "info"]), "info");
  equal(worst([]), "none");
});
