import assert from "node:assert/strict";
import { nearest } from "./nearest.ts";

Deno.test("nearest finds the word that was meant", () => {
  const known = ["name", "address", "labels", "receiver", "receivers"];
  const cases: [string, string | undefined][] = [
    ["adress", "address"],
    ["nmae", "name"],
    ["NAME", "name"],
    ["reciever", "receiver"],
    ["label", "labels"],
    ["wholly", undefined],
    ["x", undefined],
    ["", undefined],
  ];
  for (const [word, meant] of cases) assert.equal(nearest(word, known), meant, word);
});

Deno.test("nearest finds nothing among nothing", () => {
  assert.equal(nearest("name", []), undefined);
});
