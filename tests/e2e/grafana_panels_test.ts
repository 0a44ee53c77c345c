/** Every panel of every dashboard shows data: its query is put to a real Prometheus that scrapes real exporters. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { panelQueries, type PanelQuery } from "../../grafana/mod.ts";
import { writeFiles } from "../../lib/files.ts";
import { binary, type BinaryName } from "../../tasks/binaries/mod.ts";
import { renderFor } from "../../tasks/render.ts";
import { defineStack, filesDirOf, type Target } from "../../tasks/stack.ts";
import { commandLine } from "../../tasks/binaries/overlay.ts";
import { freePort } from "../free_port.ts";

const DEADLINE_MS = 60_000;

/** What Prometheus answers to an instant query. */
interface Answer {
  readonly status: "success" | "error";
  readonly error?: string;
  readonly data?: { readonly result: readonly { readonly value: readonly [number, string] }[] };
}

async function ask(prometheus: string, expr: string): Promise<Answer> {
  const response = await fetch(`${prometheus}/api/v1/query`, {
    method: "POST",
    body: new URLSearchParams({ query: expr }),
    signal: AbortSignal.timeout(10_000),
  });
  return await response.json();
}

/** Asks until every query gives at least one number. An error of one ends it at once: waiting does not cure a query. */
async function expectData(prometheus: string, queries: readonly PanelQuery[]): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  let empty = queries;
  while (empty.length > 0) {
    const still: PanelQuery[] = [];
    for (const query of empty) {
      const { status, error, data } = await ask(prometheus, query.expr);
      assert.equal(status, "success", `${query.dashboard} "${query.panel}" ${query.refId}: ${error}`);
      if (!data!.result.some(({ value: [, value] }) => value !== "NaN")) still.push(query);
    }
    empty = still;
    if (performance.now() > deadline) break;
    if (empty.length > 0) await new Promise((next) => setTimeout(next, 250));
  }
  assert.deepEqual(empty.map(({ dashboard, panel, expr }) => `${dashboard} "${panel}": ${expr}`), []);
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
function start(cleanup: AsyncDisposableStack, command: readonly string[], cwd: string): () => string {
  const [program, ...args] = command;
  const child = new Deno.Command(program!, { args, cwd, stdin: "null", stdout: "null", stderr: "piped" })
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

Deno.test("panelQueries of both dashboards all give data on a running stack", async (t) => {
  await using cleanup = new AsyncDisposableStack();
  const directory = cleanup.adopt(await Deno.makeTempDir(), (path) => Deno.remove(path, { recursive: true }));
  const [prometheus, alertmanager, webhook, nodeExporter, bare, grafana] = Array.from(
    { length: 6 },
    freePort,
  );
  const stack = defineStack({
    locale: "en",
    ports: { prometheus, alertmanager, webhook, "node-exporter": nodeExporter, grafana },
    scrape: { interval: "1s", timeout: "1s" },
    evaluation: { interval: "1s" },
    services: { blackbox: false },
    hosts: [{ name: "localhost" }, { name: "bare", address: `127.0.0.1:${bare}` }],
  });
  const target: Target = {
    engine: "local",
    buildDir: join(directory, "build"),
    stateDir: join(directory, "state"),
    configDir: directory,
  };
  const files = renderFor(stack, target);
  const configuration = filesDirOf(target);
  await writeFiles(configuration, files);

  const url = (port: number | undefined, path = "") => `http://127.0.0.1:${port}${path}`;
  const run = async (name: BinaryName, port: number | undefined, path: string, args: readonly string[]) => {
    const command = commandLine(await binary(name), [`--web.listen-address=127.0.0.1:${port}`, ...args]);
    await ready(url(port, path), name, start(cleanup, command, directory));
  };
  const runWebhook = async () => {
    const main = join(import.meta.dirname!, "..", "..", "webhook", "main.ts");
    const permissions = ["--allow-read", "--allow-write", "--allow-net", "--allow-env", "--allow-sys"];
    const args = [
      `--listen=127.0.0.1:${webhook}`,
      `--config=${join(configuration, "webhook", "webhook.json")}`,
      `--data=${join(directory, "webhook")}`,
    ];
    const command = [Deno.execPath(), "run", "--quiet", "--no-prompt", ...permissions, main, ...args];
    await ready(url(webhook, "/health"), "webhook", start(cleanup, command, directory));
  };
  // Debian turns these on, and they log an error a scrape where they find nothing.
  const debianQuiet = ["--no-collector.systemd", "--no-collector.textfile"];
  await Promise.all([
    runWebhook(),
    run("alertmanager", alertmanager, "/-/ready", [
      `--config.file=${join(configuration, "alertmanager", "alertmanager.yml")}`,
      // Each program's own default is a directory of the machine, which other runs would share.
      `--storage.path=${join(directory, "alertmanager")}`,
      "--cluster.listen-address=",
    ]),
    run("node_exporter", nodeExporter, "/", debianQuiet),
    // A host as poor as they come: a kernel without PSI, no disk and no network interface of its own.
    run("node_exporter", bare, "/", [
      ...debianQuiet,
      "--no-collector.pressure",
      "--no-collector.diskstats",
      "--no-collector.netdev",
    ]),
    run("prometheus", prometheus, "/-/ready", [
      `--config.file=${join(configuration, "prometheus", "prometheus.yml")}`,
      `--storage.tsdb.path=${join(directory, "prometheus")}`,
      `--storage.tsdb.retention.size=${stack.retention.size}`,
    ]),
  ]);

  const queries = panelQueries(files);
  assert.deepEqual(
    new Set(queries.map(({ dashboard }) => dashboard)),
    new Set(["vigie-host", "vigie-stack"]),
  );
  await t.step("before anything was ever delivered", () => expectData(url(prometheus), queries));
  await t.step("on a host without pressure, disks and network", () =>
    expectData(
      url(prometheus),
      queries.filter(({ dashboard }) => dashboard === "vigie-host").map((query) => ({
        ...query,
        expr: query.expr.replaceAll('instance=~".*"', 'instance=~"bare"'),
      })),
    ));
  await t.step("once an alert was delivered", async () => {
    const drill = await fetch(url(webhook, "/drill"), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ id: "panels" }),
    });
    assert.equal(drill.status, 201, await drill.text());
    const counted = queries.filter(({ expr }) =>
      /vigie_webhook_(deliver|notifications_received.*firing)|severity="info"|sum\(60 .*_sent_|sum\(60 .*r_notifications_total/
        .test(expr)
    );
    assert.equal(counted.length, 7);
    // Above 0, or what stands in for "nothing yet" would do.
    await expectData(url(prometheus), counted.map((query) => ({ ...query, expr: `(${query.expr}) > 0` })));
  });
  await t.step("and a query that gives nothing is found out", async () => {
    const { status, data } = await ask(url(prometheus), 'up{job="nobody"}');
    assert.equal(status, "success");
    assert.deepEqual(data!.result, []);
  });
});
