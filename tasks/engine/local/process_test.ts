import assert from "node:assert/strict";
import { join } from "node:path";
import { findAlive, stopAll } from "./control.ts";
import { findMarked, inspect, lives, parseProcesses, sameProcess, signal } from "./process.ts";
import { MARK, PROTOCOL } from "./protocol.ts";
import { notOnLinux, unless } from "../../../tests/unless.ts";

const REST = "1 2 3 0 -1 4194560 100 0 0 0 5 6 0 0 20 0 9 0 777 123456 789";
const STAT = (pid: number, name: string, state = "S") => `${pid} (${name}) ${state} ${REST}`;

Deno.test("parseProcesses reads start and memory, whatever the program is called", () => {
  const text = [
    "boot-1",
    STAT(10, "prometheus"),
    "Name:\tprometheus",
    "Pid:\t10",
    "VmRSS:\t  2048 kB",
    STAT(11, "a) R 1 (b"),
    "Name:\ta",
    "Pid:\t11",
    STAT(12, "dead", "Z"),
    "",
  ].join("\n");
  const living = parseProcesses([10, 11, 12, 13], text);
  assert.deepEqual([...living.keys()], [10, 11]);
  assert.deepEqual(living.get(10), {
    pid: 10,
    startTicks: 777,
    bootId: "boot-1",
    residentBytes: 2048 * 1024,
  });
  assert.equal(living.get(11)!.startTicks, 777);
});

Deno.test("sameProcess tells a later process of the same number, and one of another boot", () => {
  const process = { pid: 10, startTicks: 777, bootId: "a" };
  assert.ok(sameProcess(process, { ...process }));
  assert.ok(!sameProcess(process, { ...process, startTicks: 778 }));
  assert.ok(!sameProcess(process, { ...process, bootId: "b" }));
  assert.ok(!sameProcess(undefined, process));
});

/** A process that sleeps until it is ended. */
async function sleeper(env: Record<string, string> = {}) {
  const child = new Deno.Command("sleep", {
    args: ["600"],
    env,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const process = (await inspect([child.pid])).get(child.pid)!;
  return {
    ...process,
    status: child.status,
    async [Symbol.asyncDispose]() {
      try {
        child.kill("SIGKILL");
      } catch {
        // It was ended by the test.
      }
      await child.status;
    },
  };
}

Deno.test({
  ...unless(notOnLinux, "signal reaches the process that is meant and no other of its number"),
  async fn() {
    await using process = await sleeper();
    await signal({ ...process, startTicks: process.startTicks - 1 }, "SIGKILL");
    await signal({ ...process, bootId: "another boot" }, "SIGKILL");
    assert.ok(await lives(process));
    await signal(process, "SIGTERM");
    assert.equal((await process.status).signal, "SIGTERM");
    assert.ok(!await lives(process));
    await signal(process, "SIGTERM");
  },
});

Deno.test({
  ...unless(
    notOnLinux,
    "stopAll ends orphans of the stack, known or not, and never a process that only has a number of its files",
  ),
  async fn() {
    const directory = await Deno.realPath(await Deno.makeTempDir({ prefix: "vigie-orphans-" }));
    try {
      await using orphan = await sleeper({ [MARK.stack]: directory, [MARK.service]: "prometheus" });
      // As one whose environment cannot be read: found by the report alone.
      await using reported = await sleeper();
      await using innocent = await sleeper();
      await using other = await sleeper({ [MARK.stack]: `${directory}2`, [MARK.service]: "prometheus" });
      const identity = ({ pid, startTicks, bootId }: typeof orphan) => ({ pid, startTicks, bootId });
      const recycled = { ...identity(innocent), startTicks: innocent.startTicks - 5 };
      const status = {
        protocol: PROTOCOL,
        revision: "r",
        supervisor: recycled,
        startedAt: "",
        services: [
          { service: "webhook", process: identity(reported), restarts: 0, key: "" },
          { service: "blackbox", process: recycled, restarts: 0, key: "" },
        ],
      };
      await Deno.writeTextFile(join(directory, "status.json"), JSON.stringify(status));

      const alive = await findAlive(directory);
      assert.equal(alive.supervisor, undefined);
      assert.deepEqual(alive.services.map(({ service }) => service).sort(), ["prometheus", "webhook"]);
      assert.deepEqual(await stopAll(directory, () => {}), ["webhook", "prometheus"]);
      assert.equal((await orphan.status).signal, "SIGTERM");
      assert.equal((await reported.status).signal, "SIGTERM");
      assert.ok(await lives(innocent));
      assert.ok(await lives(other));
      assert.deepEqual(await findMarked(directory), []);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});
