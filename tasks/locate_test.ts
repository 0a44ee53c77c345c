import assert from "node:assert/strict";
import { placeInValue, placeOfDefaultExport, placeOfImport, placeOfPath, syntaxProblem } from "./locate.ts";

/** What `placeOfPath` points at, as text. */
function found(
  source: string,
  path: readonly PropertyKey[],
  options?: Parameters<typeof placeOfPath>[2],
): string {
  const place = placeOfPath(source, path, options);
  if (!place) return "nothing";
  return source.split("\n")[place.line - 1]!.slice(place.column - 1, place.column - 1 + place.length);
}

const stack = (argument: string, before = "") => `${before}\nexport default defineStack(${argument});`;

Deno.test("placeOfPath finds values and keys, however they are written", () => {
  const cases: [argument: string, path: PropertyKey[], value: string, key: string][] = [
    ["{ name: 'a' }", ["name"], "'a'", "name"],
    ["{ ports: { 'node-exporter': 1 } }", ["ports", "node-exporter"], "1", "'node-exporter'"],
    ["{ hosts: [{ name: 'a' }, { name: 'b' }] }", ["hosts", 1, "name"], "'b'", "name"],
    ["{ name: 'a', name: 'b' }", ["name"], "'b'", "name"],
    ["{ name: 'a' } as const", ["name"], "'a'", "name"],
    ["({ name: ('a' as string)! } satisfies object)", ["name"], "'a'", "name"],
    ["{ name() { return 'a'; } }", ["name"], "name() { return 'a'; }", "name"],
  ];
  for (const [argument, path, value, key] of cases) {
    assert.equal(found(stack(argument), path), value, argument);
    assert.equal(found(stack(argument), path, { at: "key" }), key, argument);
  }
});

Deno.test("placeOfPath follows constants, members and spreads of the same file", () => {
  const before = `const web = { name: "web", address: "b" };
export const common = { scrape: { interval: "x" } };
const more = [{ name: "second" }, web];
const cycle = cycle2, cycle2 = cycle;`;
  const cases: [argument: string, path: PropertyKey[], text: string][] = [
    ["{ hosts: [web] }", ["hosts", 0, "address"], '"b"'],
    ["{ ...common }", ["scrape", "interval"], '"x"'],
    ["{ scrape: common.scrape }", ["scrape", "interval"], '"x"'],
    ["{ scrape: common['scrape'] }", ["scrape", "interval"], '"x"'],
    ["{ ...common, scrape: { interval: 'y' } }", ["scrape", "interval"], "'y'"],
    ["{ hosts: [{ name: 'first' }, ...more] }", ["hosts", 2, "name"], '"web"'],
    ["{ hosts: more.slice(1) }", ["hosts", 0, "name"], "more.slice(1)"],
    ["{ hosts: [...unknown(), { name: 'a' }] }", ["hosts", 1, "name"], "[...unknown(), { name: 'a' }]"],
    ["{ scrape: cycle }", ["scrape", "interval"], "cycle"],
  ];
  for (const [argument, path, text] of cases) {
    assert.equal(found(stack(argument, before), path), text, argument);
  }
});

Deno.test("placeOfPath falls back to the nearest parent that is written", () => {
  assert.equal(found(stack("{ scrape: {} }"), ["scrape", "timeout"]), "{}");
  assert.equal(found(stack("{ a: 1 }"), ["scrape", "timeout"]), "{ a: 1 }");
  assert.equal(found(stack("{ hosts: [] }"), ["hosts", 3, "name"]), "[]");
  assert.equal(found(stack("make()"), ["name"]), "make()");
  assert.equal(found("export const x = 1;", ["name"]), "nothing");
});

Deno.test("placeOfPath finds the call that is meant among several", () => {
  const source =
    `const a = defineStack({ name: "a" });\nconst b = defineStack({ name: "b" });\nexport default [a, b][0];`;
  assert.equal(found(source, ["name"], { call: { line: 2, column: 11 } }), '"b"');
  assert.equal(found(`const a = defineStack({ name: "a" });\nexport default a;`, ["name"]), '"a"');
});

Deno.test("placeOfImport finds imports and re-exports", () => {
  const source = `import a from "./a.ts";\nexport { b } from "./b.ts";`;
  assert.deepEqual(placeOfImport(source, (name) => name === "./b.ts"), {
    line: 2,
    column: 19,
    length: 8,
    specifier: "./b.ts",
  });
  assert.equal(placeOfImport(source, () => false), undefined);
});

Deno.test("placeOfDefaultExport finds it when there is one", () => {
  assert.deepEqual(placeOfDefaultExport("\nexport default 7;"), { line: 2, column: 16, length: 1 });
  assert.equal(placeOfDefaultExport("export const a = 7;"), undefined);
});

Deno.test("syntaxProblem says where a text stops being TypeScript", () => {
  assert.equal(syntaxProblem("const a: number = 1 satisfies number;"), undefined);
  assert.deepEqual(syntaxProblem("const a = 1;\nconst b = ;"), {
    message: "Unexpected token",
    line: 2,
    column: 11,
    length: 1,
  });
});

Deno.test("placeInValue points into a text, however it is written", () => {
  const at = (argument: string, text: string, from: number, to: number) => {
    const source = stack(argument);
    const place = placeInValue(source, ["expr"], text, { from, to, least: 1 });
    return place &&
      source.split("\n")[place.line - 1]!.slice(place.column - 1, place.column - 1 + place.length);
  };
  assert.equal(at("{ expr: 'rate(up[5s])' }", "rate(up[5s])", 5, 7), "up");
  assert.equal(at(`{ expr: "a{b=\\"c\\"} > 1" }`, 'a{b="c"} > 1', 9, 10), ">");
  assert.equal(at("{ expr: `sum(\n  up\n)` }", "sum(\n  up\n)", 7, 9), "up");
  assert.equal(at("{ expr: `rate(${name}[5s]) > 1` }", "rate(http[5s]) > 1", 0, 4), "rate");
  assert.equal(at("{ expr: `rate(${name}[5s]) > 1` }", "rate(http[5s]) > 1", 15, 16), ">");
  assert.equal(
    at("{ expr: `rate(${name}[5s]) > 1` }", "rate(http[5s]) > 1", 6, 7),
    "`rate(${name}[5s]) > 1`",
  );
  assert.equal(at("{ expr: make() }", "up", 0, 2), "make()");
});

Deno.test("placeInValue gives no place when too little of the path is written", () => {
  const source = stack("{ hosts: [{ name: 'a' }] }");
  assert.equal(placeInValue(source, ["ports", "grafana"], undefined, { least: 1 }), undefined);
  assert.equal(placeInValue(source, ["hosts", 0, "labels"], undefined, { least: 3 }), undefined);
  assert.deepEqual(placeInValue(source, ["hosts", 0, "labels"], undefined, { least: 2 }), {
    line: 2,
    column: 38,
    length: 13,
  });
});
