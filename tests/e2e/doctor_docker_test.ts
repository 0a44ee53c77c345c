/** The doctor against a real stack on Docker: what only Docker can break. */

import { strictEqual } from "node:assert/strict";
import { bridgeOf } from "../../compose/network.ts";
import { run } from "../../lib/process.ts";
import { dockerAnswers } from "../../tasks/engine/docker_cli.ts";
import { askUntil, type Breakage, prove, serious, show } from "./doctor/breakage.ts";
import { freePort } from "../free_port.ts";
import { type RunningStack, runTask, startStack } from "./doctor/running_stack.ts";
import { unless } from "../unless.ts";

const SERVICES = ["prometheus", "alertmanager", "webhook", "node-exporter", "blackbox"] as const;

async function docker(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run("docker", args);
  strictEqual(code, 0, stderr);
  return stdout.trim();
}

function container({ stack }: RunningStack, service: string): string {
  return `${stack.name}-${service}-1`;
}

function subnetOf(third: number): string {
  return `10.231.${third}.0/24`;
}

const mayFilter = Deno.uid() === 0 &&
  (await run("iptables", ["--list", "INPUT", "--numeric"]).catch(() => ({ code: 1 }))).code === 0;

const DOCKER_BREAKAGES: readonly Breakage[] = [
  {
    name: "a host firewall that drops what comes from containers",
    possible: mayFilter,
    wanted: "doctor/host-firewall node-exporter",
    consequence: "doctor/target-down node-exporter",
    evidence: "from prometheus: GET http://10.231.",
    async breakIt({ stack }) {
      const rule = ["INPUT", "-i", bridgeOf(stack.name), "-p", "tcp", "--dport"];
      const args = [...rule, String(stack.ports["node-exporter"]), "-j", "DROP"];
      strictEqual((await run("iptables", ["-I", ...args])).code, 0);
      return async () => strictEqual((await run("iptables", ["-D", ...args])).code, 0);
    },
  },
  {
    name: "a container taken out of the network",
    wanted: "doctor/network-detached webhook",
    consequence: "doctor/name-resolution webhook",
    evidence: "_stack",
    async breakIt(stack) {
      const [network, name] = [`${stack.stack.name}_stack`, container(stack, "webhook")];
      await docker("network", "disconnect", network, name);
      return async () => void await docker("network", "connect", "--alias", "webhook", network, name);
    },
  },
  {
    name: "a container stopped by hand, its port taken by another one",
    wanted: "doctor/port-foreign blackbox",
    consequence: "doctor/service-dead blackbox",
    evidence: "is held by the container",
    async breakIt(stack) {
      const name = container(stack, "blackbox");
      await docker("stop", name);
      const image = await docker("inspect", "--format", "{{.Config.Image}}", name);
      const publish = `127.0.0.1:${stack.stack.ports.blackbox}:9115`;
      const other = await docker("run", "--detach", "--rm", "--publish", publish, image);
      return async () => {
        await docker("kill", other);
        await docker("start", name);
      };
    },
  },
  {
    name: "a paused container",
    wanted: "doctor/service-hung alertmanager",
    consequence: "doctor/target-down alertmanager",
    evidence: "it is paused",
    async breakIt(stack) {
      const name = container(stack, "alertmanager");
      await docker("pause", name);
      return async () => void await docker("unpause", name);
    },
    lingering: ["doctor/alerts-undelivered alertmanager", "doctor/service-unready alertmanager"],
  },
  {
    name: "a build directory that was removed and made anew",
    wanted: "doctor/mount-stale",
    evidence: "/etc/prometheus",
    async breakIt(stack) {
      const paths = [
        "--config",
        stack.config,
        "--build",
        stack.target.buildDir,
        "--state",
        stack.target.stateDir,
      ];
      await Deno.remove(stack.target.buildDir, { recursive: true });
      strictEqual((await runTask("generate", paths)).code, 0);
      return async () => {
        strictEqual((await runTask("down", paths)).code, 0);
        await stack.up();
      };
    },
  },
];

const answer = await dockerAnswers();

Deno.test({
  ...unless(
    answer.ok ? undefined : answer.reason,
    "doctor names what was broken on Docker, and finds nothing in a stack that is well",
  ),
  async fn(t) {
    const directory = await Deno.makeTempDir({ prefix: "vigie-doctor-" });
    const ports = Object.fromEntries(SERVICES.map((service) => [service, freePort()]));
    const random = crypto.getRandomValues(new Uint8Array(3));
    const name = `doctor-${Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
    const keys = `name: "${name}", engine: "docker", network: { subnet: "${subnetOf(random[0]!)}" },`;
    try {
      // Containers write as other users: what they mount must be open to them.
      await Deno.chmod(directory, 0o755);
      await using stack = await startStack(directory, ports, keys);
      await t.step("a stack that is well", async () => {
        const findings = await askUntil(stack, (found) => serious(found).length === 0);
        strictEqual(serious(findings).length, 0, show(findings));
      });
      const lingering = new Set<string>();
      for (const breakage of DOCKER_BREAKAGES) {
        const reason = breakage.possible === false ? "this user may not do it" : undefined;
        await t.step({ ...unless(reason, breakage.name), fn: () => prove(stack, breakage, lingering) });
      }
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});
