/** A whole stack on each engine: how fast it is up, how much memory it takes, how long an alert is on its way. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SERVICES } from "../../compose/versions.ts";
import { formatBytes } from "../../lib/units.ts";
import { run } from "../../lib/process.ts";
import { dockerAnswers } from "../../tasks/engine/docker.ts";
import { findAlive } from "../../tasks/engine/local/control.ts";
import { type Bench, median, type Row, Skip } from "./bench.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const MIB = 1024 * 1024;
const DRILLS = 3;
/** Grafana, cAdvisor: their images are not everywhere; what the rest takes is measured without them, and said so. */
const LEFT_OUT = { grafana: false, cadvisor: false };
const INTERVAL_SECONDS = 15;

/** One benchmark an engine. */
export const stackBenches: readonly Bench[] = [
  stackBench("local", 5_000, () => Promise.resolve(undefined)),
  stackBench("docker", 30_000, async () => {
    const answer = await dockerAnswers();
    return answer.ok ? undefined : `no Docker engine answers: ${answer.reason}`;
  }),
];

function stackBench(
  engine: "local" | "docker",
  upAimMs: number,
  whyNot: () => Promise<string | undefined>,
): Bench {
  return {
    name: engine,
    summary: `a stack on the ${engine} engine, with the shipped intervals, without Grafana`,
    async *run(say, signal) {
      const reason = await whyNot();
      if (reason !== undefined) throw new Skip(reason);
      const directory = await Deno.makeTempDir({ prefix: "vigie-bench-" });
      const stack = new BenchStack(directory, engine, signal);
      try {
        await Deno.writeTextFile(join(directory, "config.ts"), configText(engine));
        say("up, so that every program and image is there");
        await stack.task("up");
        await stack.task("down");

        say("up");
        const up = await stack.task("up");
        yield upRow("up to all ready", up, upAimMs);
        say("up again, nothing changed");
        yield upRow("up again, nothing changed", await stack.task("up"), upAimMs);

        say("an alert on its way");
        yield* await latencies(stack, say);

        say("memory");
        yield* await memory(stack);
      } finally {
        await stack.task("clean", "--yes");
        await Deno.remove(directory, { recursive: true });
      }
    },
  };
}

/** A stack in a directory of its own. */
class BenchStack {
  constructor(readonly directory: string, readonly engine: string, readonly signal: AbortSignal) {}

  /** Runs a task with `--json`. @returns its document. @throws {Error} when it fails. */
  async task(name: string, ...flags: string[]): Promise<Record<string, unknown>> {
    const { directory, engine } = this;
    const at = (part: string) => join(directory, part);
    const { code, stdout, stderr } = await run(Deno.execPath(), [
      ...["task", "--quiet", "--cwd", ROOT, name, "--json", "--engine", engine],
      ...["--config", at("config.ts"), "--build", at("build"), "--state", at("state")],
      ...flags,
    ], { timeoutMs: 600_000 });
    if (code !== 0) throw new Error(`"${name}" ended with ${code}\n${stdout}${stderr}`);
    return JSON.parse(stdout);
  }
}

function upRow(what: string, document: Record<string, unknown>, aimMs: number): Row {
  const elapsed = Number(document.ms);
  return {
    what,
    figure: `${(elapsed / 1_000).toFixed(1)} s`,
    aim: `< ${aimMs / 1_000} s`,
    reached: elapsed < aimMs,
  };
}

/** A hop of a drill, as `smoke --json` gives it. */
interface Step {
  readonly name: string;
  readonly elapsedMs?: number;
  readonly ms?: number;
}

async function latencies(stack: BenchStack, say: (what: string) => void): Promise<Row[]> {
  const arrivals: number[] = [];
  for (let i = 1; i <= DRILLS; i++) {
    say(`an alert on its way, ${i} of ${DRILLS}`);
    const { checks } = await stack.task("smoke", "--only", "alert-path") as { checks: { steps: Step[] }[] };
    const arrival = checks[0]!.steps.find(({ name }) => name === "webhook")!;
    arrivals.push((arrival.elapsedMs ?? arrival.ms)! / 1_000);
  }
  const bound = 2 * INTERVAL_SECONDS;
  return [{
    what: `trigger → webhook, ${DRILLS} times`,
    figure: arrivals.map((seconds) => `${seconds.toFixed(1)} s`).join(", "),
    aim:
      `median within the bound of ${bound} s (scrape ${INTERVAL_SECONDS} s + evaluation ${INTERVAL_SECONDS} s)`,
    reached: median(arrivals) < bound,
  }];
}

async function memory(stack: BenchStack): Promise<Row[]> {
  const { services } = await stack.task("status") as {
    services: { service: string; memoryBytes?: number }[];
  };
  const rows: Row[] = services.flatMap(({ service, memoryBytes }) =>
    memoryBytes === undefined
      ? []
      : [{ what: `memory of ${service}`, figure: formatBytes(memoryBytes), aim: "" }]
  );
  const local = await Deno.realPath(join(stack.directory, "state")) + "/local";
  const extra = stack.engine === "local" ? (await findAlive(local)).supervisor?.residentBytes ?? 0 : 0;
  if (extra > 0) rows.push({ what: "memory of the supervisor", figure: formatBytes(extra), aim: "" });
  const sum = services.reduce((all, { memoryBytes = 0 }) => all + memoryBytes, extra);
  return [...rows, {
    what: "memory of all, without Grafana",
    figure: formatBytes(sum),
    aim: "< 280 MB",
    reached: sum < 280 * MIB,
  }];
}

/** Ports below those that outgoing connections use. */
function freePorts(count: number): number[] {
  const found: number[] = [];
  for (let port = 20_000 + Math.floor(Math.random() * 8_000); found.length < count; port++) {
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      found.push(port);
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  return found;
}

function configText(engine: string): string {
  const ports = freePorts(SERVICES.length);
  const config = {
    name: `vigie-bench-${crypto.randomUUID().slice(0, 8)}`,
    engine,
    ports: Object.fromEntries(SERVICES.map((service, i) => [service, ports[i]])),
    services: LEFT_OUT,
    network: { subnet: `10.${200 + Math.floor(Math.random() * 50)}.${Math.floor(Math.random() * 250)}.0/24` },
    retention: { time: "1d", size: "256MB" },
  };
  return `import { defineStack } from "vigie";\nexport default defineStack(${JSON.stringify(config)});\n`;
}
