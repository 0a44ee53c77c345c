/** No task may do more than it has a reason for. The reasons stand in docs/security.md, beside the table of the permissions. */

import assert from "node:assert/strict";
import { readPage } from "./docs/markdown.ts";
import { tasksWithPermissions } from "./docs/permissions.ts";

/** Permissions that may be without a limit, and why. */
const REASONS: Readonly<Record<string, string>> = {
  read: "config.ts, what it imports and the files it names lie anywhere",
  write: "`--build`, `--state` and `--output` name any directory",
  env: "config.ts names the variables that hold secrets, and services take those of a proxy",
  run:
    "programs come from PATH, from a cache, or are named by config.ts; ending a process takes this permission too",
  net: "`bind`, mirrors, registries and destinations are any address",
};

/** Tasks that have a permission with a limit only, or not at all. */
const LIMITED: Readonly<Record<string, readonly string[]>> = {
  write: ["status", "logs", "dead-letters", "preview", "routes", "schema", "ok"],
  env: ["schema", "compile", "test", "ok", "webhook"],
  run: ["status", "logs", "dead-letters", "generate", "preview", "routes", "schema", "webhook"],
  net: ["down", "clean", "logs", "generate", "preview", "routes", "schema", "compile", "test", "ok"],
};

const TASKS = await tasksWithPermissions();

Deno.test("no task of deno.json may everything, or skips what guards its modules", () => {
  assert.ok(TASKS.length > 15);
  for (const { task, command } of TASKS) {
    assert.match(command, /^deno run --quiet /, task);
    const refused = / (-A|--allow-all|--allow-ffi|--allow-import\S*|--no-lock|--no-check|--unsafely\S+)(?= )/;
    assert.doesNotMatch(command, refused, task);
  }
});

Deno.test("every permission without a limit has its reason in docs/security.md", async () => {
  const page = await readPage("docs/security.md");
  for (const { task, flags } of TASKS) {
    for (const name of [...flags.keys()].filter((key) => flags.get(key) === "")) {
      assert.ok(REASONS[name], `"${task}" has --allow-${name} without a limit`);
      assert.ok(page.includes(REASONS[name]), `docs/security.md does not say: ${REASONS[name]}`);
    }
  }
});

Deno.test("a task that can do with less has less", () => {
  for (const [name, tasks] of Object.entries(LIMITED)) {
    for (const { task, flags } of TASKS.filter(({ task }) => tasks.includes(task))) {
      assert.notEqual(flags.get(name), "", `"${task}" has --allow-${name} without a limit`);
    }
  }
});
