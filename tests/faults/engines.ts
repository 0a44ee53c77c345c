/** The Docker engine itself: stopped, killed, and the machine that it runs on losing its power. */

import { run } from "../../lib/process.ts";
import { dockerAnswers } from "../../tasks/engine/docker.ts";
import { type Fault, goThrough } from "./fault.ts";
import type { FaultStack } from "./fault_stack.ts";
import { saved } from "./kills.ts";
import { until } from "../until.ts";

/** Names the pid file of an engine that belongs to whoever runs the tests, and whose containers are all theirs. */
const OWN = "VIGIE_FAULTS_ENGINE";

const whyNot = () =>
  Deno.env.has(OWN) ? undefined : `the engine is not the tests' own; ${OWN}=PIDFILE names one that is`;

/** Faults of the engine. */
export const engines: readonly Fault[] = [
  {
    name: "the engine stopped and started: every service is back, and no alert is lost or told twice",
    engines: ["docker"],
    whyNot,
    run: (stack) => lose(stack, ({ pid }) => Promise.resolve(Deno.kill(pid, "SIGTERM"))),
  },
  {
    name: "the engine killed and started: every service is back, and no alert is lost or told twice",
    engines: ["docker"],
    whyNot,
    run: (stack) => lose(stack, ({ pid }) => Promise.resolve(Deno.kill(pid, "SIGKILL"))),
  },
  {
    name: "the host's power lost: the engine that the boot starts brings every service back",
    engines: ["docker"],
    whyNot,
    run: (stack) =>
      lose(stack, async (engine) => {
        const pids = [engine.pid, ...await below(engine.pid)];
        for (const service of stack.services) {
          const pid = await stack.pid(service);
          // With what holds it for the engine, which would note its end.
          if (pid !== undefined) pids.push(await parentOf(pid), pid);
        }
        for (const pid of new Set(pids)) Deno.kill(pid, "SIGKILL");
      }),
  },
];

/** An engine that runs, and how it was started. */
interface RunningEngine {
  readonly pid: number;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

async function lose(stack: FaultStack, end: (engine: RunningEngine) => Promise<void>): Promise<void> {
  const engine = await runningEngine();
  await goThrough(stack, {
    async hit() {
      await saved(stack);
      await end(engine);
      // Its number too: one that nobody has waited for yet counts as running for the next one.
      await until("the engine is gone", async () => (await textOf(engine.pid, "stat")) === "");
    },
    async heal() {
      const child = new Deno.Command("setsid", {
        args: ["--fork", ...engine.command],
        clearEnv: true,
        env: { ...engine.env },
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      await child.status;
      await until("the engine answers", async () => (await dockerAnswers()).ok);
      for (const service of stack.services) {
        await until(`${service} runs`, async () => await stack.pid(service) !== undefined);
      }
    },
  });
}

async function runningEngine(): Promise<RunningEngine> {
  const pid = Number((await Deno.readTextFile(Deno.env.get(OWN)!)).trim());
  const words = async (file: string) => (await textOf(pid, file)).split("\0").filter(Boolean);
  const env = (await words("environ")).map((pair) => pair.split(/=(.*)/s).slice(0, 2) as [string, string]);
  return { pid, command: await words("cmdline"), env: Object.fromEntries(env) };
}

/** Text of a file of a process; empty when it is gone. Deno itself reads them only with all permissions. */
async function textOf(pid: number, file: string): Promise<string> {
  return (await run("cat", [`/proc/${pid}/${file}`])).stdout;
}

/** Children of a process, and theirs. */
async function below(pid: number): Promise<number[]> {
  const { stdout } = await run("ps", ["--ppid", String(pid), "-o", "pid="]);
  const children = stdout.split(/\s+/).filter(Boolean).map(Number);
  return [...children, ...(await Promise.all(children.map(below))).flat()];
}

async function parentOf(pid: number): Promise<number> {
  return Number((await run("ps", ["-p", String(pid), "-o", "ppid="])).stdout);
}
