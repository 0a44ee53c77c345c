/** The doctor against a real stack that is broken in many ways: each must be named, as the cause, and go when it is mended. */

import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { run } from "../../lib/process.ts";
import type { Finding } from "../../tasks/doctor/mod.ts";
import { askUntil, nameOf, prove, serious, show } from "./doctor/breakage.ts";
import { edit, LOCAL_BREAKAGES, supervisorPid } from "./doctor/local_breakages.ts";
import { freePort } from "../free_port.ts";
import { configText, LOCAL_KEYS, runTask, startStack } from "./doctor/running_stack.ts";
import { unless } from "../unless.ts";

const SERVICES = ["prometheus", "alertmanager", "webhook", "node-exporter", "blackbox"] as const;

/** Writes a file until the disk is full. */
async function fill(path: string): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true });
  const block = new Uint8Array(64 * 1024);
  await rejects(async () => {
    while (true) await file.write(block);
  }, { code: "ENOSPC" });
}

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
      await Deno.writeTextFile(path, configText(ports, `${LOCAL_KEYS} retension: { time: "1d" },`));
      const { code, stdout } = await stack.doctor("--json", "--config", path);
      strictEqual(code, 2, stdout);
      const { findings, areas } = JSON.parse(stdout);
      deepStrictEqual(serious(findings).map(nameOf), ["doctor/config-invalid"]);
      ok(findings[0].evidence.join("\n").includes("retension"), show(findings));
      // The stack is examined all the same, as it was last applied.
      const services = areas.find(({ area }: { area: string }) => area === "services");
      ok(services.seen.join("; ").includes("prometheus, alertmanager, webhook"), stdout);
    });

    for (const breakage of LOCAL_BREAKAGES) {
      await t.step(breakage.name, () => prove(stack, breakage, lingering));
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
  // Only root may mount, and not in every container.
  const mounted = Deno.uid() === 0 &&
    (await run("mount", ["-t", "tmpfs", "-o", "size=96m", "tmpfs", directory])).code === 0;
  try {
    await t.step({
      ...unless(
        mounted ? undefined : "only root may mount a file system",
        "a small file system for the state, filled",
      ),
      async fn() {
        const ports = Object.fromEntries(SERVICES.map((service) => [service, freePort()]));
        await using stack = await startStack(directory, ports);
        const filler = join(directory, "filler");
        await fill(filler);
        try {
          const findings = await askUntil(
            stack,
            (found) => found.some(({ id }) => id === "doctor/disk-full"),
          );
          const causes = serious(findings).filter(({ followsFrom }) => followsFrom === undefined);
          deepStrictEqual(causes.map(({ id }) => id), ["doctor/disk-full"], show(findings));
          ok(causes[0]!.evidence[0]!.includes(directory), show(findings));
        } finally {
          await Deno.remove(filler);
        }
      },
    });
  } finally {
    if (mounted) strictEqual((await run("umount", [directory])).code, 0);
    await Deno.remove(directory, { recursive: true });
  }
});
