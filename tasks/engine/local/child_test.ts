import assert from "node:assert/strict";
import { join } from "node:path";
import { Child, describeExit } from "./child.ts";
import type { ServiceSpec } from "./protocol.ts";

const DEADLINE_MS = 20_000;

/** A child that runs a shell script, and a way to wait for what it tells. */
async function shellChild(script: string, more: Partial<ServiceSpec> = {}) {
  const directory = await Deno.makeTempDir({ prefix: "vigie-child-" });
  const log = join(directory, "x.log");
  const told: string[] = [];
  let wake = () => {};
  const spec = {
    service: "x",
    command: ["sh", "-c", script],
    env: { PATH: "/usr/bin:/bin", GREETING: "hello" },
    cwd: directory,
    fingerprint: "",
    stopGraceMs: 10_000,
    ...more,
  };
  const child = new Child(spec, log, (text) => {
    told.push(text);
    wake();
  });
  return {
    child,
    told,
    text: () => Deno.readTextFile(log),
    async tells(pattern: RegExp, times = 1): Promise<void> {
      const deadline = AbortSignal.timeout(DEADLINE_MS);
      while (told.filter((text) => pattern.test(text)).length < times) {
        if (deadline.aborted) {
          throw new Error(`Waited in vain for ${pattern}: it told ${JSON.stringify(told)}`);
        }
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, 100);
          wake = () => (clearTimeout(timer), resolve());
        });
      }
    },
    async [Symbol.asyncDispose]() {
      await child.stop();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

Deno.test("Child runs with its own environment only, and its output goes to its log", async () => {
  await using it = await shellChild('echo "$GREETING $HOME"; echo error >&2; exec sleep 600');
  it.child.start();
  await it.tells(/^started, pid \d+$/);
  const report = it.child.report();
  assert.equal(`started, pid ${report.process?.pid}`, it.told[0]);
  assert.ok(report.process!.startTicks > 0);
  while (!(await it.text()).includes("error")) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(await it.text(), "hello \nerror\n");
  await it.child.stop();
  assert.equal(it.child.report().process, undefined);
  assert.equal(it.told.at(-1), "stopped (signal SIGTERM)");
});

Deno.test("Child starts a service that ends again and again, and says why it ended", async () => {
  await using it = await shellChild("exit 3");
  it.child.start();
  await it.tells(/^ended by itself \(exit code 3\); it is started again in 0\.5 s$/);
  const report = it.child.report();
  assert.equal(report.lastExit, "exit code 3");
  assert.ok(Date.parse(report.nextStartAt!) > Date.now() - 1_000);
  it.child.hurry();
  await it.tells(/started again in 1 s$/);
  assert.equal(it.child.report().restarts, 1);
});

Deno.test("Child is not misled by a clock that is set: a service that ended at once was not well for an hour", async () => {
  const now = Date.now;
  let offsetMs = 0;
  Date.now = () => now() + (offsetMs += 3_600_000);
  try {
    await using it = await shellChild("exit 3");
    it.child.start();
    await it.tells(/started again in 0\.5 s$/);
    it.child.hurry();
    await it.tells(/started again in 1 s$/);
  } finally {
    Date.now = now;
  }
});

Deno.test("Child says that a program is not there", async () => {
  await using it = await shellChild("", { command: ["/nowhere/prometheus", "--flag"] });
  it.child.start();
  await it.tells(/^ended by itself \(exit code 127\)/);
  assert.match(await it.text(), /\/nowhere\/prometheus.*not found/);
});

Deno.test("Child kills what does not end when it is asked to", async () => {
  await using it = await shellChild('trap "" TERM; echo ready; while :; do sleep 1; done', {
    stopGraceMs: 100,
  });
  it.child.start();
  while (!(await it.text().catch(() => "")).includes("ready")) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await it.child.stop();
  assert.deepEqual(it.told.slice(-2), ["did not end within 0.1 s and is killed", "stopped (signal SIGKILL)"]);
});

Deno.test("describeExit names the signal or the code", () => {
  assert.equal(describeExit({ code: 137, signal: "SIGKILL" }), "signal SIGKILL");
  assert.equal(describeExit({ code: 2, signal: null }), "exit code 2");
});

Deno.test("Child kills and starts again what answered once and then hangs", async () => {
  const hung = Promise.withResolvers<void>();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { hostname, port } = listener.addr;
  const open: Deno.TcpConn[] = [];
  let answers = true;
  const serving = (async () => {
    for await (const connection of listener) {
      open.push(connection);
      if (answers) await connection.write(new TextEncoder().encode("HTTP/1.0 200 OK\r\n\r\n"));
      else hung.resolve();
    }
  })();
  const life = { hostname, port, path: "/", everyMs: 20, patienceMs: 20, misses: 2 };
  {
    await using it = await shellChild("exec sleep 600", { life });
    it.child.start();
    await it.tells(/^started/);
    while (open.length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(it.child.report().restarts, 0);
    answers = false;
    await hung.promise;
    await it.tells(/^did not answer 2 times in a row: it hangs, and is killed$/);
    await it.tells(/^ended by itself \(signal SIGKILL\)/);
    await it.tells(/^started/, 2);
  }
  listener.close();
  await serving;
  for (const connection of open) connection.close();
});

Deno.test("Child is started anew when it is asked to be", async () => {
  await using it = await shellChild("exec sleep 600");
  it.child.start();
  await it.tells(/^started/);
  it.child.startAnew("the clock was set back by 3 s");
  await it.tells(/^is started anew: the clock was set back by 3 s$/);
  await it.tells(/^started/, 2);
  assert.equal(it.child.report().restarts, 1);
});

Deno.test("Child waits for what never answered: it is still starting", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { hostname, port } = listener.addr;
  let questions = 0;
  const serving = (async () => {
    for await (const connection of listener) {
      questions++;
      connection.close();
    }
  })();
  {
    const life = { hostname, port, path: "/", everyMs: 5, patienceMs: 30_000, misses: 1 };
    await using it = await shellChild("exec sleep 600", { life });
    it.child.start();
    while (questions < 5) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.deepEqual(it.told.filter((text) => !text.startsWith("started")), []);
  }
  listener.close();
  await serving;
});
