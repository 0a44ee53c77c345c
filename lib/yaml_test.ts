import assert from "node:assert/strict";
import fc from "fast-check";
import { parse } from "yaml";
import { fromYaml, toYaml } from "./yaml.ts";

const DATA = {
  text: "plain text",
  empty: "",
  words: ["on", "Yes", "n", "null", "~", "true", "NaN", ".inf", "<<", "="],
  numbers: ["22:22", "1e3", "0x1f", "0o7", "1_000", "2001-01-01", "-1", ".5", "0755"],
  durations: ["15s", "1h30m", "250ms"],
  splits: [
    "a: b",
    "a #b",
    "a:",
    " a",
    "a ",
    "- a",
    "? a",
    "[a",
    "{a",
    "*a",
    "&a",
    "!a",
    "%a",
    "@a",
    "`a",
    "a\tb",
  ],
  quotes: ['say "yes"', "it's", "\\d+", "both ' and \""],
  lines: ["a\nb", "a\nb\n", "a\nb\n\n", "a \nb", "a\n\n  b", " a\nb", "\n a", " \n"],
  unusual: ["\u0007", "\u0085", "\u00a0", "\u2028", "\ufeff", "\ud800", "é ☃ 😀"],
  nested: [[1, [2, [], {}]], { a: { b: [{ c: null, d: undefined }] } }],
  values: [0, -0.5, 1e21, 1e-7, true, false, null],
};

for (const version of ["1.1", "1.2"] as const) {
  Deno.test(`toYaml is read back unchanged by a YAML ${version} reader`, () => {
    assert.deepEqual(parse(toYaml(DATA), { version }), JSON.parse(JSON.stringify(DATA)));
  });

  Deno.test(`toYaml is read back unchanged by a YAML ${version} reader, whatever the data`, () => {
    const key = fc.string({ unit: "grapheme" }).filter((name) => name !== "__proto__" && name !== "<<");
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: "small" },
        fc.string({ unit: "grapheme" }),
        fc.string({ unit: fc.constantFrom(..."ab1:#-'\"\\ \n\t,[]{}&*!|>%@`?~.=<\ufeff") }),
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie("tree")),
        fc.dictionary(key, tie("tree"), { noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(tree, (data) => {
        assert.deepEqual(parse(toYaml(data), { version, maxAliasCount: 0 }), data);
      }),
      { numRuns: 500 },
    );
  });
}

Deno.test("toYaml writes what people would write", () => {
  assert.equal(
    toYaml({ a: [{ b: "x", c: ["15s", "on", '"yes", she says'] }], d: {}, e: "one\ntwo\n" }, ["Banner", ""]),
    `# Banner
#
a:
  - b: x
    c:
      - 15s
      - 'on'
      - '"yes", she says'
d: {}
e: |
  one
  two
`,
  );
});

Deno.test("fromYaml says where the text is not YAML", () => {
  assert.throws(() => fromYaml("a: [1"), { name: "SyntaxError", message: /line 1, column 6/ });
});

Deno.test("fromYaml gives null for a text without a document, and refuses two", () => {
  assert.equal(fromYaml("# only a remark\n"), null);
  assert.throws(() => fromYaml("a: 1\n---\nb: 2\n"), { name: "SyntaxError", message: /found 2$/ });
});
