import assert from "node:assert/strict";
import { EXIT, UsageError } from "./cli.ts";
import { chosen, smoke } from "./smoke.ts";
import { SMOKE_CHECKS } from "./smoke/mod.ts";
import { runCaptured } from "./testing.ts";

const run = (...args: string[]) => runCaptured(smoke, args);

Deno.test("SMOKE_CHECKS have ids of one form, each once", () => {
  const ids = SMOKE_CHECKS.map(({ id }) => id);
  assert.deepEqual(ids, [...new Set(ids)]);
  for (const { id, title, online } of SMOKE_CHECKS) {
    assert.match(id, /^smoke\/[a-z-]+$/);
    assert.match(title, /^[A-Z].*[^.]$/);
    assert.ok(online);
  }
});

Deno.test("chosen takes short names and ids, and keeps the order in which checks run", () => {
  assert.deepEqual(chosen(undefined), SMOKE_CHECKS);
  assert.deepEqual(chosen("alert-path, smoke/ready").map(({ id }) => id), [
    "smoke/ready",
    "smoke/alert-path",
  ]);
});

Deno.test("chosen refuses a name that is no check", () => {
  assert.throws(
    () => chosen("target"),
    new UsageError('Cannot run the check "target": there is none of that name; did you mean "targets"?'),
  );
  assert.throws(() => chosen("everything"), /there are "ready", "targets", "rules"/);
  assert.throws(() => chosen(" ,"), UsageError);
});

Deno.test("smoke --list names the checks", async () => {
  const { code, out } = await run("--list");
  assert.equal(code, EXIT.done);
  assert.deepEqual(out.split("\n").map((line) => line.split(" ")[0]), SMOKE_CHECKS.map(({ id }) => id));
  const json = await run("--list", "--json", "--only", "rules");
  assert.deepEqual(JSON.parse(json.out), {
    checks: [{ id: "smoke/rules", title: "Every rule group is evaluated and healthy" }],
  });
});

Deno.test("smoke refuses to write JUnit XML over a directory before it runs anything", async () => {
  const { code, err } = await run("--junit", ".");
  assert.equal(code, EXIT.usage);
  assert.match(err, /Cannot write JUnit XML to ".*": it is a directory/);
});
