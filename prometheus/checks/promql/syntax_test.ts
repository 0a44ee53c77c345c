import assert from "node:assert/strict";
import { Skipped } from "../../../lib/check.ts";
import { rulesCheck } from "../rules.ts";
import { alertOf, saidOf, testExpressions } from "../testing/rules.ts";
import { syntaxCheck } from "./syntax.ts";

testExpressions(syntaxCheck, {
  // Prometheus takes the last ones by accident of its lexer, the official grammar does not.
  good: ["up == 0", "rate(x[5m])\n  # per second\n> 1", "rate(x[5 m]) > 1", "offset > 1"],
  bad: [
    ['up{job="node"} ==', 'error = → The expression ends after "==": expected an expression'],
    ["rate(x) > 1", 'error x → "rate" wants a range vector, such as [5m] after it, not an instant vector'],
    [
      'up{job=~"("} == 0',
      'error job=~"(" → Prometheus does not take the regular expression "(": error parsing regexp: missing closing ): `(`',
    ],
    ['up > "1"', 'error "1" → ">" works with numbers and instant vectors, not with a string'],
    ["sum(up) by job", 'error job → Unexpected "job": expected an operator or the end'],
    [
      "topk(up) + rte(up)",
      'error rte → There is no function "rte": did you mean "rate"?',
    ],
  ],
});

Deno.test("promql/syntax and prometheus/rules say each fault once", async () => {
  assert.deepEqual(await saidOf(rulesCheck, [alertOf("up =="), alertOf("rate(x[5 m]) > 1")]), []);
});

Deno.test("promql/syntax says what it knows without promtool", async () => {
  const tool = () => Promise.reject(new Skipped("it cannot be had"));
  assert.deepEqual(await saidOf(syntaxCheck, [alertOf("up ==")], { tool }), [
    'error = → The expression ends after "==": expected an expression',
  ]);
});
