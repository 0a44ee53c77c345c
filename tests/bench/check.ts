/** `deno task check`: how long it takes for the shipped configuration and for thousands of rules, and how many defects it names. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../lib/process.ts";
import { mutantsOf, openLaboratory, SEED } from "../mutants/mod.ts";
import { type Bench, median, timesOf } from "./bench.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const RULES = 5_000;
const LEAST_CAUGHT = 0.95;
const LONGEST_MS = 120_000;
const PERMISSIONS = ["read", "write", "env", "run", "net", "sys"].map((name) => `--allow-${name}`);

/** The benchmark. */
export const checkBench: Bench = {
  name: "check",
  summary: "offline checks: time, and the share of defects that they name",
  async *run(say, signal) {
    const directory = await Deno.makeTempDir({ prefix: "vigie-bench-" });
    try {
      const check = (config: string) => checkOnce(config, directory, signal);
      say("the shipped configuration");
      const shipped = join(ROOT, "config.ts");
      await check(shipped); // Fetches the programs.
      const few = median(await timesOf(5, () => check(shipped)));
      yield {
        what: "the shipped config.ts, whole process",
        figure: seconds(few),
        aim: "< 2 s",
        reached: few < 2_000,
      };

      say(`${RULES} rules`);
      const large = join(directory, "config.ts");
      await Deno.writeTextFile(large, configOf(RULES));
      const [many] = await timesOf(1, () => check(large));
      yield {
        what: `${RULES.toLocaleString("en")} rules of one's own, whole process`,
        figure: seconds(many!),
        aim: "< 20 s",
        reached: many! < 20_000,
      };

      say("mutants");
      const mutants = mutantsOf(SEED);
      await using laboratory = await openLaboratory();
      const started = performance.now();
      const missed: string[] = [];
      for (const mutant of mutants) {
        signal.throwIfAborted();
        const { problems } = await laboratory.try(mutant);
        if (!problems.some(({ check }) => check === mutant.expect)) {
          missed.push(`${mutant.expect}: ${mutant.name}`);
        }
      }
      const share = 1 - missed.length / mutants.length;
      yield {
        what: `defects that are named, of ${mutants.length} (seed ${SEED})`,
        figure: `${(100 * share).toFixed(1)} %`,
        aim: `≥ ${100 * LEAST_CAUGHT} %${missed.length > 0 ? `; missed: ${missed.join(", ")}` : ""}`,
        reached: share >= LEAST_CAUGHT,
      };
      const { problems } = await laboratory.base();
      yield {
        what: "problems in the correct configuration",
        figure: String(problems.length),
        aim: "0",
        reached: problems.length === 0,
      };
      yield {
        what: "all checks for one defect",
        figure: seconds((performance.now() - started) / mutants.length),
        aim: "",
      };
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
};

async function checkOnce(config: string, directory: string, signal: AbortSignal): Promise<void> {
  const args = [
    "run",
    "--quiet",
    ...PERMISSIONS,
    "tasks/check.ts",
    "--json",
    ...["--config", config, "--build", join(directory, "build"), "--state", join(directory, "state")],
  ];
  const { code, stdout, stderr } = await run(Deno.execPath(), args, {
    cwd: ROOT,
    timeoutMs: LONGEST_MS,
    signal,
  });
  const { summary } = JSON.parse(stdout || "{}");
  // A configuration that is refused would be fast.
  if (code > 0 || !(summary?.checks > 10)) {
    throw new Error(`deno task check ends with ${code}: ${stderr}${stdout.slice(0, 2_000)}`);
  }
}

/** A configuration with so many alerts of its own, each about something else. */
function configOf(count: number): string {
  const metrics = ["load1", "load5", "load15", "procs_running", "procs_blocked", "filefd_allocated"];
  const hosts = Array.from({ length: Math.ceil(count / (2 * metrics.length)) }, (_, i) => ({
    name: `host-${i}`,
    address: `10.0.${i >> 8}.${i & 255}:9100`,
  }));
  const alerts = Array.from({ length: count }, (_, i) => {
    const kind = i % (2 * metrics.length);
    const [metric, host] = [metrics[kind >> 1], hosts[Math.floor(i / (2 * metrics.length))]!.name];
    const series = `node_${metric}{instance="${host}",job="node"}`;
    return {
      alert: `Bench${i}`,
      expr: kind % 2 === 0
        ? `${series} > ${100 + i}`
        : `max_over_time(${series}[10m]) - min_over_time(${series}[10m]) > ${i}`,
      for: "10m",
      severity: "warning",
      summary: "{{ $labels.instance }} has much to do",
      description: '{{ printf "%.1f" $value }} on {{ $labels.instance }}.',
    };
  });
  return `import { defineStack } from "vigie";\nexport default defineStack(${
    JSON.stringify({ hosts, alerts })
  });\n`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}
