/** A whole stack on each engine: how fast it is up, how much memory it takes, how long an alert is on its way. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SERVICES } from "../../compose/services/mod.ts";
import { formatBytes } from "../../lib/units.ts";
import { run } from "../../lib/process.ts";
import { dockerAnswers } from "../../tasks/engine/docker.ts";
import { findAlive } from "../../tasks/engine/local/control.ts";
import { freePort } from "../free_port.ts";
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

/**
 * Memory of each service and of all. The resident sizes count pages that several processes share once for each of them; the sum of
 * the local engine is therefore also given with shared pages counted once (PSS), which is what the machine really gives.
 */
async function memory(stack: BenchStack): Promise<Row[]> {
  const { services } = await stack.task("status") as {
    services: { service: string; id?: string; memoryBytes?: number }[];
  };
  const measured = services.flatMap(({ service, id, memoryBytes }) =>
    memoryBytes === undefined ? [] : [{ name: service, id, bytes: memoryBytes }]
  );
  if (stack.engine === "local") {
    const { supervisor } = await findAlive(
      join(await Deno.realPath(join(stack.directory, "state")), "local"),
    );
    if (supervisor) {
      measured.push({ name: "the supervisor", id: String(supervisor.pid), bytes: supervisor.residentBytes });
    }
  }
  const rows: Row[] = measured.map(({ name, bytes }) => ({
    what: `memory of ${name}`,
    figure: formatBytes(bytes),
    aim: "",
  }));
  const resident = measured.reduce((all, { bytes }) => all + bytes, 0);
  const shared = stack.engine === "local" ? await proportionalBytes(measured.map(({ id }) => id!)) : resident;
  if (stack.engine === "local") {
    rows.push({ what: "memory of all, resident sizes added up", figure: formatBytes(resident), aim: "" });
  }
  return [...rows, {
    what: "memory of all, without Grafana",
    figure: formatBytes(shared),
    aim: "< 280 MB",
    reached: shared < 280 * MIB,
  }];
}

/** Sum of the processes' proportional set sizes. */
async function proportionalBytes(pids: readonly string[]): Promise<number> {
  // Deno keeps /proc to itself; another program may read it.
  const { stdout } = await run("cat", pids.map((pid) => `/proc/${pid}/smaps_rollup`));
  return [...stdout.matchAll(/^Pss:\s+(\d+) kB$/gm)].reduce((all, [, kib]) => all + Number(kib) * 1024, 0);
}

function configText(engine: string): string {
  const config = {
    name: `vigie-bench-${crypto.randomUUID().slice(0, 8)}`,
    engine,
    ports: Object.fromEntries(SERVICES.map((service) => [service, freePort()])),
    services: LEFT_OUT,
    network: { subnet: `10.${200 + Math.floor(Math.random() * 50)}.${Math.floor(Math.random() * 250)}.0/24` },
    retention: { time: "1d", size: "256MB" },
  };
  return `import { defineStack } from "vigie";\nexport default defineStack(${JSON.stringify(config)});\n`;
}
