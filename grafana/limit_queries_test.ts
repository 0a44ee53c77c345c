import assert from "node:assert/strict";
import { isLimitOfSome, limitQueries } from "./limit_queries.ts";

const SCOPE = `job=~"$job"`;

Deno.test("limitQueries leaves to Grafana what its thresholds can say", () => {
  assert.deepEqual(limitQueries({}, SCOPE), []);
  assert.deepEqual(limitQueries({ warning: 80, critical: 90 }, SCOPE), []);
});

Deno.test("limitQueries draws limits that must not be undercut in the colour of what lies below", () => {
  const drawn = limitQueries({ warning: 20, critical: 3, below: true }, SCOPE);
  assert.deepEqual(drawn.map(({ expr, color, line }) => [expr, color, line]), [
    ["vector(20)", "warning", "dashed"],
    ["vector(3)", "critical", "dashed"],
  ]);
});

Deno.test("limitQueries draws each limit when a target that is shown follows it", () => {
  const there = { severity: "warning", ofTargets: true };
  const drawn = limitQueries({
    warning: 90,
    critical: 97,
    elsewhere: [
      { ...there, matchers: `role="database"`, value: 95 },
      { ...there, matchers: `role="test"` },
      { ...there, matchers: `instance=~"web-.*"`, value: 70 },
      { ...there, matchers: `mountpoint="/data"`, value: 99, ofTargets: false },
    ],
  }, SCOPE);
  const [all, database, tests, web] = ["", `,role="database"`, `,role="test"`, `,instance=~"web-.*"`]
    .map((matchers) => `up{${SCOPE}${matchers}}`);
  assert.deepEqual(drawn.map(({ expr, legend }) => [expr, (legend as { en: string }).en]), [
    [`vector(90) and on () (${all} unless ${database} unless ${tests} unless ${web})`, "alert threshold"],
    [`vector(95) and on () (${database})`, `alert threshold (role="database")`],
    [
      `vector(70) and on () (${web} unless ${database} unless ${tests})`,
      `alert threshold (instance=~"web-.*")`,
    ],
    ["vector(99)", `alert threshold (mountpoint="/data")`],
    ["vector(97)", "alert threshold"],
  ]);
  assert.deepEqual(drawn.map(({ expr }) => isLimitOfSome(expr)), [true, true, true, false, false]);
});
