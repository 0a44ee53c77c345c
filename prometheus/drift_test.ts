import assert from "node:assert/strict";
import { type Files, writeFiles } from "../lib/files.ts";
import { prometheusDrift, type RunningPrometheus } from "./drift.ts";
import type { Measure } from "./schema.ts";
import { exampleFiles, MEASURE } from "./testing/example.ts";
import { getJson, reload, type Server, startServer, withFiles } from "./testing/programs.ts";

const OWN = { description: { fr: "a", en: "a" }, labels: {}, summary: "a", severity: "info" } as const;
/** With rules that are written in another way than Prometheus prints them. */
const RUNNING: Measure = {
  ...MEASURE,
  alerts: [{
    ...OWN,
    alert: "Odd",
    expr: `
      # How many there are.
      sum by(job)(rate(x{b='2', a="1"}[90s]))>=1e3   or up==bool 0
    `,
  }],
  recordings: [{ record: "a:b:c", expr: "\tavg by (job)  (up offset 60s)" }],
};

Deno.test("prometheusDrift against the real Prometheus: nothing when it runs what was rendered, else each difference", async (t) => {
  const files = exampleFiles(RUNNING);
  await withFiles(files, async (directory) => {
    await using server = await startServer("prometheus", directory);
    const running = await runningOf(server);

    await t.step("identical", () => assert.deepEqual(prometheusDrift(files, running), []));

    const { scrape, thresholds, jobs, hosts, probes } = RUNNING;
    const cases: Record<string, { files: Files; expected: (string | RegExp)[] }> = {
      "another scrape interval": {
        files: exampleFiles({ ...RUNNING, scrape: { ...scrape, interval: "30s" } }),
        expected: [
          'global.scrape_interval is "15s", wanted "30s"',
          /^rule containers\/ContainerGone \(warning\): expr is/,
          /^rule stack\/Watchdog \(none\): expr is/,
        ],
      },
      "a job less": {
        files: exampleFiles({ ...RUNNING, jobs: jobs.slice(1) }),
        expected: [
          "scrape_configs.api is running, wanted nothing of that name",
          /^rule target\/JobAbsent \(critical\): expr is/,
        ],
      },
      "a job more": {
        files: exampleFiles({ ...RUNNING, jobs: [...jobs, { ...jobs[0]!, name: "new" }] }),
        expected: [
          "scrape_configs.new is not running",
          /^rule target\/JobAbsent \(critical\): expr is/,
        ],
      },
      "another path, and labels taken away": {
        files: exampleFiles({ ...RUNNING, jobs: [{ ...jobs[0]!, path: "/n", labels: {} }, jobs[1]!] }),
        expected: [
          'scrape_configs.api.metrics_path is "/m", wanted "/n"',
          'scrape_configs.api.static_configs[0].labels is {"tier":"front"}, wanted nothing',
        ],
      },
      "a host less": {
        files: exampleFiles({ ...RUNNING, hosts: hosts.toSpliced(1, 1) }),
        expected: [
          /^scrape_configs\.node\.static_configs\[1\] is \{"targets":\["10\.0\.0\.7:9101"\],.*\}, wanted nothing$/,
        ],
      },
      "another probe setting": {
        files: exampleFiles({
          ...RUNNING,
          probes: probes.map((p) => p.kind === "tcp" ? { ...p, tls: true } : p),
        }),
        expected: ['scrape_configs.probe.static_configs[3].labels.__param_module is "tcp", wanted "tcp_tls"'],
      },
      "another threshold": {
        files: exampleFiles({ ...RUNNING, thresholds: { ...thresholds, cpu: 80 } }),
        expected: [
          'rule host/HostCpuHigh (warning): expr is "100 * instance:node_cpu_busy:ratio > 90", wanted "100 * instance:node_cpu_busy:ratio > 80"',
          /^rule host\/HostCpuHigh \(warning\): annotations is/,
        ],
      },
      "another duration": {
        files: changed(files, "prometheus/rules/drill.yml", "labels:", "for: 1m\n        labels:"),
        expected: ['rule drill/VigieDrill (info): for is "0s", wanted "60s"'],
      },
      "a rule file less": {
        files: new Map([...files].filter(([path]) => path !== "prometheus/rules/drill.yml")),
        expected: ["rule drill/VigieDrill (info) is running, wanted no rule of that name"],
      },
      "a rule of another name": {
        files: changed(files, "prometheus/rules/drill.yml", "VigieDrill", "OtherDrill"),
        expected: [
          "rule drill/OtherDrill (info) is not running",
          "rule drill/VigieDrill (info) is running, wanted no rule of that name",
        ],
      },
    };
    for (const [name, { files, expected }] of Object.entries(cases)) {
      await t.step(name, () => matches(prometheusDrift(files, running), expected));
    }

    await t.step("a reload ends it", async () => {
      const other = exampleFiles({
        ...RUNNING,
        thresholds: { ...thresholds, cpu: 92.5, targetDownFor: "90s" },
        probes: [],
      });
      assert.notDeepEqual(prometheusDrift(other, running), []);
      await writeFiles(directory, other);
      await reload(server);
      assert.deepEqual(prometheusDrift(other, await runningOf(server)), []);
    });
  });
});

Deno.test("prometheusDrift refuses what is not Prometheus's answer", () => {
  assert.throws(() => prometheusDrift(exampleFiles(), { configYaml: "", rules: {} }), {
    name: "TypeError",
    message: 'Cannot read the rules of Prometheus: expected an object with a list "groups"',
  });
});

async function runningOf({ url }: Server): Promise<RunningPrometheus> {
  const [config, rules] = await Promise.all([
    getJson(`${url}/api/v1/status/config`) as Promise<{ data: { yaml: string } }>,
    getJson(`${url}/api/v1/rules`) as Promise<{ data: unknown }>,
  ]);
  return { configYaml: config.data.yaml, rules: rules.data };
}

function changed(files: Files, path: string, from: string, to: string): Files {
  const text = files.get(path)!;
  assert.ok(text.includes(from));
  return new Map([...files, [path, text.replace(from, to)]]);
}

function matches(found: readonly string[], expected: readonly (string | RegExp)[]): void {
  assert.equal(found.length, expected.length, found.join("\n"));
  expected.forEach((wanted, i) => {
    if (typeof wanted === "string") assert.equal(found[i], wanted);
    else assert.match(found[i]!, wanted);
  });
}
