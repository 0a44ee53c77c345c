import assert from "node:assert/strict";
import fc from "fast-check";
import { jsonPlaces, placeAt, walk } from "./json_places.ts";

Deno.test("jsonPlaces finds every value of any JSON text, however it is spaced", () => {
  fc.assert(fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
    const text = JSON.stringify(value, null, indent);
    const offsetOf = jsonPlaces(text);
    for (const { path, value: inner } of walk(JSON.parse(text))) {
      const start = JSON.stringify(inner, null, indent).slice(0, 1);
      assert.equal(text[offsetOf(path)!], start, path.join("."));
    }
  }));
});

Deno.test("jsonPlaces knows nothing of a path that is not there", () => {
  assert.equal(jsonPlaces('{"a": [1]}')(["a", 1]), undefined);
});

Deno.test("placeAt counts lines and columns from 1", () => {
  assert.deepEqual(placeAt("ab\ncd", 0), { line: 1, column: 1 });
  assert.deepEqual(placeAt("ab\ncd", 4), { line: 2, column: 2 });
});
