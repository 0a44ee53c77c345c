/** For tests: a small stack of the real programs on free ports, with 1 s intervals, that can be broken at each hop. */

import { join } from "node:path";
import { byService } from "../../../compose/services/mod.ts";
import { binary } from "../../../tasks/binaries/mod.ts";
import { silent } from "../../../tasks/progress.ts";
import type { SmokeContext } from "../../../tasks/smoke/check.ts";
import { ask, Unanswered } from "../../../tasks/smoke/http.ts";
import { poll } from "../../../tasks/smoke/poll.ts";
import { type StandInWebhook, standInWebhook } from "./stand_in_webhook.ts";
import { commandLine } from "../../../tasks/binaries/overlay.ts";
import { freePort } from "../../free_port.ts";

/** How the stack is set up; each field breaks one thing. */
export interface RigSettings {
  /** Whether Prometheus scrapes the webhook; it does by default. */
  readonly scrapeWebhook?: boolean;
  /** Whether it has the drill's rule; it has by default. */
  readonly rule?: boolean;
  /** Whether it knows Alertmanager; it does by default. */
  readonly alerting?: boolean;
  /** Where Alertmanager sends the drill; the webhook by default. */
  readonly webhookUrl?: string;
  /** Another target to scrape, `host:port`. */
  readonly target?: string;
  /** SMTP server of a native e-mail receiver, `host:port`. */
  readonly smarthost?: string;
}

/** A running stack. */
export interface Rig extends AsyncDisposable {
  readonly context: SmokeContext;
  readonly webhook: StandInWebhook;
  /** Sets it up anew and waits until both programs run the new configuration. */
  configure(settings: RigSettings): Promise<void>;
  /** Stops Alertmanager; `startAlertmanager` brings it back. */
  stopAlertmanager(): Promise<void>;
  startAlertmanager(): Promise<void>;
}

type Name = "prometheus" | "alertmanager" | "node-exporter";

/** Starts the stack and waits until it is ready. */
export async function startRig(settings: RigSettings = {}): Promise<Rig> {
  await using cleanup = new AsyncDisposableStack();
  const dir = cleanup.adopt(await Deno.makeTempDir(), (path) => Deno.remove(path, { recursive: true }));
  const ports = { prometheus: freePort(), alertmanager: freePort(), "node-exporter": freePort() };
  const webhook = cleanup.use(standInWebhook());
  const running = new Map<Name, Deno.ChildProcess>();
  const stop = async (name: Name) => {
    const child = running.get(name);
    running.delete(name);
    child?.kill("SIGTERM");
    await child?.status;
  };
  cleanup.defer(async () => void await Promise.all([...running.keys()].map(stop)));

  const url = (name: Name) => `http://127.0.0.1:${ports[name]}`;
  const files = new Map<string, string>();
  const logs = new Map<string, string>();
  const context: SmokeContext = {
    services: new Set(["prometheus", "alertmanager", "webhook", "node-exporter"]),
    urls: {
      ...byService(() => ""),
      prometheus: url("prometheus"),
      alertmanager: url("alertmanager"),
      webhook: webhook.url,
      "node-exporter": url("node-exporter"),
    },
    files,
    grafana: { user: "admin", password: () => Promise.resolve("secret"), passwordPath: "admin-password" },
    intervals: { scrapeMs: 1_000, evaluationMs: 1_000 },
    marginMs: 20_000,
    pollMs: 50,
    leftOut: {},
    // deno-lint-ignore require-await
    status: async () =>
      [...context.services].map((service) => ({
        service,
        state: service === "webhook" || running.has(service as Name) ? "ready" : "stopped",
      })),
    logs: async (service) => (await Deno.readTextFile(logs.get(service)!)).split("\n"),
    fetch,
    now: () => performance.now(),
    signal: new AbortController().signal,
    progress: silent,
  };

  const start = async (name: Name, args: string[]) => {
    const program = await binary(name === "node-exporter" ? "node_exporter" : name);
    const command = commandLine(program, args);
    const log = join(dir, `${name}.log`);
    logs.set(name, log);
    const child = new Deno.Command("sh", {
      args: ["-c", 'log=$1; shift; exec "$@" 2>"$log"', "sh", log, ...command],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    running.set(name, child);
    const ready = `${url(name)}${name === "node-exporter" ? "/" : "/-/ready"}`;
    const { accepted } = await poll(() => answers(context, ready), Boolean, {
      ...context,
      deadlineMs: 30_000,
    });
    if (!accepted) throw new Error(`${name} did not start: ${await Deno.readTextFile(log)}`);
  };
  const startAlertmanager = () =>
    start("alertmanager", [
      `--config.file=${join(dir, "alertmanager.yml")}`,
      `--storage.path=${join(dir, "alertmanager")}`,
      `--web.listen-address=127.0.0.1:${ports.alertmanager}`,
      "--cluster.listen-address=",
    ]);
  const write = async (next: RigSettings) => {
    files.clear();
    for (const [path, text] of filesOf(next, context.urls)) files.set(path, text);
    await Deno.writeTextFile(join(dir, "prometheus.yml"), files.get("prometheus/prometheus.yml")!);
    await Deno.writeTextFile(
      join(dir, "drill.yml"),
      files.get("prometheus/rules/drill.yml") ?? "groups: []\n",
    );
    await Deno.writeTextFile(join(dir, "alertmanager.yml"), files.get("alertmanager/alertmanager.yml")!);
  };

  await write(settings);
  await Promise.all([
    start("prometheus", [
      `--config.file=${join(dir, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(dir, "prometheus")}`,
      `--web.listen-address=127.0.0.1:${ports.prometheus}`,
      "--web.enable-lifecycle",
    ]),
    startAlertmanager(),
    start("node-exporter", [
      `--web.listen-address=127.0.0.1:${ports["node-exporter"]}`,
      "--collector.disable-defaults",
      "--collector.loadavg",
    ]),
  ]);
  const kept = cleanup.move();
  return {
    context,
    webhook,
    async configure(next) {
      await write(next);
      for (const service of ["prometheus", "alertmanager"] as const) {
        // Both answer once the new configuration is in force, and refuse one that is wrong.
        await ask(context, `${url(service)}/-/reload`, { method: "POST" });
      }
    },
    startAlertmanager,
    stopAlertmanager: () => stop("alertmanager"),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function answers(context: SmokeContext, url: string): Promise<boolean> {
  try {
    return (await ask(context, url)).status === 200;
  } catch (error) {
    if (error instanceof Unanswered) return false;
    throw error;
  }
}

function filesOf(settings: RigSettings, urls: SmokeContext["urls"]): Map<string, string> {
  const { scrapeWebhook = true, rule = true, alerting = true, target, smarthost } = settings;
  const { webhookUrl = `${urls.webhook}/webhook` } = settings;
  const job = (name: string, address: string, instance = name) => ({
    job_name: name,
    static_configs: [{ targets: [address], labels: { instance } }],
  });
  const at = (service: keyof typeof urls) => new URL(urls[service]).host;
  const prometheus = {
    global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" },
    rule_files: ["drill.yml"],
    alerting: { alertmanagers: alerting ? [{ static_configs: [{ targets: [at("alertmanager")] }] }] : [] },
    scrape_configs: [
      job("prometheus", at("prometheus")),
      job("alertmanager", at("alertmanager")),
      job("node", at("node-exporter"), "localhost"),
      ...(scrapeWebhook ? [job("webhook", at("webhook"))] : []),
      ...(target === undefined ? [] : [job("other", target)]),
    ],
  };
  const rules = {
    groups: [{
      name: "drill",
      rules: [{ alert: "VigieDrill", expr: "vigie_drill_active == 1", labels: { severity: "info" } }],
    }],
  };
  const alertmanager = {
    route: {
      receiver: "nobody",
      routes: [{
        matchers: ['alertname="VigieDrill"'],
        receiver: "drill",
        group_by: ["alertname", "drill"],
        group_wait: "0s",
        group_interval: "1s",
        repeat_interval: "24h",
      }],
    },
    receivers: [
      { name: "nobody" },
      {
        name: "drill",
        webhook_configs: [{ url: webhookUrl, send_resolved: true, max_alerts: 0 }],
        ...(smarthost === undefined ? {} : {
          email_configs: [{
            to: "ops@example.org",
            from: "vigie@example.org",
            smarthost,
            hello: "localhost",
            require_tls: false,
          }],
        }),
      },
    ],
  };
  // JSON is YAML as well.
  return new Map<string, string>([
    ["prometheus/prometheus.yml", JSON.stringify(prometheus)],
    ...(rule ? [["prometheus/rules/drill.yml", JSON.stringify(rules)] as const] : []),
    ["alertmanager/alertmanager.yml", JSON.stringify(alertmanager)],
    [
      "webhook/webhook.json",
      JSON.stringify({ channels: [{ name: "console" }, { name: "team" }], routes: [] }),
    ],
  ]);
}
