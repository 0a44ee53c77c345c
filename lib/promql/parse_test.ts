import assert from "node:assert/strict";
import { join } from "node:path";
import { binary } from "../../tasks/binaries/mod.ts";
import { parsePromql } from "./parse.ts";
import { manyExpressions } from "./testing/expressions.ts";

const MAX_SHOWN = 20;

Deno.test("parsePromql takes and refuses what the real promtool takes and refuses", async () => {
  const expressions = manyExpressions();
  const refused = await refusedByPromtool(expressions);
  assert.ok(refused.size > 5_000 && expressions.length - refused.size > 700, `${refused.size} are refused`);
  const differences = expressions.filter((text, i) =>
    (parsePromql(text).expr === undefined) !== refused.has(i)
  );
  assert.deepEqual(differences.slice(0, MAX_SHOWN), []);
});

async function refusedByPromtool(expressions: readonly string[]): Promise<Set<number>> {
  const directory = await Deno.makeTempDir({ prefix: "vigie-test-" });
  try {
    const path = join(directory, "rules.yml");
    const rules = expressions.map((text, i) => `  - alert: A${i}\n    expr: ${JSON.stringify(text)}\n`);
    await Deno.writeTextFile(path, `groups:\n- name: g\n  rules:\n${rules.join("")}`);
    const { path: promtool } = await binary("promtool");
    const args = ["check", "rules", "--lint=none", path];
    const { stderr } = await new Deno.Command(promtool, { args, stdout: "null" }).output();
    const text = new TextDecoder().decode(stderr);
    return new Set(
      [...text.matchAll(/rule \d+, "A(\d+)": could not parse expression/g)].map(([, i]) => Number(i)),
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("parsePromql reads chains of any length that somebody may generate", () => {
  const chain = Array.from({ length: 1_000 }, (_, i) => `absent(up{job="job-${i}"})`).join(" or ");
  assert.deepEqual(parsePromql(chain).errors, []);
  assert.deepEqual(parsePromql(`${chain} or`).errors.map(({ from, message }) => [from, message]), [
    [chain.length + 3, 'The expression ends after "or": expected an expression'],
  ]);
  const endless = Array(20_000).fill("x").join(" + ");
  assert.equal(parsePromql(endless).errors[0]?.message, "Nothing is read that is nested more than 2000 deep");
});
