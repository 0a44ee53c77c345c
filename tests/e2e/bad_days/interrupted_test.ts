/** Tasks that are interrupted, by Ctrl-C and by SIGKILL: they say so in one line, and the next task completes them. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { inspect, signal as send } from "../../../tasks/engine/local/process.ts";
import { assertInterrupted, type BadStack, makeBadStack, type Started } from "./bad_stack.ts";
import { until } from "../../until.ts";
import { denoDirectory, OFFLINE, poorPath } from "./poor_machine.ts";
import { reasonAgainstStandIn, standInDebian } from "./stand_in_debian.ts";
import { notOnLinux, unless } from "../../unless.ts";

const whyNoDebian = await reasonAgainstStandIn();

/** Ends a task the hard way or the soft way, and makes sure that it says so. */
async function interrupt(task: Started, signal: "SIGINT" | "SIGKILL"): Promise<void> {
  task.kill(signal);
  const finished = await task.ended;
  if (signal === "SIGINT") assertInterrupted(finished);
  else assert.equal(finished.code, 137);
}

Deno.test({
  ...unless(notOnLinux, "up that was interrupted is completed by the next up"),
  async fn(t) {
    await using stack = await makeBadStack();
    for (const moment of [/render the configuration/, /check the generated files/, /^start /m]) {
      for (const signal of ["SIGINT", "SIGKILL"] as const) {
        await t.step(`${signal} at ${moment}`, async () => {
          const up = stack.start("up");
          await up.seen(moment);
          await interrupt(up, signal);
          await stack.up();
          assert.equal((await stack.task("status")).code, 0);
          assert.equal((await stack.alive()).length, 6, "one supervisor and five services");
          assert.equal((await stack.task("clean", "--yes")).code, 0);
        });
      }
    }
  },
});

Deno.test({
  ...unless(notOnLinux, "up --json that was interrupted prints a document all the same"),
  async fn() {
    await using stack = await makeBadStack();
    const up = stack.start("up", "--json");
    await up.seen(/render the configuration/);
    up.kill("SIGINT");
    const { code, stdout } = await up.ended;
    assert.equal(code, 130);
    assert.match(JSON.parse(stdout).error, /^Interrupted; /);
  },
});

/** Starts a task that stops the stack, and interrupts it while the service that is stopped last does not end. */
async function interruptStopping(
  stack: BadStack,
  signal: "SIGINT" | "SIGKILL",
  task: string,
  ...args: string[]
) {
  const { webhook } = await stack.pids();
  Deno.kill(webhook!, "SIGSTOP");
  try {
    const stopping = stack.start(task, ...args);
    await stopping.seen(/stop the services/);
    await until("the others have ended", async () => Object.keys(await stack.pids()).length === 1);
    await interrupt(stopping, signal);
  } finally {
    Deno.kill(webhook!, "SIGCONT");
  }
}

Deno.test({
  ...unless(notOnLinux, "down and clean that were interrupted are completed by the next task"),
  async fn(t) {
    await using stack = await makeBadStack();
    for (const signal of ["SIGINT", "SIGKILL"] as const) {
      await t.step(`${signal} in down, then down`, async () => {
        await stack.up();
        await interruptStopping(stack, signal, "down");
        assert.equal((await stack.task("down")).code, 0);
        assert.deepEqual(await stack.alive(), []);
      });
      await t.step(`${signal} in down, then up`, async () => {
        await stack.up();
        await interruptStopping(stack, signal, "down");
        await stack.up();
        assert.equal((await stack.task("status")).code, 0);
        assert.equal((await stack.alive()).length, 6, "one supervisor and five services");
      });
      await t.step(`${signal} in clean, then clean`, async () => {
        await interruptStopping(stack, signal, "clean", "--yes");
        assert.equal((await stack.task("clean", "--yes")).code, 0);
        assert.deepEqual(await stack.alive(), []);
        const names = await Array.fromAsync(Deno.readDir(stack.directory), ({ name }) => name);
        assert.deepEqual(names, ["config.ts"]);
      });
    }
  },
});

Deno.test({
  ...unless(whyNoDebian, `up that was interrupted in a download is completed by the next up`),
  async fn(t) {
    const directory = await Deno.makeTempDir({ prefix: "vigie-poor-" });
    try {
      const path = await poorPath(directory, false);
      const debian = await standInDebian(path);
      const cache = join(directory, "cache");
      await using stack = await makeBadStack({
        env: { ...OFFLINE, PATH: path, XDG_CACHE_HOME: cache, DENO_DIR: await denoDirectory() },
      });
      for (const where of ["update", "download", "unpack"] as const) {
        for (const signal of ["SIGINT", "SIGKILL"] as const) {
          await t.step(`${signal} in ${where}`, async () => {
            await debian.hang(where);
            const up = stack.start("up");
            await debian.hanging();
            await interrupt(up, signal);
            const living = async () => [...(await inspect(await debian.hung())).values()];
            // Those of a killed run go on, as apt would until its download is there.
            if (signal === "SIGKILL") {
              for (const process of await living()) await send(process, "SIGKILL");
            }
            await until("apt has ended", async () => (await living()).length === 0);
            const fetched = join(cache, "vigie", "programs");
            await assert.rejects(Deno.stat(fetched), Deno.errors.NotFound, "nothing half is in the cache");
          });
        }
      }
      await t.step("and then nothing", async () => {
        await debian.hang("nowhere");
        await stack.up();
        assert.equal((await stack.task("status")).code, 0);
        const left = Array.fromAsync(Deno.readDir(join(cache, "vigie", "unpacking")), ({ name }) => name);
        assert.deepEqual(await left, []);
      });
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});

Deno.test({
  ...unless(notOnLinux ?? await noScript(), "clean asks on a terminal, and Ctrl-C ends the question"),
  async fn() {
    await using stack = await makeBadStack();
    await stack.up();
    const pids = await stack.pids();
    const answer = async (keys: string) => {
      const clean = stack.startOnTerminal("clean");
      await clean.seen(/^Remove all data of "bad-days": .* \[y\/N\] /m);
      await clean.type(keys);
      const { code, stdout } = await clean.ended;
      assert.doesNotMatch(stdout, /Uncaught/);
      return { code, stdout };
    };
    const ctrlC = await answer("\x03");
    assert.equal(ctrlC.code, 130);
    assert.match(ctrlC.stdout, /^Interrupted; run the same command again/m);
    const no = await answer("\n");
    assert.equal(no.code, 1);
    assert.match(no.stdout, /^error: Nothing was removed/m);
    assert.deepEqual(await stack.pids(), pids);
    assert.equal((await answer("yes\n")).code, 0);
    assert.deepEqual(await stack.alive(), []);
  },
});

async function noScript(): Promise<string | undefined> {
  const there = await Deno.stat("/usr/bin/script").then(() => true, () => false);
  return there ? undefined : "there is no script(1), which gives a program a terminal";
}
