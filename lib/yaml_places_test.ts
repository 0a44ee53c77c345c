import assert from "node:assert/strict";
import { yamlPlaces } from "./yaml_places.ts";

const TEXT = `# banner
groups:
  - name: host
    rules:
      - alert: HostDown
        expr: up{job="node"} == 0
        annotations:
          summary: 'it''s {{ $value }}'
          description: "a\\tb {{ $x }}"
      - alert: Other
        expr: |-
          sum by (job) (
            up
          ) > 1
`;
const places = yamlPlaces(TEXT);

/** What the text says at a place. */
function at(place: { line: number; column: number; length: number } | undefined): string | undefined {
  return place && TEXT.split("\n")[place.line - 1]!.slice(place.column - 1, place.column - 1 + place.length);
}

Deno.test("yamlPlaces finds values and keys by their path", () => {
  assert.equal(at(places.placeOf(["groups", 0, "rules", 0, "expr"])), 'up{job="node"} == 0');
  assert.equal(at(places.placeOfKey(["groups", 0, "rules", 0, "expr"])), "expr");
  assert.equal(at(places.placeOf(["groups", 0, "name"])), "host");
  assert.equal(at(places.placeOf(["groups", 0, "rules", 1, "expr"])), "|-");
});

Deno.test("yamlPlaces places what is not there at its nearest ancestor", () => {
  assert.equal(at(places.placeOf(["groups", 0, "rules", 1, "for"])), "alert: Other");
  assert.equal(yamlPlaces("").placeOf(["a"]), undefined);
});

Deno.test("yamlPlaces tells what stands at a place", () => {
  const path = (...keys: (string | number)[]) => ["groups", 0, "rules", ...keys];
  const value = (line: number, column?: number) => places.pathAt(line, column);
  assert.deepEqual(value(6, 15), { path: path(0, "expr"), offset: 0 });
  assert.deepEqual(value(6, 18), { path: path(0, "expr"), offset: 3 });
  assert.deepEqual(value(6, 9), { path: path(0, "expr") });
  assert.deepEqual(value(6), { path: path(0, "expr") });
  assert.deepEqual(value(5), { path: path(0, "alert") });
  assert.deepEqual(value(10), { path: path(1, "alert") });
  assert.equal(value(99), undefined);
  assert.equal(value(1), undefined);
});

Deno.test("yamlPlaces counts characters of the value, not of how it is quoted", () => {
  const values: Record<number, [key: string, text: string]> = {
    8: ["{{", "it's {{ $value }}"],
    9: ["{{", "a\tb {{ $x }}"],
  };
  for (const [line, [part, value]] of Object.entries(values)) {
    const column = TEXT.split("\n")[Number(line) - 1]!.indexOf(part) + 1;
    assert.equal(places.pathAt(Number(line), column)?.offset, value.indexOf(part));
  }
  assert.equal(places.pathAt(13, 13)?.offset, "sum by (job) (\n  up\n) > 1".indexOf("up"));
});

Deno.test("yamlPlaces reads what it can of a text that is not YAML", () => {
  assert.deepEqual(yamlPlaces("a: 1\nb: [1, 2\n").placeOf(["a"]), { line: 1, column: 4, length: 1 });
});

Deno.test("yamlPlaces places the characters of a text, however it is quoted", () => {
  const text = `a:
  - sum(x) > 1
  - 'it''s x'
  - "a\\tb x"
  - |
    up
      == x
`;
  const places = yamlPlaces(text);
  const values = ["sum(x) > 1", "it's x", "a\tb x", "up\n  == x\n"];
  const lines = text.split("\n");
  values.forEach((value, i) => {
    const from = value.indexOf("x");
    const place = places.placeIn(["a", i], from, from + 1);
    assert.deepEqual(place?.length, 1);
    assert.deepEqual(lines[place!.line - 1]!.slice(place!.column - 1, place!.column), "x");
  });
  assert.deepEqual(places.placeIn(["a", 0], 0, 6), { line: 2, column: 5, length: 6 });
});
