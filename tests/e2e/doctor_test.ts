/** The doctor against a real stack that is broken in many ways: each must be named, as a cause, and go when it is mended. */

import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Service } from "../../compose/versions.ts";
import { run } from "../../lib/process.ts";
import type { Finding } from "../../tasks/doctor/mod.ts";
import { configText, freePort, type RunningStack, runTask, startStack } from "./doctor/running_stack.ts";

const DEADLINE_MS = 60_000;
const SERVICES = ["prometheus", "alertmanager", "webhook", "node-exporter", "blackbox"] as const;

/** One way to break the stack. */
interface Breakage {
  readonly name: string;
  /** What the doctor must name as a cause: `ID` or `ID SUBJECT`. */
  readonly wanted: string;
  /** What must be called its consequence. */
  readonly consequence?: string;
  /** Text that the evidence must hold; a function is asked after the break. */
  readonly evidence: string | (() => string);
  /** Breaks it. @returns what mends it. */
  readonly breakIt: (stack: RunningStack) => Promise<() => Promise<void>>;
  /** How the doctor is asked. */
  readonly options?: (stack: RunningStack) => Parameters<RunningStack["findings"]>[0];
  /** Causes that the mended stack may still show for minutes, as counters and logs remember. */
  readonly lingering?: readonly string[];
}

function nameOf({ id, subject }: Finding): string {
  return subject === undefined ? id : `${id} ${subject}`;
}

function serious(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ weight }) => weight !== "note");
}

function show(findings: readonly Finding[]): string {
  return findings.map((finding) =>
    `${finding.weight} ${nameOf(finding)} <- ${finding.followsFrom ?? "(cause)"}: ${finding.cause}\n    ${
      finding.evidence.join("\n    ")
    }`
  ).join("\n");
}

/** Asks the doctor until `right`, which a stack that scrapes every second comes to soon. */
async function askUntil(
  stack: RunningStack,
  right: (findings: readonly Finding[]) => boolean,
  options?: Parameters<RunningStack["findings"]>[0],
): Promise<readonly Finding[]> {
  const end = performance.now() + DEADLINE_MS;
  while (true) {
    const findings = await stack.findings(options);
    if (right(findings) || performance.now() > end) return findings;
    await delay(200);
  }
}

/** Waits until every service is ready, by the supervisor's doing or that of `up`. */
async function untilReady({ engine }: RunningStack): Promise<void> {
  const end = performance.now() + DEADLINE_MS;
  while (true) {
    const waiting = (await engine.status()).filter(({ state }) => state !== "ready");
    if (waiting.length === 0) return;
    if (performance.now() > end) throw new Error(`Not ready: ${JSON.stringify(waiting)}`);
    await delay(100);
  }
}

/** Replaces a file for a while. */
async function edit(path: string, change: (text: string) => string): Promise<() => Promise<void>> {
  const before = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, change(before));
  return () => Deno.writeTextFile(path, before);
}

function generated(stack: RunningStack, path: string): string {
  return join(stack.target.buildDir, "local", path);
}

async function post(url: string, body?: unknown): Promise<{ status: number; text: string }> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

/** Stops a service's process by a signal, as a hung disk or a debugger would. */
async function freeze(stack: RunningStack, service: Service): Promise<() => Promise<void>> {
  const pid = await stack.pid(service);
  Deno.kill(pid, "SIGSTOP");
  return () => Promise.resolve(Deno.kill(pid, "SIGCONT"));
}

async function supervisorPid(stack: RunningStack): Promise<number> {
  return JSON.parse(await Deno.readTextFile(join(stack.target.stateDir, "local", "status.json"))).supervisor
    .pid;
}

/** A program of somebody else's that listens on `port`. */
async function occupy(port: number): Promise<AsyncDisposable & { readonly pid: number }> {
  const program = `Deno.serve({ hostname: "127.0.0.1", port: ${port} }, () => new Response("not yours"))`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", program],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const end = performance.now() + DEADLINE_MS;
  while (performance.now() < end) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).then((response) => response.text(), () => "");
    if (answer === "not yours") break;
    await delay(50);
  }
  return {
    pid: child.pid,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}

/** Writes a file until the disk is full. */
async function fill(path: string): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true });
  const block = new Uint8Array(64 * 1024);
  await rejects(async () => {
    while (true) await file.write(block);
  }, { code: "ENOSPC" });
}

const HOUR_MS = 3_600_000;
let foreignPid = 0;

const BREAKAGES: readonly Breakage[] = [
  {
    name: "a generated file edited by hand",
    wanted: "doctor/generated-differs local/alertmanager/alertmanager.yml",
    evidence: "config.ts:",
    breakIt: (stack) =>
      edit(
        generated(stack, "alertmanager/alertmanager.yml"),
        (text) => text.replace("group_wait: 10s", "group_wait: 9h"),
      ),
  },
  {
    name: "a rule file removed",
    wanted: "doctor/generated-missing local/prometheus/rules/host.yml",
    consequence: "doctor/config-drift prometheus",
    evidence: "no such file",
    async breakIt(stack) {
      const path = generated(stack, "prometheus/rules/host.yml");
      const text = await Deno.readTextFile(path);
      await Deno.remove(path);
      strictEqual((await post(`${stack.urls.prometheus}/-/reload`)).status, 200);
      return async () => {
        await Deno.writeTextFile(path, text);
        await post(`${stack.urls.prometheus}/-/reload`);
      };
    },
  },
  {
    name: "a rule file put there by hand",
    wanted: "doctor/generated-foreign local/prometheus/rules/mine.yml",
    consequence: "doctor/config-drift prometheus",
    evidence: "mine.yml",
    async breakIt(stack) {
      const path = generated(stack, "prometheus/rules/mine.yml");
      await Deno.writeTextFile(path, "groups: [{ name: mine, rules: [{ alert: Mine, expr: vector(1) }] }]\n");
      strictEqual((await post(`${stack.urls.prometheus}/-/reload`)).status, 200);
      return async () => {
        await Deno.remove(path);
        await post(`${stack.urls.prometheus}/-/reload`);
      };
    },
  },
  {
    name: "a configuration that Prometheus refuses",
    wanted: "doctor/generated-differs local/prometheus/prometheus.yml",
    consequence: "doctor/reload-failed prometheus",
    evidence: "no_such_key",
    async breakIt(stack) {
      const mend = await edit(
        generated(stack, "prometheus/prometheus.yml"),
        (text) => `no_such_key: 1\n${text}`,
      );
      strictEqual((await post(`${stack.urls.prometheus}/-/reload`)).status, 500);
      return async () => {
        await mend();
        await post(`${stack.urls.prometheus}/-/reload`);
      };
    },
  },
  {
    name: "config.ts changed and not applied",
    wanted: "doctor/config-unapplied",
    evidence: "thresholds.cpu: 90 was applied, 50 is in config.ts",
    async breakIt({ directory, stack }) {
      const path = join(directory, "changed.ts");
      await Deno.writeTextFile(path, configText(stack.ports, "thresholds: { cpu: 50 },"));
      return () => Promise.resolve();
    },
    options: ({ directory }) => ({ config: join(directory, "changed.ts") }),
  },
  {
    name: "a forgotten silence that mutes everything",
    wanted: "doctor/silence-all",
    evidence: 'alertname=~".+"',
    async breakIt({ urls }) {
      const { text } = await post(`${urls.alertmanager}/api/v2/silences`, {
        matchers: [{ name: "alertname", value: ".+", isRegex: true, isEqual: true }],
        startsAt: new Date().toISOString(),
        endsAt: new Date(Date.now() + HOUR_MS).toISOString(),
        createdBy: "somebody",
        comment: "maintenance",
      });
      const { silenceID } = JSON.parse(text);
      return async () => {
        const response = await fetch(`${urls.alertmanager}/api/v2/silence/${silenceID}`, {
          method: "DELETE",
        });
        await response.body?.cancel();
      };
    },
  },
  {
    name: "secrets that others can read",
    wanted: "doctor/secrets-open secrets",
    evidence: "0755",
    async breakIt({ target }) {
      const path = join(target.stateDir, "secrets");
      await Deno.chmod(path, 0o755);
      return () => Deno.chmod(path, 0o700);
    },
  },
  {
    name: "a target that nobody listens on",
    wanted: "doctor/target-down",
    evidence: "connection refused",
    async breakIt({ directory }) {
      const path = join(directory, "targets.json");
      await Deno.writeTextFile(path, JSON.stringify([{ targets: [`127.0.0.1:${freePort()}`] }]));
      return () => Deno.writeTextFile(path, "[]");
    },
  },
  {
    name: "a clock that is an hour ahead of Prometheus's",
    wanted: "doctor/clock-skew prometheus",
    evidence: "Prometheus: ",
    breakIt: () => Promise.resolve(() => Promise.resolve()),
    options: () => ({ now: () => Date.now() + HOUR_MS }),
  },
  {
    name: "a clock that was set back an hour",
    wanted: "doctor/clock-skew prometheus",
    consequence: "doctor/clock-jumped prometheus",
    evidence: "Prometheus: ",
    breakIt: () => Promise.resolve(() => Promise.resolve()),
    options: () => ({ now: () => Date.now() - HOUR_MS }),
  },
  {
    name: "a node exporter that hangs",
    wanted: "doctor/service-hung node-exporter",
    consequence: "doctor/target-down node-exporter",
    evidence: "state T",
    breakIt: (stack) => freeze(stack, "node-exporter"),
  },
  {
    name: "a webhook that hangs",
    wanted: "doctor/service-hung webhook",
    consequence: "doctor/target-down webhook",
    evidence: "no answer within",
    breakIt: (stack) => freeze(stack, "webhook"),
    lingering: ["doctor/notifications-failing webhook"],
  },
  {
    name: "an Alertmanager that does not answer",
    wanted: "doctor/service-hung alertmanager",
    consequence: "doctor/target-down alertmanager",
    evidence: "state T",
    breakIt: (stack) => freeze(stack, "alertmanager"),
    lingering: ["doctor/alerts-undelivered alertmanager"],
  },
  {
    name: "a supervisor that is stopped",
    wanted: "doctor/supervisor-hung",
    evidence: "state T",
    async breakIt(stack) {
      const pid = await supervisorPid(stack);
      Deno.kill(pid, "SIGSTOP");
      return () => Promise.resolve(Deno.kill(pid, "SIGCONT"));
    },
  },
  {
    name: "a supervisor that was killed",
    wanted: "doctor/supervisor-dead",
    evidence: "still running: ",
    async breakIt(stack) {
      Deno.kill(await supervisorPid(stack), "SIGKILL");
      return () => stack.up();
    },
  },
  {
    name: "another program on a service's port",
    wanted: "doctor/port-foreign blackbox",
    evidence: () => `pid ${foreignPid}: `,
    async breakIt(stack) {
      // The supervisor sleeps while the port changes hands.
      const [supervisor, pid] = [await supervisorPid(stack), await stack.pid("blackbox")];
      Deno.kill(supervisor, "SIGSTOP");
      Deno.kill(pid, "SIGKILL");
      const other = await occupy(stack.stack.ports.blackbox);
      foreignPid = other.pid;
      Deno.kill(supervisor, "SIGCONT");
      return async () => {
        await other[Symbol.asyncDispose]();
        await stack.up();
      };
    },
    lingering: ["doctor/restart-loop blackbox"],
  },
  {
    name: "a program that fails at each start",
    wanted: "doctor/restart-loop node-exporter",
    consequence: "doctor/target-down node-exporter",
    evidence: "exit code 1",
    async breakIt(stack) {
      const mend = await edit(join(stack.target.stateDir, "local", "services.json"), (text) => {
        const desired = JSON.parse(text);
        for (const spec of desired.services) {
          if (spec.service === "node-exporter") spec.command = ["/bin/sh", "-c", "echo cannot work; exit 1"];
        }
        return JSON.stringify(desired);
      });
      Deno.kill(await supervisorPid(stack), "SIGHUP");
      return async () => {
        await mend();
        await stack.up();
      };
    },
    lingering: ["doctor/restart-loop node-exporter"],
  },
  {
    name: "a killed Prometheus whose data directory is a file",
    wanted: "doctor/data-path prometheus",
    consequence: "doctor/restart-loop prometheus",
    evidence: "is a file of 0 bytes",
    async breakIt(stack) {
      const data = join(stack.target.stateDir, "local", "data", "prometheus");
      const pid = await stack.pid("prometheus");
      await Deno.rename(data, `${data}.old`);
      await Deno.writeTextFile(data, "");
      Deno.kill(pid, "SIGKILL");
      return async () => {
        await Deno.remove(data);
        // Its supervisor tries again by itself.
        await Deno.rename(`${data}.old`, data);
      };
    },
    lingering: ["doctor/restart-loop prometheus"],
  },
];

Deno.test("doctor names what was broken, as the cause, and finds nothing in a stack that is well", async (t) => {
  const directory = await Deno.makeTempDir({ prefix: "vigie-doctor-" });
  const ports = Object.fromEntries(SERVICES.map((service) => [service, freePort()]));
  try {
    await using stack = await startStack(directory, ports);
    const lingering = new Set<string>();
    const clean = (findings: readonly Finding[]) =>
      serious(findings).every((finding) =>
        finding.followsFrom !== undefined || lingering.has(nameOf(finding))
      );

    await t.step("a stack that is well", async () => {
      const findings = await askUntil(stack, (found) => serious(found).length === 0);
      strictEqual(serious(findings).length, 0, show(findings));
      const { code, stdout } = await stack.doctor("--json");
      const report = JSON.parse(stdout);
      strictEqual(code, 0, stdout);
      strictEqual(report.ok, true);
      const text = await stack.doctor();
      ok(text.stdout.includes("Nothing is wrong"), text.stdout);
      ok(/^ok +ports +\d+, \d+/m.test(text.stdout), text.stdout);
    });

    await t.step("a config.ts that cannot be used, while the stack runs", async () => {
      const path = join(directory, "broken.ts");
      await Deno.writeTextFile(path, configText(ports, 'retension: { time: "1d" },'));
      const { code, stdout } = await stack.doctor("--json", "--config", path);
      strictEqual(code, 2, stdout);
      const { findings, areas } = JSON.parse(stdout);
      deepStrictEqual(serious(findings).map(nameOf), ["doctor/config-invalid"]);
      ok(findings[0].evidence.join("\n").includes("retension"), show(findings));
      // The stack is examined all the same, as it was last applied.
      const services = areas.find(({ area }: { area: string }) => area === "services");
      ok(services.seen.join("; ").includes("prometheus, alertmanager, webhook"), stdout);
    });

    for (const { name, wanted, consequence, evidence, breakIt, options, lingering: remembers } of BREAKAGES) {
      await t.step(name, async () => {
        const mend = await breakIt(stack);
        try {
          const isWanted = (finding: Finding) =>
            nameOf(finding) === wanted || nameOf(finding).startsWith(`${wanted} `);
          const isConsequence = (finding: Finding) => nameOf(finding) === consequence;
          const asked = options?.(stack);
          const findings = await askUntil(
            stack,
            (found) => found.some(isWanted) && (consequence === undefined || found.some(isConsequence)),
            asked,
          );
          const cause = findings.find(isWanted);
          ok(cause, `"${wanted}" was not found:\n${show(findings)}`);
          strictEqual(cause.followsFrom, undefined, `it is the cause:\n${show(findings)}`);
          const words = typeof evidence === "string" ? evidence : evidence();
          ok(cause.evidence.join("\n").includes(words), `evidence with "${words}":\n${show(findings)}`);
          ok(cause.cure.length > 0);
          if (consequence !== undefined) {
            const follower = findings.find(isConsequence);
            strictEqual(
              follower?.followsFrom,
              nameOf(cause),
              `"${consequence}" follows from it:\n${show(findings)}`,
            );
          }
          const others = serious(findings).filter((finding) =>
            finding.followsFrom === undefined && !isWanted(finding) && !lingering.has(nameOf(finding)) &&
            !remembers?.includes(nameOf(finding))
          );
          strictEqual(others.length, 0, `no other cause:\n${show(others)}`);
        } finally {
          await mend();
        }
        for (const each of remembers ?? []) lingering.add(each);
        await untilReady(stack);
        const after = await askUntil(stack, clean);
        ok(clean(after), `nothing is left once it is mended:\n${show(serious(after))}`);
      });
    }

    await t.step("everything killed, and the supervisor's process id another program's", async () => {
      const pids = await Promise.all(SERVICES.map((service) => stack.pid(service)));
      const status = join(stack.target.stateDir, "local", "status.json");
      for (const pid of [await supervisorPid(stack), ...pids]) Deno.kill(pid, "SIGKILL");
      const other = new Deno.Command("sleep", {
        args: ["600"],
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      try {
        await edit(status, (text) => {
          const report = JSON.parse(text);
          return JSON.stringify({ ...report, supervisor: { ...report.supervisor, pid: other.pid } });
        });
        const findings = await askUntil(
          stack,
          (found) => found.some(({ id }) => id === "doctor/not-running"),
        );
        const stale = findings.find(({ id }) => id === "doctor/pid-stale");
        ok(stale?.evidence.join("\n").includes("sleep 600"), show(findings));
        ok(findings.some(({ id }) => id === "doctor/not-running"), show(findings));
        ok(
          !findings.some(({ id }) => id === "doctor/target-down" || id === "doctor/service-dead"),
          show(findings),
        );
      } finally {
        other.kill("SIGKILL");
        await other.status;
      }
      await stack.up();
      const after = await askUntil(stack, clean);
      ok(clean(after), `\`up\` repairs it:\n${show(serious(after))}`);
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("doctor works where nothing works", async (t) => {
  const directory = await Deno.makeTempDir({ prefix: "vigie-doctor-" });
  const paths = (config: string, state = "state") => [
    ...[
      "--config",
      join(directory, config),
      "--build",
      join(directory, "build"),
      "--state",
      join(directory, state),
    ],
    "--engine",
    "local",
    "--json",
  ];
  const ports = Object.fromEntries(SERVICES.map((service) => [service, freePort()]));
  await Deno.writeTextFile(join(directory, "targets.json"), "[]");
  await Deno.writeTextFile(join(directory, "config.ts"), configText(ports));
  try {
    await t.step("a stack that was never started", async () => {
      const { code, stdout } = await runTask("doctor", paths("config.ts"));
      deepStrictEqual(serious(JSON.parse(stdout).findings).map(nameOf), ["doctor/not-running"]);
      strictEqual(code, 1);
    });
    await t.step("no config.ts", async () => {
      const { code, stdout } = await runTask("doctor", paths("none.ts"));
      deepStrictEqual(serious(JSON.parse(stdout).findings).map(nameOf), ["doctor/config-invalid"]);
      strictEqual(code, 2);
    });
    await t.step("a state directory that is a file", async () => {
      await Deno.writeTextFile(join(directory, "file"), "");
      const { code, stdout } = await runTask("doctor", paths("config.ts", "file"));
      const { findings } = JSON.parse(stdout);
      const causes = serious(findings).filter(({ followsFrom }) => followsFrom === undefined);
      deepStrictEqual(causes.map(nameOf), ["doctor/state-path"], stdout);
      strictEqual(code, 1);
    });
    await t.step("no engine", async () => {
      const { code, stdout } = await runTask("doctor", [
        ...paths("config.ts").slice(0, 6),
        "--json",
        "--engine",
        "docker",
      ], {
        DOCKER_HOST: `tcp://127.0.0.1:${freePort()}`,
      });
      const { findings } = JSON.parse(stdout);
      const causes = serious(findings).filter(({ followsFrom }) => followsFrom === undefined);
      deepStrictEqual(causes.map(nameOf), ["doctor/docker-down docker"], stdout);
      strictEqual(code, 1);
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("doctor names a full disk as the cause", async (t) => {
  const directory = await Deno.makeTempDir({ prefix: "vigie-doctor-" });
  const state = join(directory, "state");
  await Deno.mkdir(state);
  // Only root may mount, and not in every container.
  const mounted = Deno.uid() === 0 &&
    (await run("mount", ["-t", "tmpfs", "-o", "size=96m", "tmpfs", state])).code === 0;
  try {
    await t.step({
      name: "a small file system for the state, filled",
      ignore: !mounted,
      async fn() {
        const ports = Object.fromEntries(SERVICES.map((service) => [service, freePort()]));
        await using stack = await startStack(directory, ports);
        const filler = join(state, "filler");
        await fill(filler);
        try {
          const findings = await askUntil(
            stack,
            (found) => found.some(({ id }) => id === "doctor/disk-full"),
          );
          const causes = serious(findings).filter(({ followsFrom }) => followsFrom === undefined);
          deepStrictEqual(causes.map(({ id }) => id), ["doctor/disk-full"], show(findings));
          ok(causes[0]!.evidence[0]!.includes(state), show(findings));
        } finally {
          await Deno.remove(filler);
        }
      },
    });
  } finally {
    if (mounted) strictEqual((await run("umount", [state])).code, 0);
    await Deno.remove(directory, { recursive: true });
  }
});
