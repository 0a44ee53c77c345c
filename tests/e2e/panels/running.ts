/** A stack whose dashboards can be asked for: the real programs, and the catalogue in place of those that cannot be had. */

import { join } from "node:path";
import { type Files, writeFiles } from "../../../lib/files.ts";
import { binary, type BinaryName } from "../../../tasks/binaries/mod.ts";
import { commandLine } from "../../../tasks/binaries/overlay.ts";
import { renderFor } from "../../../tasks/render.ts";
import { addressesOf, defineStack } from "../../../tasks/stack.ts";
import { freePort } from "../../free_port.ts";
import { exposedBy } from "./from_catalogue.ts";

const DEADLINE_MS = 60_000;
const ROOT = join(import.meta.dirname!, "..", "..", "..");

/** The running stack. */
export interface Running {
  /** What was generated, the dashboards as the docker engine has them. */
  readonly files: Files;
  /** Base URLs. */
  readonly prometheus: string;
  readonly webhook: string;
}

/**
 * Starts Prometheus, Alertmanager, the webhook, a blackbox exporter and node exporters; all end with `cleanup`.
 *
 * Hosts: `localhost` as it is; `bare`, without pressure, disks and network; `rich`, with all that the catalogue knows of the node
 * exporter. Grafana and cAdvisor expose what the catalogue has of them.
 */
export async function runStack(cleanup: AsyncDisposableStack): Promise<Running> {
  const directory = cleanup.adopt(await Deno.makeTempDir(), (path) => Deno.remove(path, { recursive: true }));
  const ports = ["prometheus", "alertmanager", "webhook", "node-exporter", "blackbox", "grafana", "cadvisor"];
  const port = Object.fromEntries(ports.map((name) => [name, freePort()]));
  const [bare, rich] = [freePort(), freePort()];
  const site = await webSites(cleanup, directory);
  const stack = defineStack({
    locale: "en",
    ports: port,
    scrape: { interval: "1s", timeout: "1s" },
    evaluation: { interval: "1s" },
    hosts: [
      { name: "localhost" },
      { name: "bare", address: `127.0.0.1:${bare}` },
      { name: "rich", address: `127.0.0.1:${rich}` },
    ],
    probes: [
      { name: "site", kind: "http", target: site.http },
      { name: "safe-site", kind: "http", target: site.https },
      { name: "port", kind: "tcp", target: new URL(site.http).host },
    ],
  });
  const place = {
    buildDir: join(directory, "build"),
    stateDir: join(directory, "state"),
    configDir: directory,
  };
  const [docker, local] = (["docker", "local"] as const).map((engine) => addressesOf(stack, engine));
  const moved = (text: string) =>
    Object.entries(docker!).reduce((all, [name, at]) => all.replaceAll(at, local![name as never]), text);
  const own = renderFor(stack, { ...place, engine: "local" });
  const files = new Map(
    [...renderFor(stack, { ...place, engine: "docker" })].map(([path, text]) => [
      path,
      path.startsWith("webhook/") ? own.get(path)! : moved(text),
    ]),
  );
  const configuration = join(directory, "build");
  await writeFiles(configuration, files);

  const url = (name: string | number, path = "") => `http://127.0.0.1:${port[name] ?? name}${path}`;
  const run = async (
    name: BinaryName,
    at: string | number,
    path: string,
    args: readonly string[],
    env = {},
  ) => {
    const listen = `--web.listen-address=127.0.0.1:${port[at] ?? at}`;
    const log = start(cleanup, commandLine(await binary(name), [listen, ...args]), directory, env);
    await ready(url(at, path), name, log);
  };
  for (
    const [job, at] of [["grafana", port.grafana!], ["cadvisor", port.cadvisor!], ["node", rich]] as const
  ) {
    serveCatalogue(cleanup, job, at);
  }
  // Debian turns these on, and they log an error a scrape where they find nothing.
  const debianQuiet = ["--no-collector.systemd", "--no-collector.textfile"];
  await Promise.all([
    runWebhook(cleanup, directory, configuration, port.webhook!),
    run("alertmanager", "alertmanager", "/-/ready", [
      `--config.file=${join(configuration, "alertmanager", "alertmanager.yml")}`,
      // Each program's own default is a directory of the machine, which other runs would share.
      `--storage.path=${join(directory, "alertmanager")}`,
      "--cluster.listen-address=",
    ]),
    run("node_exporter", "node-exporter", "/", debianQuiet),
    run("node_exporter", bare, "/", [
      ...debianQuiet,
      "--no-collector.pressure",
      "--no-collector.diskstats",
      "--no-collector.netdev",
    ]),
    run("blackbox_exporter", "blackbox", "/", [
      `--config.file=${join(configuration, "blackbox", "blackbox.yml")}`,
    ], { SSL_CERT_FILE: site.certFile }),
    run("prometheus", "prometheus", "/-/ready", [
      `--config.file=${join(configuration, "prometheus", "prometheus.yml")}`,
      `--storage.tsdb.path=${join(directory, "prometheus")}`,
      `--storage.tsdb.retention.size=${stack.retention.size}`,
    ]),
  ]);
  return { files, prometheus: url("prometheus"), webhook: url("webhook") };
}

function runWebhook(cleanup: AsyncDisposableStack, directory: string, configuration: string, port: number) {
  const permissions = ["--allow-read", "--allow-write", "--allow-net", "--allow-env", "--allow-sys"];
  const log = start(cleanup, [
    ...[Deno.execPath(), "run", "--quiet", "--no-prompt", ...permissions, join(ROOT, "webhook", "main.ts")],
    `--listen=127.0.0.1:${port}`,
    `--config=${join(configuration, "webhook", "webhook.json")}`,
    `--data=${join(directory, "webhook")}`,
  ], directory);
  return ready(`http://127.0.0.1:${port}/health`, "webhook", log);
}

function serveCatalogue(cleanup: AsyncDisposableStack, job: string, port: number): void {
  let scrapes = 0;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port, onListen: () => {} },
    () => new Response(exposedBy(job, ++scrapes, Date.now() / 1_000)),
  );
  cleanup.defer(() => server.shutdown());
}

/** A web site without and one with TLS, and the file with the certificate that the latter is to be trusted by. */
async function webSites(cleanup: AsyncDisposableStack, directory: string) {
  const [certFile, keyFile] = [join(directory, "site.pem"), join(directory, "site.key")];
  const { success, stderr } = await new Deno.Command("openssl", {
    args: [
      ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 9 -subj /CN=site".split(
        " ",
      ),
      ...["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", keyFile, "-out", certFile],
    ],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  const serve = (tls?: { cert: string; key: string }) => {
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {}, ...tls },
      () => new Response("well"),
    );
    cleanup.defer(() => server.shutdown());
    return `${tls ? "https" : "http"}://127.0.0.1:${server.addr.port}/`;
  };
  const [cert, key] = [await Deno.readTextFile(certFile), await Deno.readTextFile(keyFile)];
  return { http: serve(), https: serve({ cert, key }), certFile };
}

/** Polls until `url` answers 200. @throws {Error} with the program's own words when it does not. */
async function ready(url: string, name: string, log: () => string): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (performance.now() < deadline) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) return;
    await new Promise((next) => setTimeout(next, 50));
  }
  throw new Error(`${name} did not become ready:\n${log()}`);
}

/** Starts a program that is stopped with `cleanup`, and returns what it has written to standard error so far. */
function start(
  cleanup: AsyncDisposableStack,
  command: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
): () => string {
  const [program, ...args] = command;
  const child = new Deno.Command(program!, { args, cwd, env, stdin: "null", stdout: "null", stderr: "piped" })
    .spawn();
  let log = "";
  const read = child.stderr.pipeThrough(new TextDecoderStream())
    .pipeTo(new WritableStream({ write: (text) => void (log += text) }));
  cleanup.defer(async () => {
    child.kill("SIGTERM");
    await Promise.all([child.status, read]);
  });
  return () => log;
}
