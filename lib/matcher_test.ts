import assert from "node:assert/strict";
import { compileMatchers, parseMatcher, printMatcher } from "./matcher.ts";

const CASES: Record<string, { printed: string; value: string }> = {
  'severity="critical"': { printed: 'severity="critical"', value: "critical" },
  " severity = critical ": { printed: 'severity="critical"', value: "critical" },
  'instance=~"web-\\d+\\.x"': { printed: 'instance=~"web-\\\\d+\\\\.x"', value: "web-\\d+\\.x" },
  'instance=~"a\\\\d"': { printed: 'instance=~"a\\\\d"', value: "a\\d" },
  'note!="say \\"hi\\"\\n"': { printed: 'note!="say \\"hi\\"\\n"', value: 'say "hi"\n' },
  "team!~": { printed: 'team!~""', value: "" },
  'a="}, {"': { printed: 'a="}, {"', value: "}, {" },
};

for (const [text, { printed, value }] of Object.entries(CASES)) {
  Deno.test(`printMatcher prints ${JSON.stringify(text)} as Alertmanager does, and the same again`, () => {
    const matcher = parseMatcher(text);
    assert.equal(matcher.value, value);
    assert.equal(printMatcher(matcher), printed);
    assert.deepEqual(parseMatcher(printed), matcher);
  });
}

Deno.test("parseMatcher refuses what is no matcher", () => {
  for (const text of ["severity", "=x", 'a="b" c', 'a="', "a={b}"]) {
    assert.throws(() => parseMatcher(text), {
      name: "SyntaxError",
      message: `Cannot read the matcher "${text}": expected one such as severity="critical"`,
    });
  }
});

// What Go's regexp package says of each, anchored as Alertmanager anchors it.
const FITS: readonly [matcher: string, value: string | undefined, fits: boolean][] = [
  ['a="x"', "x", true],
  ['a="x"', "X", false],
  ['a=""', undefined, true],
  ['a!="x"', undefined, true],
  ['a!=""', undefined, false],
  ['a=~"web-.*"', "web-1", true],
  ['a=~"web-.*"', "xweb-1", false],
  ['a=~"web-.*"', undefined, false],
  ['a=~""', undefined, true],
  ['a=~"x|y"', "y", true],
  ['a=~"x|y"', "xy", false],
  ['a!~"x|y"', "y", false],
  ['a!~"x|y"', undefined, true],
  ['a=~"x)|(y"', "ay", true],
  ['a=~"x)|(y"', "ya", false],
  ['a=~"a.b"', "a\nb", false],
  ['a=~"(?s)a.b"', "a\nb", true],
  ['a=~"(?i)WEB"', "web", true],
  ['a=~"(?m)a$"', "a\nb", false],
  ['a=~"\\d+\\.x"', "12.x", true],
  ['a=~"."', "😀", true],
  ['a=~"\\pL"', "é", true],
  ['a=~"(?P<name>a)"', "a", true],
];

for (const [matcher, value, fits] of FITS) {
  Deno.test(`compileMatchers: ${matcher} ${fits ? "fits" : "does not fit"} ${JSON.stringify(value)}`, async () => {
    const test = await compileMatchers([parseMatcher(matcher)]);
    assert.equal(test(value === undefined ? {} : { a: value }), fits);
  });
}

Deno.test("compileMatchers wants all to fit, and takes no inherited key for a label", async () => {
  const both = await compileMatchers(["a=x", "b!=y"].map(parseMatcher));
  assert.deepEqual([both({ a: "x" }), both({ a: "x", b: "y" }), both({ b: "z" })], [true, false, false]);
  const none = await compileMatchers([]);
  assert.equal(none({}), true);
  const inherited = await compileMatchers([parseMatcher('constructor=""')]);
  assert.equal(inherited({}), true);
});

Deno.test("compileMatchers takes time in proportion to the text, not more", async () => {
  const test = await compileMatchers([parseMatcher('a=~"(a+)+b"')]);
  // An engine that tries every way would not come back from this one.
  assert.equal(test({ a: "a".repeat(50_000) }), false);
});

Deno.test("compileMatchers refuses what RE2 does not have, and says where", async () => {
  for (
    const [matcher, why] of [
      ['a=~"("', "missing closing ): `^(?:()$`"],
      ['a=~"(?=x)"', "invalid or unsupported Perl syntax: `(?=`"],
      ['a!~"*"', "missing argument to repetition operator: `*`"],
    ] as const
  ) {
    await assert.rejects(compileMatchers([parseMatcher(matcher)]), {
      name: "SyntaxError",
      message: `Cannot use the matcher ${matcher}: its regular expression is not one of RE2: ` +
        `error parsing regexp: ${why}`,
    });
  }
});
