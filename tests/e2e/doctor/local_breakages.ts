/** The ways in which the test breaks a stack on the local engine. */

import { strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Service } from "../../../compose/services/mod.ts";
import { type Breakage, DEADLINE_MS } from "./breakage.ts";
import { freePort } from "../../free_port.ts";
import { configText, LOCAL_KEYS, type RunningStack } from "./running_stack.ts";

/** Replaces a file for a while. */
export async function edit(path: string, change: (text: string) => string): Promise<() => Promise<void>> {
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

/** Process id that the supervisor reports as its own. */
export async function supervisorPid(stack: RunningStack): Promise<number> {
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

const HOUR_MS = 3_600_000;
let foreignPid = 0;

/** Every one, those that are remembered longest last. */
export const LOCAL_BREAKAGES: readonly Breakage[] = [
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
      await Deno.writeTextFile(path, configText(stack.ports, `${LOCAL_KEYS} thresholds: { cpu: 50 },`));
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
    evidence: () => `pid ${foreignPid}, `,
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
    name: "an Alertmanager that was told to post to nobody",
    wanted: "doctor/generated-differs local/alertmanager/alertmanager.yml",
    consequence: "doctor/notifications-failing webhook",
    evidence: "/webhook",
    async breakIt(stack) {
      const { urls } = stack;
      const nobody = `http://127.0.0.1:${freePort()}/webhook`;
      const mend = await edit(
        generated(stack, "alertmanager/alertmanager.yml"),
        (text) => text.replaceAll(`${urls.webhook}/webhook`, nobody),
      );
      strictEqual((await post(`${urls.alertmanager}/-/reload`)).status, 200);
      await post(`${urls.alertmanager}/api/v2/alerts`, [{ labels: { alertname: "Test" } }]);
      return async () => {
        await mend();
        await post(`${urls.alertmanager}/-/reload`);
      };
    },
    lingering: ["doctor/notifications-failing webhook"],
  },
  {
    name: "a Prometheus that posts to the webhook",
    wanted: "doctor/webhook-rejecting webhook",
    evidence: "not_a_notification",
    async breakIt({ urls }) {
      strictEqual((await post(`${urls.webhook}/webhook`, [{ labels: {} }])).status, 422);
      return () => Promise.resolve();
    },
    lingering: ["doctor/webhook-rejecting webhook"],
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
