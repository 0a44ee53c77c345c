/** The catalogue has what the real programs expose, and what the shipped rules ask for. */

import { deepEqual, ok } from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { parsePromql } from "../../lib/promql/mod.ts";
import { fromYaml } from "../../lib/yaml.ts";
import { binary } from "../../tasks/binaries/mod.ts";
import { freePort } from "../../tests/free_port.ts";
import { createMetrics, QUARANTINES, REJECTIONS } from "../../webhook/metrics.ts";
import { exampleFiles } from "../testing/example.ts";
import { isReady, startServer, withFiles } from "../testing/programs.ts";
import { catalogues, metricsOf, misnomersOf, scrapedOf } from "./mod.ts";
import { parseExposition } from "./exposition.ts";
import { summarise } from "./summarise.ts";

// The exporter names these after lines of /proc, which differ from kernel to kernel.
const OF_KERNEL = /^node_(?:memory|netstat|vmstat|sockstat)_/;

/** What `text` exposes that the catalogue of `job` does not have, or has otherwise. */
function unknownIn(job: string, text: string): string[] {
  const known = metricsOf(job);
  return summarise(parseExposition(text)).flatMap(({ name, type, labels }) => {
    const metric = known.get(name);
    if (metric === undefined) return OF_KERNEL.test(name) ? [] : [`${name} is not there`];
    if (metric.type !== type) return [`${name} is a ${type}, not a ${metric.type}`];
    return labels.filter((label) => !metric.labels.includes(label)).map((label) =>
      `${name} has a label ${label}`
    );
  }).concat(strangeValues(job, text));
}

/** Values of labels in `text` that the catalogue says they never take. */
function strangeValues(job: string, text: string): string[] {
  return parseExposition(text).flatMap(({ name, series }) => {
    const values = metricsOf(job).get(name)?.values ?? {};
    return series.flatMap(({ labels }) =>
      Object.entries(labels).filter(([label, value]) => values[label]?.includes(value) === false)
        .map(([label, value]) => `${label} of ${name} is ${value}`)
    );
  });
}

async function textOf(url: string): Promise<string> {
  const response = await fetch(url);
  const text = await response.text();
  ok(response.ok, text);
  return text;
}

Deno.test("catalogues have what the real programs expose", async (t) => {
  await withFiles(exampleFiles(), async (directory) => {
    await using stack = new AsyncDisposableStack();
    const start = async (name: "prometheus" | "alertmanager" | "blackbox_exporter") =>
      stack.use(await startServer(name, directory)).url;
    const [prometheus, alertmanager, blackbox] = await Promise.all([
      start("prometheus"),
      start("alertmanager"),
      start("blackbox_exporter"),
    ]);
    const node = await startNodeExporter(directory, stack);
    const asked = {
      prometheus: `${prometheus}/metrics`,
      alertmanager: `${alertmanager}/metrics`,
      blackbox: `${blackbox}/metrics`,
      node: `${node}/metrics`,
      probe: `${blackbox}/probe?module=tcp&target=${new URL(prometheus).host}`,
    };
    for (const [job, url] of Object.entries(asked)) {
      await t.step(job, async () => deepEqual(unknownIn(job, await textOf(url)), []));
    }
  });
});

Deno.test("catalogues have what the webhook exposes", async () => {
  const metrics = createMetrics({
    version: "1.2.3",
    startedSeconds: 1,
    residentBytes: () => 2,
    activeDrills: () => ["a"],
    depths: () => new Map([["console", { queued: 1, dead: 0, oldestMs: 0 }]]),
    channels: () => [{ name: "console", circuit: "closed", consecutiveFailures: 0 }],
    journalSize: () => ({ bytes: 1, limitBytes: 2 }),
    salvagedMs: () => 1,
    indexPending: () => 0,
    ready: () => true,
    watchdogSeenMs: () => 1,
    watchdogMissing: () => false,
    heartbeatMs: () => 1,
    connections: () => 0,
  });
  metrics.configured(["console"], 0);
  for (const reason of REJECTIONS) metrics.rejected(reason);
  for (const reason of QUARANTINES) metrics.quarantined(reason);
  deepEqual(unknownIn("webhook", await metrics.expose()), []);
});

Deno.test("catalogues have the metrics and labels of every rule", () => {
  const files = exampleFiles();
  const scraped = scrapedOf(files)!;
  const rules = [...files].filter(([path]) => path.startsWith("prometheus/rules/")).flatMap(([, text]) =>
    (fromYaml(text) as { groups: { rules: { alert?: string; record?: string; expr: string }[] }[] }).groups
  ).flatMap((group) => group.rules);
  ok(rules.length > 30, String(rules.length));
  const wrong = rules.flatMap(({ alert, record, expr }) => {
    const { expr: tree } = parsePromql(expr);
    ok(tree, expr);
    return misnomersOf(tree, scraped).map(({ message }) => `${alert ?? record}: ${message}`);
  });
  deepEqual(wrong, []);
});

Deno.test("catalogues are sorted, small, and name a metric of a job once", async () => {
  for (const { job, metrics } of catalogues().filter(({ job }) => job !== "*")) {
    const names = metrics.map(({ name }) => name);
    deepEqual(names, [...new Set(names)].sort(), job);
  }
  const known = catalogues().flatMap(({ job, metrics }) => metrics.map(({ name }) => `${job} ${name}`));
  deepEqual(known.length, new Set(known).size);
  let bytes = 0;
  for (const folder of ["recorded", "unrecorded"]) {
    for await (const { name } of Deno.readDir(new URL(`./${folder}/`, import.meta.url))) {
      bytes += (await Deno.stat(new URL(`./${folder}/${name}`, import.meta.url))).size;
    }
  }
  ok(bytes < 320_000, `${bytes} bytes`);
});

async function startNodeExporter(directory: string, stack: AsyncDisposableStack): Promise<string> {
  const { path } = await binary("node_exporter");
  const address = `127.0.0.1:${freePort()}`;
  const child = new Deno.Command(path, {
    args: [
      "--no-collector.systemd",
      `--collector.textfile.directory=${directory}`,
      `--path.udev.data=${directory}`,
      `--web.listen-address=${address}`,
    ],
    stdout: "null",
    stderr: "null",
  }).spawn();
  stack.defer(async () => {
    child.kill("SIGTERM");
    await child.status;
  });
  const deadline = performance.now() + 30_000;
  while (!await isReady(`http://${address}/`)) {
    ok(performance.now() < deadline, "the node exporter is ready");
    await delay(50);
  }
  return `http://${address}`;
}
