import assert from "node:assert/strict";
import { parseMatcher } from "../../lib/matcher.ts";
import { onlyFor, without } from "./overrides.ts";
import type { AlertRule } from "./rule.ts";

const RULE: AlertRule = {
  alert: "A",
  expr: 'up{job="node"} == 0 or up{job="node"} == 2',
  severity: "warning",
  summary: { fr: "a", en: "a" },
  description: { fr: "b", en: "b" },
};

const matchers = (...texts: string[]) => texts.map(parseMatcher);

Deno.test("onlyFor narrows every selector, and leaves what an earlier one takes to that", () => {
  assert.equal(
    onlyFor(RULE, matchers("role=db"), [matchers('team=~"a|b"')]).expr,
    'up{job="node",role="db",team!~"a|b"} == 0 or up{job="node",role="db",team!~"a|b"} == 2',
  );
});

Deno.test("without takes out what fits all of several matchers, and nothing else", () => {
  assert.equal(
    without(RULE, matchers("role=db", "team=a")).expr,
    '(up{job="node"} == 0 or up{job="node"} == 2) unless (up{job="node",role="db",team="a"} == 0 or up{job="node",role="db",team="a"} == 2)',
  );
});

Deno.test("without takes out what one matcher fits, whichever it is", () => {
  const expr = (text: string) => without({ ...RULE, expr: "up" }, matchers(text)).expr;
  assert.deepEqual(['a="x"', 'a!="x"', 'a=~"x.*"', 'a!~"x.*"'].map(expr), [
    'up{a!="x"}',
    'up{a="x"}',
    'up{a!~"x.*"}',
    'up{a=~"x.*"}',
  ]);
});
