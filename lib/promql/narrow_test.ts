import assert from "node:assert/strict";
import { narrow } from "./narrow.ts";

Deno.test("narrow adds matchers to every selector, also of ranges and subqueries, and prints as Prometheus does", () => {
  assert.equal(
    narrow('max_over_time(sum(rate(x{b="1"}[5m]))[1h:]) > up or {job="a"}', [
      'role="db"',
      "team !~ 'web|mail'",
    ]),
    'max_over_time(sum(rate(x{b="1",role="db",team!~"web|mail"}[5m]))[1h:]) > up{role="db",team!~"web|mail"} ' +
      'or {job="a",role="db",team!~"web|mail"}',
  );
});

Deno.test("narrow adds nothing twice", () => {
  assert.equal(narrow('up{role="db"}', ['role="db"']), 'up{role="db"}');
  assert.equal(narrow("up == 0", []), "up == 0");
});

Deno.test("narrow says which expression or matcher it cannot read", () => {
  assert.throws(() => narrow("up ==", []), {
    name: "SyntaxError",
    message: 'Cannot narrow the expression "up ==": The expression ends after "==": expected an expression',
  });
  for (const matcher of ["role", "role=db", 'role="db"} or up{a="b"', 'a="b",c="d"', 'role=~"("', '"up"']) {
    assert.throws(() => narrow("up", [matcher]), {
      name: "SyntaxError",
      message: new RegExp(`^Cannot read the matcher "${RegExp.escape(matcher)}": [A-Z]?`),
    });
  }
});
