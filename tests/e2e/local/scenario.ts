/**
 * A stack's whole life on the local engine, with the real programs. Run by local_test.ts in its own process, and once more as
 * another user: `deno run scenario.ts`.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { type Service, SERVICES } from "../../../compose/services/mod.ts";
import { writeFiles } from "../../../lib/files.ts";
import { run } from "../../../lib/process.ts";
import { driftOfPrometheus } from "../../../tasks/engine/apply.ts";
import type { Applied, Engine, ServiceStatus } from "../../../tasks/engine/engine.ts";
import { localEngine } from "../../../tasks/engine/local.ts";
import { findMarked, inspect } from "../../../tasks/engine/local/process.ts";
import { parseStatus } from "../../../tasks/engine/local/protocol.ts";
import { silent } from "../../../tasks/progress.ts";
import { renderFor, renderStack } from "../../../tasks/render.ts";
import { defineStack, type StackInput, urlsOf } from "../../../tasks/stack.ts";
import { contextsOf } from "../../../tasks/offline.ts";
import { openOnline } from "../../../tasks/online.ts";
import { freePort } from "../../free_port.ts";
import { until } from "../../until.ts";

/** Runs one part of the scenario under a name. */
export type Step = (name: string, part: () => Promise<void>) => Promise<unknown>;

const never = new AbortController().signal;

/** A stack in a temporary directory, with ports of its own. */
export async function temporaryStack() {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "vigie-local-" }));
  const ports = Object.fromEntries(SERVICES.map((service) => [service, freePort()])) as Record<
    Service,
    number
  >;
  const paths = { buildDir: join(root, "build"), stateDir: join(root, "state"), configDir: root };
  const base: StackInput = {
    name: "local-test",
    ports,
    services: { grafana: false },
    scrape: { interval: "1s", timeout: "1s" },
    evaluation: { interval: "1s" },
  };
  const stackOf = (more: StackInput = {}) => defineStack({ ...base, ...more });
  const target = { ...paths, engine: "local" as const };
  return {
    root,
    ports,
    directory: join(paths.stateDir, "local"),
    target,
    stackOf,
    engine: (more: StackInput = {}): Engine => localEngine(stackOf(more), target),
    /** Renders, writes and brings up. */
    async up(more: StackInput = {}): Promise<readonly Applied[]> {
      await writeFiles(paths.buildDir, renderStack(stackOf(more), paths));
      return await localEngine(stackOf(more), target).up(silent, never);
    },
    async [Symbol.asyncDispose]() {
      await localEngine(stackOf(), target).clean(silent);
      await Deno.remove(root, { recursive: true });
    },
  };
}

/** The whole life of a stack. */
export async function scenario(step: Step): Promise<void> {
  await using stack = await temporaryStack();
  const { directory, ports } = stack;
  const status = () => stack.engine().status();
  const actions = (applied: readonly Applied[]) =>
    Object.fromEntries(applied.map(({ service, action }) => [service, action]));
  let pids: Record<string, string> = {};

  await step("brings every service up and tells what it is", async () => {
    const applied = await stack.up();
    assert.deepEqual(new Set(Object.values(actions(applied))), new Set(["started"]));
    const services = await status();
    assert.deepEqual(
      services.map(({ service, state, detail }) => ({ service, state, detail })),
      [
        "prometheus",
        "alertmanager",
        "webhook",
        "node-exporter",
        "blackbox",
      ].map((service) => ({ service, state: "ready", detail: undefined })),
    );
    for (const { service, memoryBytes, since, restarts, url } of services) {
      assert.ok(memoryBytes! > 5_000_000, `${service} has memory`);
      assert.ok(Date.parse(since!) <= Date.now(), `${service} has a start`);
      assert.equal(restarts, 0);
      assert.equal(url, `http://127.0.0.1:${ports[service]}`);
    }
    pids = pidsOf(services);
  });

  await step("runs detached from the terminal, without the environment of who started it", async () => {
    const supervisor = await supervisorOf(directory);
    const { stdout } = await run("cat", [`/proc/${supervisor}/stat`]);
    const session = stdout.replace(/^.*\) /, "").split(" ")[3];
    assert.equal(session, String(supervisor));
    const environment = (await run("cat", [`/proc/${pids.prometheus}/environ`])).stdout;
    const names = environment.split("\0").filter(Boolean).map((pair) => pair.split("=")[0]!);
    const known = /^(PATH|TZ|PWD|_|VIGIE_LOCAL|VIGIE_SERVICE|(HTTPS?|NO)_PROXY|SSL_CERT_(FILE|DIR))$/i;
    assert.deepEqual(names.filter((name) => !known.test(name)), []);
  });

  await step("leaves alone what did not change", async () => {
    const applied = await stack.up();
    assert.deepEqual(new Set(Object.values(actions(applied))), new Set(["unchanged"]));
    assert.deepEqual(pidsOf(await status()), pids);
  });

  await step("is asked by check --online what a change would do", async () => {
    const verdictsOf = async (more: StackInput) => {
      const session = { stack: stack.stackOf(more), target: stack.target, engine: stack.engine() };
      const online = await openOnline(session, { signal: never, progress: silent });
      const tool = () => Promise.reject(new Error("No program is asked"));
      const { whole } = contextsOf(session.stack, stack.target, stack.target.buildDir, {
        tool,
        signal: never,
      });
      const verdicts = await online.check(whole, () => true);
      return new Map(verdicts.map(({ id, problems }) => [id, problems.map(({ message }) => message)]));
    };
    const same = await verdictsOf({});
    assert.deepEqual([...same.keys()], ["online/drift", "online/would-fire"]);
    assert.deepEqual(same.get("online/drift"), []);
    const changed = (await verdictsOf({ thresholds: { cpu: 77 } })).get("online/drift")!;
    assert.ok(
      changed.length > 0 && changed.every((message) => message.includes("HostCpuHigh")),
      changed.join("\n"),
    );
  });

  await step("starts a killed Prometheus again", async () => {
    Deno.kill(Number(pids.prometheus), "SIGKILL");
    await until("Prometheus is back", async () => {
      const prometheus = (await status()).find(({ service }) => service === "prometheus");
      return prometheus?.state === "ready" && prometheus.id !== pids.prometheus && prometheus.restarts === 1;
    });
    const now = pidsOf(await status());
    assert.deepEqual({ ...now, prometheus: "" }, { ...pids, prometheus: "" });
    pids = now;
    assert.match(
      await Deno.readTextFile(join(directory, "logs", "supervisor.log")),
      /prometheus ended by itself \(signal SIGKILL\)/,
    );
  });

  await step("reloads a changed rule, and nothing else", async () => {
    const changed: StackInput = { thresholds: { cpu: 77 } };
    const applied = await stack.up(changed);
    assert.deepEqual(actions(applied), {
      prometheus: "reloaded",
      alertmanager: "unchanged",
      webhook: "unchanged",
      "node-exporter": "unchanged",
      blackbox: "unchanged",
    });
    assert.deepEqual(pidsOf(await status()), pids);
    const files = renderFor(stack.stackOf(changed), stack.target);
    const url = urlsOf(stack.stackOf()).prometheus;
    assert.deepEqual(await driftOfPrometheus(url, files, never), []);
    const rules = await (await fetch(`${url}/api/v1/rules`)).text();
    assert.match(rules, /77/);
  });

  await step("reloads a changed route and the webhook's changed language", async () => {
    const changed: StackInput = { thresholds: { cpu: 77 }, notify: { groupWait: "3s" }, locale: "en" };
    const applied = actions(await stack.up(changed));
    assert.equal(applied.alertmanager, "reloaded");
    assert.equal(applied.webhook, "reloaded");
    assert.deepEqual(pidsOf(await status()), pids);
  });

  await step(
    "restarts only a service whose command line changed, and stops one that is switched off",
    async () => {
      const changed: StackInput = {
        retention: { time: "3d" },
        services: { grafana: false, blackbox: false },
      };
      const applied = actions(await stack.up(changed));
      assert.equal(applied.prometheus, "restarted");
      assert.equal(applied["node-exporter"], "unchanged");
      assert.equal(applied.blackbox, "stopped");
      const now = pidsOf(await stack.engine(changed).status());
      assert.notEqual(now.prometheus, pids.prometheus);
      assert.equal(now["node-exporter"], pids["node-exporter"]);
      assert.equal(actions(await stack.up()).blackbox, "started");
      pids = pidsOf(await status());
    },
  );

  await step("repairs a stack whose supervisor was killed", async () => {
    const before = await supervisorOf(directory);
    Deno.kill(before, "SIGKILL");
    await until("the supervisor is gone", async () => !(await inspect([before])).has(before));
    for (const { detail } of await status()) assert.match(detail ?? "", /without its supervisor/);
    await stack.up();
    assert.notEqual(await supervisorOf(directory), before);
    const services = await status();
    assert.deepEqual(new Set(services.map(({ state }) => state)), new Set(["ready"]));
    assert.equal((await findMarked(directory)).length, services.length + 1);
    pids = pidsOf(services);
  });

  await step("shows the last log lines of a service that does not come up, and repairs it", async () => {
    const path = join(stack.target.buildDir, "local", "alertmanager", "alertmanager.yml");
    await Deno.writeTextFile(path, "route: nonsense\n");
    Deno.kill(Number(pids.alertmanager), "SIGKILL");
    const error = await stack.engine().up(silent, never).then(() => undefined, (error) => error);
    assert.equal(error?.name, "NotReady");
    assert.equal(error.service, "alertmanager");
    assert.ok(error.logs.some((line: string) => line.includes("alertmanager.yml")), error.logs.join("\n"));
    const failed = (await status()).find(({ service }) => service === "alertmanager");
    assert.match(failed?.detail ?? "", /^It ended by itself: exit code 1|did not|fetch|127\.0\.0\.1/);
    await stack.up();
    const services = await status();
    assert.deepEqual(new Set(services.map(({ state }) => state)), new Set(["ready"]));
    assert.equal(pidsOf(services).prometheus, pids.prometheus);
  });

  await step("hands over logs", async () => {
    const lines = await Array.fromAsync(
      stack.engine().logs("prometheus", { tail: 5, follow: false, signal: never }),
    );
    assert.equal(lines.length, 5);
    const stop = new AbortController();
    for await (
      const line of stack.engine().logs("prometheus", { tail: 1, follow: true, signal: stop.signal })
    ) {
      assert.notEqual(line, "");
      stop.abort();
    }
  });

  await step("runs beside another stack", async () => {
    await using other = await temporaryStack();
    await other.up();
    await other.engine().down(silent);
    assert.deepEqual(await findMarked(other.directory), []);
    assert.deepEqual(new Set((await status()).map(({ state }) => state)), new Set(["ready"]));
  });

  await step("stops everything", async () => {
    const marked = await findMarked(directory);
    const stopped = await stack.engine().down(silent);
    assert.deepEqual(new Set(stopped), new Set(Object.keys(pids)));
    assert.equal((await inspect(marked.map(({ pid }) => pid))).size, 0);
    assert.deepEqual(await findMarked(directory), []);
    assert.deepEqual(new Set((await status()).map(({ state }) => state)), new Set(["stopped"]));
    assert.deepEqual(await stack.engine().down(silent), []);
  });

  await step("names the foreign program on a port, and starts when it is gone", async () => {
    const foreign = Deno.listen({ hostname: "127.0.0.1", port: ports.blackbox });
    const error = await stack.up().then(() => undefined, (error) => error);
    foreign.close();
    assert.equal(error?.name, "Lacking");
    assert.match(
      error.message,
      new RegExp(`^Port ${ports.blackbox} of blackbox is taken by the process ${Deno.pid} \\(.*deno`),
    );
    assert.match(error.cure, /choose another port in config\.ts: `ports: \{ blackbox: … \}`/);
    assert.deepEqual(await findMarked(directory), []);
    await stack.up();
  });

  await step("never ends a foreign process whose number is in its files", async () => {
    await stack.engine().down(silent);
    const path = join(directory, "status.json");
    const last = parseStatus(await Deno.readTextFile(path))!;
    const innocent = new Deno.Command("sleep", { args: ["600"], stdin: "null", stdout: "null" }).spawn();
    const process = { ...last.supervisor, pid: innocent.pid };
    const service = { service: "prometheus", process, restarts: 0, key: "" };
    await Deno.writeTextFile(path, JSON.stringify({ ...last, supervisor: process, services: [service] }));
    assert.deepEqual(await stack.engine().down(silent), []);
    await stack.up();
    assert.ok((await inspect([innocent.pid])).has(innocent.pid));
    innocent.kill("SIGKILL");
    await innocent.status;
  });

  await step("removes its data when it is asked to", async () => {
    await stack.engine().clean(silent);
    assert.deepEqual(await findMarked(directory), []);
    await assert.rejects(Deno.stat(directory), Deno.errors.NotFound);
  });
}

function pidsOf(services: readonly ServiceStatus[]): Record<string, string> {
  return Object.fromEntries(services.map(({ service, id }) => [service, id ?? ""]));
}

async function supervisorOf(directory: string): Promise<number> {
  const supervisors = (await findMarked(directory)).filter(({ service }) => service === "supervisor");
  assert.equal(supervisors.length, 1);
  return supervisors[0]!.pid;
}

if (import.meta.main) {
  await scenario(async (name, part) => {
    const began = performance.now();
    await part();
    console.log(`${name} (${Math.round(performance.now() - began)} ms)`);
  });
}
