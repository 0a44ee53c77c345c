/** What programs, people and reboots do to a stack: it comes back by itself, or the next `up` repairs it. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { inspect, type Marked, signal as send } from "../../../tasks/engine/local/process.ts";
import { parseStatus } from "../../../tasks/engine/local/protocol.ts";
import { assertRefused, type BadStack, makeBadStack } from "./bad_stack.ts";
import { until } from "../../until.ts";
import { notOnLinux, unless } from "../../unless.ts";

const NOTIFY = `notify: { receivers: { console: [{ kind: "slack", urlFile: "slack-url" }] } },`;

/** Something that happens to a running stack, which the next `up` repairs. */
interface Damage {
  readonly name: string;
  happen(stack: BadStack): Promise<void>;
  /** What else has to hold after the next `up`. */
  readonly repaired?: (stack: BadStack) => Promise<void>;
}

const DAMAGES: readonly Damage[] = [
  {
    name: "the generated files are removed",
    happen: (stack) => Deno.remove(stack.buildDir, { recursive: true }),
  },
  {
    name: "a generated file is edited",
    happen: (stack) => Deno.writeTextFile(join(stack.buildDir, "local/prometheus/prometheus.yml"), "oops"),
  },
  {
    name: "the secrets are removed",
    happen: (stack) => Deno.remove(join(stack.stateDir, "secrets"), { recursive: true }),
    async repaired(stack) {
      const secrets = join(stack.stateDir, "secrets");
      assert.equal((await Deno.stat(secrets)).mode! & 0o777, 0o700);
      assert.equal((await Array.fromAsync(Deno.readDir(join(secrets, "webhook")))).length, 1);
    },
  },
  ...["stack.json", "local/status.json", "local/services.json", "local/webhook-read.json"].map((file) => ({
    name: `${file} is cut off`,
    happen: (stack: BadStack) => Deno.truncate(join(stack.stateDir, file), 20),
  })),
  {
    name: "the record is removed, and the engine is not named",
    async happen(stack) {
      await Deno.remove(join(stack.stateDir, "stack.json"));
      await stack.configure(`${NOTIFY} engine: "auto",`);
    },
  },
  {
    name: "the supervisor is killed",
    happen: async (stack) =>
      await killAll((await stack.alive()).filter(({ service }) => service === "supervisor")),
  },
  {
    name: "everything is killed at once",
    happen: async (stack) => await killAll(await stack.alive()),
  },
  {
    name: "a directory of the state is a file",
    async happen(stack) {
      await killAll(await stack.alive());
      const logs = join(stack.stateDir, "local", "logs");
      await Deno.remove(logs, { recursive: true });
      await Deno.writeTextFile(logs, "");
      assertRefused(
        await stack.task("up"),
        2,
        /"[^"]*local\/logs[^"]*": /,
        /cure: .*remove what is in the way/,
      );
      await Deno.remove(logs);
    },
  },
];

Deno.test({
  ...unless(notOnLinux, "up repairs what happened to a stack"),
  async fn(t) {
    await using stack = await makeBadStack();
    await Deno.writeTextFile(join(stack.directory, "slack-url"), "http://127.0.0.1:1/secret\n");
    await stack.configure(NOTIFY);
    await stack.up();
    const built = await stack.built();
    for (const { name, happen, repaired } of DAMAGES) {
      await t.step(name, async () => {
        await happen(stack);
        await stack.up();
        assert.deepEqual(await stack.built(), built);
        assert.equal((await stack.task("status")).code, 0);
        assert.equal((await stack.alive()).length, 6, "one supervisor and five services");
        await repaired?.(stack);
        assert.deepEqual(new Set(Object.values(await stack.up())), new Set(["unchanged"]));
      });
    }
  },
});

Deno.test({
  ...unless(notOnLinux, "a changed secret is read by who uses it, and by nobody else"),
  async fn() {
    await using stack = await makeBadStack();
    const file = join(stack.directory, "slack-url");
    await Deno.writeTextFile(file, "http://127.0.0.1:1/before\n");
    await stack.configure(NOTIFY);
    await stack.up();
    const { webhook: _, ...before } = await stack.pids();

    await Deno.writeTextFile(file, "http://127.0.0.1:1/after\n");
    const { webhook, ...others } = await stack.up();
    assert.equal(webhook, "reloaded");
    assert.deepEqual(new Set(Object.values(others)), new Set(["unchanged"]));
    const { webhook: __, ...after } = await stack.pids();
    assert.deepEqual(after, before);
    assert.equal((await stack.up()).webhook, "unchanged");

    await Deno.writeTextFile(file, "no address\n");
    assertRefused(await stack.task("up"), 2, /expected an http or https URL, alone in its file/, /cure: /);
  },
});

Deno.test({
  ...unless(notOnLinux, "a killed service comes back by itself"),
  async fn() {
    await using stack = await makeBadStack();
    await stack.up();
    const before = await stack.pids();
    const victims = ["alertmanager", "prometheus", "webhook"];
    await killAll((await stack.alive()).filter(({ service }) => victims.includes(service)));
    await until("all three are back and ready", async () => {
      const { code, stdout } = await stack.task("status", "--json");
      const { services } = JSON.parse(stdout) as { services: { service: string; restarts: number }[] };
      return code === 0 &&
        victims.every((victim) =>
          services.some(({ service, restarts }) => service === victim && restarts > 0)
        );
    });
    const after = await stack.pids();
    for (const service of Object.keys(before)) {
      assert.equal(after[service] !== before[service], victims.includes(service), service);
    }
  },
});

Deno.test({
  ...unless(
    notOnLinux,
    "after a reboot up starts everything and ends no process that has the number of an earlier one",
  ),
  async fn() {
    await using stack = await makeBadStack();
    await stack.up();
    const innocents = Array.from(
      { length: 6 },
      () => new Deno.Command("sleep", { args: ["600"], stdin: "null", stdout: "null" }).spawn(),
    );
    try {
      await killAll(await stack.alive());
      const path = join(stack.stateDir, "local", "status.json");
      const last = parseStatus(await Deno.readTextFile(path))!;
      const reuse = <T extends { pid: number }>(process: T, i: number): T => ({
        ...process,
        pid: innocents[i]!.pid,
        bootId: crypto.randomUUID(),
      });
      const services = last.services.map((report, i) => ({
        ...report,
        process: report.process && reuse(report.process, i + 1),
      }));
      await Deno.writeTextFile(
        path,
        JSON.stringify({ ...last, supervisor: reuse(last.supervisor, 0), services }),
      );

      assert.equal((await stack.task("status")).code, 1);
      assert.match((await stack.task("down")).stdout, /was not running/);
      assert.deepEqual(new Set(Object.values(await stack.up())), new Set(["started"]));
      assert.equal((await stack.task("down")).code, 0);
      const living = await inspect(innocents.map(({ pid }) => pid));
      assert.equal(living.size, innocents.length);
    } finally {
      for (const innocent of innocents) {
        innocent.kill("SIGKILL");
        await innocent.status;
      }
    }
  },
});

Deno.test({
  ...unless(notOnLinux, "up refuses directories that are not the stack's, and writes nothing"),
  async fn(t) {
    await using stack = await makeBadStack();
    const file = join(stack.directory, "file");
    await Deno.writeTextFile(file, "mine");
    const foreign = join(stack.directory, "foreign");
    await Deno.mkdir(join(foreign, "local"), { recursive: true });
    await Deno.writeTextFile(join(foreign, "photo.jpg"), "mine");
    const listing = async () => await Array.fromAsync(Deno.readDir(stack.directory), ({ name }) => name);
    const before = (await listing()).sort();
    const cases: [string, string, string[], RegExp][] = [
      [
        "up",
        "a state directory that is a file",
        ["--state", file],
        /"[^"]*\/file": (file exists|not a directory)/,
      ],
      ["up", "a state directory below a file", ["--state", join(file, "x")], /file\/x": not a directory/],
      [
        "status",
        "a state directory that is a file",
        ["--state", file],
        /file\/stack\.json": not a directory/,
      ],
      [
        "down",
        "a state directory that is a file",
        ["--state", file],
        /Cannot make the directory ".*\/file": file exists/,
      ],
      ["clean", "a state directory that is a file", ["--state", file, "--yes"], /not a directory/],
      [
        "clean",
        "a directory that was never a stack's",
        ["--state", foreign, "--yes"],
        /holds "photo\.jpg", which Vigie did not write/,
      ],
    ];
    for (const [task, what, args, says] of cases) {
      await t.step(`${task} with ${what}`, async () => {
        assertRefused(await stack.task(task, ...args), 2, says);
        assert.deepEqual((await listing()).sort(), before);
      });
    }
    for (const [what, path] of [["a file", file], ["somebody else's", foreign]] as const) {
      await t.step(`up with a build directory that is ${what}`, async () => {
        assertRefused(await stack.task("up", "--build", path), 2, /Cannot generate into /, /--build/);
        assert.deepEqual(await stack.alive(), []);
      });
    }
    assert.equal(await Deno.readTextFile(file), "mine");
    assert.equal(await Deno.readTextFile(join(foreign, "photo.jpg")), "mine");
  },
});

async function killAll(processes: readonly Marked[]): Promise<void> {
  for (const process of processes) await send(process, "SIGKILL");
  await until("they are gone", async () => (await inspect(processes.map(({ pid }) => pid))).size === 0);
}
