/** `doctor --security` against running stacks: nothing to find in a stack as it is generated, and each thing that is opened by hand. */

import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { run } from "../../lib/process.ts";
import { findAlive } from "../../tasks/engine/local/control.ts";
import { dockerAnswers } from "../../tasks/engine/docker_cli.ts";
import { freePort } from "../free_port.ts";
import { type RunningStack, startStack } from "./doctor/running_stack.ts";
import { notOnLinux, unless } from "../unless.ts";

const SERVICES = ["prometheus", "alertmanager", "webhook", "node-exporter", "blackbox"] as const;
const ports = () => Object.fromEntries(SERVICES.map((service) => [service, freePort()]));

interface Found {
  readonly id: string;
  readonly subject: string;
  readonly evidence: readonly string[];
}

async function report(stack: RunningStack) {
  const { code, stdout, stderr } = await stack.doctor("--security", "--json");
  ok(code === 0 || code === 1, stderr + stdout);
  const { ok: fine, findings, excepted, skipped } = JSON.parse(stdout);
  strictEqual(fine, code === 0);
  return { findings: findings as Found[], excepted: excepted as Found[], skipped, stdout };
}

Deno.test({
  ...unless(notOnLinux, "doctor --security finds nothing in a local stack, and names what is opened"),
  async fn(t) {
    const directory = await Deno.makeTempDir({ prefix: "vigie-security-" });
    try {
      await using stack = await startStack(directory, ports(), `name: "security-test", engine: "local",`);
      const { stateDir, buildDir } = stack.target;
      await t.step("a stack as it is generated", async () => {
        const { findings, skipped } = await report(stack);
        deepStrictEqual(findings, []);
        deepStrictEqual(skipped, []);
        const text = await stack.doctor("--security", "--verbose");
        strictEqual(text.code, 0, text.stdout);
        match(text.stdout, /Nothing is wrong by \d+ rules for the local engine/);
        match(text.stdout, /security\/process-seccomp prometheus\n +evidence: .*\n +reason:/);
      });
      await t.step({
        ...unless(Deno.uid() === 0 ? undefined : "only root starts services as others", "users of their own"),
        async fn() {
          const { services } = await findAlive(await Deno.realPath(join(stateDir, "local")));
          const owners = await Promise.all(
            services.map(({ pid }) => run("stat", ["-c", "%u", `/proc/${pid}`])),
          );
          const uids = owners.map(({ stdout }) => stdout.trim());
          strictEqual(new Set(uids).size, SERVICES.length, uids.join(" "));
          ok(!uids.includes("0"), uids.join(" "));
          const prometheus = services.find(({ service }) => service === "prometheus")!;
          // As Prometheus sees it: its own data, and nothing of the others'.
          const inside = ["--target", String(prometheus.pid), "--mount", "ls", "-1"];
          const seen = await run("nsenter", [
            ...inside,
            join(stateDir, "local", "data"),
            join(stateDir, "secrets"),
          ]);
          deepStrictEqual(seen.stdout.split("\n").filter((line) => /^[a-z-]+$/.test(line)), [
            "prometheus",
            "prometheus",
          ]);
        },
      });
      await t.step("what is opened by hand", async () => {
        await Deno.chmod(join(stateDir, "secrets"), 0o755);
        await Deno.mkdir(join(stateDir, "secrets", "store"));
        const secret = join(stateDir, "secrets", "store", "chat-url");
        await Deno.writeTextFile(secret, "https://chat.example.org/hooks/T00/B00/not-to-be-seen");
        await Deno.chmod(secret, 0o644);
        await Deno.writeTextFile(
          join(stateDir, "local", "logs", "webhook.log"),
          "… hooks/T00/B00/not-to-be-seen",
          {
            append: true,
          },
        );
        await Deno.writeTextFile(
          join(buildDir, "notes.txt"),
          "url: https://chat.example.org/hooks/T00/B00/not-to-be-seen",
        );
        await Deno.chmod(join(buildDir, "local"), 0o777);
        const { findings, stdout } = await report(stack);
        deepStrictEqual(findings.map(({ id, subject }) => [id, subject]).toSorted(), [
          ["security/secret-leaked", join(buildDir, "notes.txt")],
          ["security/secret-mode", join(stateDir, "secrets", "store")],
          ["security/state-open", join(stateDir, "secrets")],
          ["security/world-writable", buildDir],
        ]);
        ok(!stdout.includes("not-to-be-seen"), "a secret is never shown");
        await Deno.remove(join(buildDir, "notes.txt"));
      });
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});

const answer = await dockerAnswers();

Deno.test({
  ...unless(
    answer.ok ? undefined : answer.reason,
    "doctor --security finds nothing in a stack on Docker, and names who is in its network",
  ),
  async fn() {
    const directory = await Deno.makeTempDir({ prefix: "vigie-security-" });
    const [byte] = crypto.getRandomValues(new Uint8Array(1));
    const name = `security-${byte!.toString(16)}${Deno.pid}`;
    try {
      // Containers read as other users: what they mount must be open to them.
      await Deno.chmod(directory, 0o755);
      const keys = `name: "${name}", engine: "docker", network: { subnet: "10.232.${byte}.0/24" },`;
      await using stack = await startStack(directory, ports(), keys);
      const { findings, excepted, skipped } = await report(stack);
      deepStrictEqual(findings, []);
      deepStrictEqual(skipped, []);
      const host = excepted.filter(({ id, subject }) =>
        id === "security/host-namespace" && subject === "node-exporter"
      );
      deepStrictEqual(host.map(({ evidence }) => evidence.toSorted()), [[
        "NetworkMode: host",
        "PidMode: host",
      ]]);
      const image = await docker("inspect", "--format", "{{.Config.Image}}", `${name}-blackbox-1`);
      const stranger = await docker("run", "--detach", "--rm", "--network", `${name}_stack`, image);
      try {
        const { findings } = await report(stack);
        deepStrictEqual(findings.map(({ id, subject }) => [id, subject]), [
          ["security/network-guest", `${name}_stack`],
        ]);
      } finally {
        await docker("kill", stranger);
      }
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});

async function docker(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run("docker", args);
  strictEqual(code, 0, stderr);
  return stdout.trim();
}
