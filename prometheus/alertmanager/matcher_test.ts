import assert from "node:assert/strict";
import { parseMatcher, printMatcher } from "./matcher.ts";

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
