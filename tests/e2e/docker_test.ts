import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Service } from "../../compose/services/mod.ts";
import { run } from "../../lib/process.ts";
import { dockerAnswers } from "../../tasks/engine/docker.ts";
import { NotReady } from "../../tasks/engine/engine.ts";
import { silent } from "../../tasks/progress.ts";
import {
  docker,
  type DockerStack,
  eventually,
  list,
  makeDockerStack,
  type Runs,
} from "./docker/docker_stack.ts";
import { unless } from "../unless.ts";

const answer = await dockerAnswers();

/** A test that needs a Docker engine; skipped, with the reason in its name, where none answers. */
function dockerTest(name: string, fn: (t: Deno.TestContext) => Promise<void>): void {
  Deno.test({
    ...unless(answer.ok ? undefined : answer.reason, name),
    fn,
  });
}

for (const delivery of ["mount", "image"] as const) {
  dockerTest(`dockerEngine runs, changes, repairs and removes a stack, delivery "${delivery}"`, async (t) => {
    await using stack = await makeDockerStack(delivery);
    const all = (action: string) => Object.fromEntries(stack.services.map((service) => [service, action]));

    await t.step("up starts every service, and each is ready", async () => {
      assert.deepEqual(await stack.up(), all("started"));
      const status = await stack.engine().status();
      assert.deepEqual(
        Object.fromEntries(status.map(({ service, state }) => [service, state])),
        all("ready"),
      );
      for (const { service, memoryBytes } of status) assert.ok(memoryBytes! > 1_000_000, service);
    });

    await t.step("up again leaves everything as it is", async () => {
      const before = await stack.runs();
      assert.deepEqual(await stack.up(), all("unchanged"));
      assert.deepEqual(await stack.runs(), before);
    });

    await t.step("Prometheus reaches every service and every probe by its name", async () => {
      const jobs = await eventually(async () => {
        const { activeTargets } = await query(stack, "/api/v1/targets?state=active");
        const down = activeTargets.filter(({ health }: { health: string }) => health !== "up");
        assert.deepEqual(down.map(({ labels, lastError }: Target) => `${labels.job}: ${lastError}`), []);
        return new Set(activeTargets.map(({ labels }: Target) => labels.job));
      });
      for (const service of stack.services) {
        assert.ok(jobs.has(service === "node-exporter" ? "node" : service), service);
      }
    });

    await t.step(
      "the node exporter shows the host's network, and is closed to other networks",
      () => showsHost(stack),
    );

    await t.step("a changed rule reaches Prometheus alone", async () => {
      const before = await stack.runs();
      const action = delivery === "mount" ? "reloaded" : "restarted";
      // The pages' dashboards draw the line as well, and in an image they are part of it.
      const webhook = delivery === "mount" ? "unchanged" : "restarted";
      const changes = { thresholds: { cpu: 77 } };
      assert.deepEqual(await stack.up(changes), { ...all("unchanged"), prometheus: action, webhook });
      const { groups } = await query(stack, "/api/v1/rules");
      assert.match(JSON.stringify(groups), /> 77/);
      assertOthersRanOn(before, await stack.runs(), delivery === "mount" ? [] : ["prometheus", "webhook"]);
      assert.deepEqual(await stack.up(changes), all("unchanged"));
    });

    await t.step("a changed route reaches Alertmanager alone", async () => {
      await stack.up();
      const before = await stack.runs();
      const action = delivery === "mount" ? "reloaded" : "restarted";
      assert.deepEqual(await stack.up({ notify: { groupWait: "37s" } }), {
        ...all("unchanged"),
        alertmanager: action,
      });
      const status = await (await fetch(`${stack.urls.alertmanager}/api/v2/status`)).json();
      assert.match(status.config.original, /group_wait: 37s/);
      assertOthersRanOn(before, await stack.runs(), delivery === "mount" ? [] : ["alertmanager"]);
      await stack.up();
    });

    await t.step("up repairs a service that was killed, and touches no other", async () => {
      const before = await stack.runs();
      await docker("kill", `${stack.name}-prometheus-1`);
      const status = await stack.engine().status();
      assert.equal(status.find(({ service }) => service === "prometheus")!.state, "failed");
      assert.deepEqual(await stack.up(), { ...all("unchanged"), prometheus: "started" });
      assertOthersRanOn(before, await stack.runs(), ["prometheus"]);
    });

    await t.step("up repairs a service that hangs", async () => {
      await docker("pause", `${stack.name}-blackbox-1`);
      assert.equal((await stack.up()).blackbox, "started");
    });

    await t.step("up stops a service that is switched off", async () => {
      const applied = await stack.up({ services: { blackbox: false } });
      assert.equal(applied.blackbox, "stopped");
      assert.equal((await stack.runs()).blackbox, undefined);
      assert.equal((await stack.up()).blackbox, "started");
    });

    await t.step("a secret is readable where it is wanted, and in no image", async () => {
      const file = "/run/secrets/vigie/mail-email-2.password";
      const read = () => docker("exec", `${stack.name}-alertmanager-1`, "cat", file);
      assert.equal(await read(), "first");
      const { webhook } = await stack.runs();
      await Deno.writeTextFile(join(stack.directory, "smtp-password"), "second\n");
      assert.equal((await stack.up()).webhook, "reloaded", "it reads its secrets when it is told");
      assert.equal((await stack.runs()).webhook, webhook, "and is not restarted");
      assert.equal(await read(), "second");
      const { Image } = JSON.parse(
        await docker("inspect", "--format", "{{json .}}", `${stack.name}-alertmanager-1`),
      );
      assert.equal(await docker("run", "--rm", "--network=none", "--entrypoint=ls", Image, "/run"), "");
    });

    await t.step("logs gives the last lines", async () => {
      const signal = AbortSignal.abort();
      const lines = await collect(
        stack.engine().logs("webhook", { tail: 5, follow: false, signal: new AbortController().signal }),
      );
      assert.ok(lines.length > 0 && lines.length <= 5);
      assert.match(lines.join("\n"), /msg=Listening/);
      assert.deepEqual(await collect(stack.engine().logs("webhook", { tail: 5, follow: true, signal })), []);
    });

    await t.step("reaches tells what a service reaches, and what not", async () => {
      for (const service of ["prometheus", "webhook"] as const) {
        const { ok, detail } = await stack.engine().reaches(service, "http://alertmanager:9093/-/ready");
        assert.equal(ok, true, detail);
        assert.equal((await stack.engine().reaches(service, "http://alertmanager:9099/")).ok, false);
      }
    });

    await t.step("down stops everything and keeps the data, up finds it again", async () => {
      const volumes = await list("volume", stack.name);
      assert.deepEqual([...await stack.engine().down(silent)].sort(), [...stack.services].sort());
      assert.deepEqual(await list("container", stack.name), []);
      assert.deepEqual(await list("network", stack.name), []);
      assert.deepEqual(await list("volume", stack.name), volumes);
      assert.deepEqual(await stack.engine().down(silent), []);
      assert.deepEqual(await stack.up(), all("started"));
    });

    await t.step("clean leaves nothing", async () => {
      await stack.engine().clean(silent);
      for (const kind of ["container", "network", "volume", "image"] as const) {
        assert.deepEqual(await list(kind, stack.name), [], kind);
      }
    });
  });
}

dockerTest("dockerEngine restarts a service whose mounted directory was replaced", async () => {
  await using stack = await makeDockerStack("mount");
  await stack.up();
  const build = join(stack.directory, "build");
  for (const changes of [{ thresholds: { cpu: 71 } }, { thresholds: { cpu: 72 } }]) {
    // Moved away, it stays whole for the container that mounted it: a reload would succeed, and change nothing.
    await Deno.rename(build, `${build}.${changes.thresholds.cpu}`);
    assert.equal((await stack.up(changes)).prometheus, "restarted");
    const { groups } = await query(stack, "/api/v1/rules");
    assert.match(JSON.stringify(groups), new RegExp(`> ${changes.thresholds.cpu}`));
  }
});

dockerTest("dockerEngine names the port that another program has, and what to do", async () => {
  await using stack = await makeDockerStack("mount");
  for (const service of ["alertmanager", "node-exporter"] as const) {
    await stack.engine().down(silent);
    using _taken = Deno.listen({ hostname: "127.0.0.1", port: stack.ports[service] });
    await assert.rejects(stack.up(), (error) => {
      assert.ok(error instanceof NotReady, String(error));
      assert.equal(error.service, service);
      assert.equal(
        error.message,
        `Cannot start ${service}: port ${stack.ports[service]} is taken by another program`,
      );
      assert.match(error.cure, new RegExp(`"?${service}"?: ${stack.ports[service] + 1}`));
      return true;
    });
  }
  assert.equal((await stack.up()).alertmanager, "started");
});

dockerTest("dockerEngine shows the log of a service that does not come up", async () => {
  await using stack = await makeDockerStack("mount");
  await assert.rejects(
    stack.up({ versions: { blackbox: "0.0.1" } }),
    /Cannot pull the image "prom\/blackbox-exporter:v0.0.1"/,
  );
  await stack.up();
  // Retention that Prometheus itself refuses at its start.
  await assert.rejects(stack.up({ retention: { time: "15d", size: "9999999999EB" } }), (error) => {
    assert.ok(error instanceof NotReady, String(error));
    assert.equal(error.service, "prometheus");
    assert.match(error.logs.join("\n"), /overflow parsing unit/);
    return true;
  });
  // One that ends again and again may be seen between two ends, as running.
  assert.notEqual((await stack.up()).prometheus, "unchanged");
});

dockerTest("dockerEngine completes what an interrupted up left", async () => {
  await using stack = await makeDockerStack("mount");
  for (const afterMs of [300, 900, 1_500, 2_500]) {
    const stop = new AbortController();
    const done = stack.up({ retention: { time: `${afterMs}d` } }, stop.signal).then(
      () => true,
      () => stop.signal.aborted,
    );
    await Promise.race([done, delay(afterMs)]);
    stop.abort();
    assert.equal(await done, true, "it failed by itself");
  }
  await stack.up();
  const states = (await stack.engine().status()).map(({ service, state }) => [service, state]);
  assert.deepEqual(states, stack.services.map((service) => [service, "ready"]));
  assert.equal((await list("container", stack.name)).length, stack.services.length);
});

interface Target {
  readonly health: string;
  readonly lastError: string;
  readonly labels: { readonly job: string };
}

// deno-lint-ignore no-explicit-any
async function query(stack: DockerStack, path: string): Promise<any> {
  const response = await fetch(`${stack.urls.prometheus}${path}`);
  return (await response.json()).data;
}

function assertOthersRanOn(before: Runs, after: Runs, changed: readonly Service[]): void {
  for (const [service, now] of Object.entries(after)) {
    if (changed.includes(service as Service)) assert.notEqual(now, before[service], service);
    else assert.equal(now, before[service], service);
  }
}

async function showsHost(stack: DockerStack): Promise<void> {
  const url = `${stack.urls["node-exporter"]}/metrics`;
  // An address of this machine other than the ones it listens on.
  await assert.rejects(Deno.connect({ hostname: "127.0.0.2", port: stack.ports["node-exporter"] }));
  // An engine in a virtual machine shows that machine.
  if (await docker("info", "--format", "{{.Name}}") !== Deno.hostname()) return;
  await eventually(async () => {
    const metrics = await (await fetch(url)).text();
    const devices = [...metrics.matchAll(/^node_network_info\{.*device="([^"]+)"/gm)].map(([, device]) =>
      device!
    );
    // Deno itself wants every permission for /sys.
    const host = (await run("ls", ["/sys/class/net"])).stdout.trim().split("\n");
    // Other containers come and go meanwhile, with a virtual cable each.
    const lasting = (names: string[]) => names.filter((name) => !name.startsWith("veth")).sort();
    assert.deepEqual(lasting(devices), lasting(host));
    const roots = [...metrics.matchAll(/^node_filesystem_size_bytes\{.*mountpoint="\/"\} (\S+)$/gm)];
    assert.equal(roots.length, 1);
    return true;
  });
}

async function collect(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
}
