/** Several tasks at once, and a configuration that changes its name or ports while the stack runs. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { freePort } from "../../free_port.ts";
import { assertRefused, type BadStack, makeBadStack } from "./bad_stack.ts";
import { notOnLinux, unless } from "../../unless.ts";

async function assertRuns(stack: BadStack): Promise<void> {
  const { code, stdout } = await stack.task("status");
  assert.equal(code, 0, stdout);
  assert.equal((await stack.alive()).length, 6, "one supervisor and five services");
}

async function assertDone(...finished: Promise<{ code: number; stderr: string }>[]): Promise<void> {
  for (const { code, stderr } of await Promise.all(finished)) assert.equal(code, 0, stderr);
}

Deno.test({
  ...unless(notOnLinux, "tasks at the same time work on a stack one after the other"),
  async fn(t) {
    await using stack = await makeBadStack();
    await t.step("three times up, and a check", async () => {
      await assertDone(stack.task("up"), stack.task("up"), stack.task("check"), stack.task("up"));
      await assertRuns(stack);
    });
    await t.step("up, and down while it starts the services", async () => {
      await stack.task("down");
      const up = stack.start("up");
      await up.seen(/^start /m);
      await assertDone(up.ended, stack.task("down"));
      assert.deepEqual(await stack.alive(), []);
    });
    await t.step("up, and clean while it starts the services", async () => {
      const up = stack.start("up");
      await up.seen(/^start /m);
      await assertDone(up.ended, stack.task("clean", "--yes"), stack.task("clean", "--yes"));
      assert.deepEqual(await stack.alive(), []);
      const names = await Array.fromAsync(Deno.readDir(stack.directory), ({ name }) => name);
      assert.deepEqual(names, ["config.ts"]);
    });
    await t.step("up and clean at once, and up again", async () => {
      await assertDone(stack.task("up"), stack.task("clean", "--yes"), stack.task("up"));
      await stack.up();
      await assertRuns(stack);
    });
  },
});

Deno.test({
  ...unless(notOnLinux, "a stack that is renamed while it runs is stopped under its old name first"),
  async fn() {
    await using stack = await makeBadStack();
    await stack.up();
    const pids = await stack.pids();
    await stack.configure('name: "other",');
    assertRefused(
      await stack.task("up"),
      2,
      /Cannot start the stack "other": this state directory is the one of "bad-days", which runs/,
      /cure: run `deno task down` first/,
    );
    assert.deepEqual(await stack.pids(), pids);
    assert.match((await stack.task("down")).stdout, /bad-days is down/);
    assert.deepEqual(await stack.alive(), []);
    await stack.up();
    assert.match((await stack.task("status")).stdout, /^other on the local engine/);
  },
});

Deno.test({
  ...unless(notOnLinux, "ports that change while the stack runs are given back, and may be swapped"),
  async fn() {
    await using stack = await makeBadStack();
    await stack.up();
    const { prometheus, alertmanager } = stack.ports;
    const swapped = { ...stack.ports, prometheus: alertmanager, alertmanager: prometheus };
    await stack.configure(`ports: ${JSON.stringify(swapped)},`);
    await stack.up();
    await assertRuns(stack);

    await stack.configure(
      `ports: ${JSON.stringify({ ...swapped, webhook: freePort(), prometheus: freePort() })},`,
    );
    await stack.up();
    await assertRuns(stack);
    for (const port of [stack.ports.webhook, swapped.prometheus]) {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
    }
  },
});

Deno.test({
  ...unless(notOnLinux, "clean removes what the stack made and nothing else, and up works again"),
  async fn() {
    await using stack = await makeBadStack();
    await stack.up();
    await Deno.writeTextFile(join(stack.stateDir, "notes.txt"), "mine");
    await Deno.writeTextFile(join(stack.buildDir, "notes.txt"), "mine");
    const { code, stdout } = await stack.task("clean", "--yes", "--json");
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout).removed, [stack.stateDir, stack.buildDir]);
    assert.deepEqual(await stack.alive(), []);
    for (const directory of [stack.stateDir, stack.buildDir]) {
      const names = await Array.fromAsync(Deno.readDir(directory), ({ name }) => name);
      assert.deepEqual(names, ["notes.txt"]);
    }
    await Deno.remove(join(stack.buildDir, "notes.txt"));
    await stack.up();
    await assertRuns(stack);
  },
});

Deno.test({
  ...unless(notOnLinux, "two stacks run side by side, and one that is stopped leaves the other alone"),
  async fn() {
    await using first = await makeBadStack();
    await using second = await makeBadStack();
    await second.configure('name: "second",');
    await assertDone(first.task("up"), second.task("up"));
    await assertRuns(first);
    await assertRuns(second);
    const pids = await second.pids();
    await first.task("clean", "--yes");
    assert.deepEqual(await first.alive(), []);
    await assertRuns(second);
    assert.deepEqual(await second.pids(), pids);
  },
});
