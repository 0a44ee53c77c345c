/** A stack on the local engine, with the real programs, for the doctor to examine. */

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Service } from "../../../compose/services/mod.ts";
import { type Finished, run } from "../../../lib/process.ts";
import { createScene, DIAGNOSES, examine, type Finding } from "../../../tasks/doctor/mod.ts";
import { chooseEngine } from "../../../tasks/engine/choose.ts";
import type { Engine } from "../../../tasks/engine/engine.ts";
import { loadConfig } from "../../../tasks/load_config.ts";
import { type Stack, type Target, urlsOf } from "../../../tasks/stack.ts";

const ROOT = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const PERMISSIONS = ["read", "write", "env", "run", "net", "sys"].map((name) => `--allow-${name}`);

/** A running stack and what is needed to break it. */
export interface RunningStack extends AsyncDisposable {
  readonly directory: string;
  readonly config: string;
  readonly stack: Stack;
  readonly target: Target;
  readonly engine: Engine;
  readonly urls: Readonly<Record<Service, string>>;
  /** Process id of a service. */
  pid(service: Service): Promise<number>;
  /** `deno task up`. */
  up(): Promise<void>;
  /** What the doctor finds. */
  findings(options?: { readonly config?: string; readonly now?: () => number }): Promise<readonly Finding[]>;
  /** The doctor as a program. */
  doctor(...args: string[]): Promise<Finished>;
}

/** The text of a config.ts. Everything is fast, so that a break is seen soon. @param more Further keys. */
export function configText(ports: Readonly<Record<string, number>>, more = LOCAL_KEYS): string {
  return `import { defineStack } from "vigie";
export default defineStack({
  locale: "en",
  scrape: { interval: "1s", timeout: "1s" }, evaluation: { interval: "1s" },
  retention: { time: "1d", size: "20MB" },
  ports: ${JSON.stringify(ports)},
  services: { grafana: false, cadvisor: false },
  ${more}
});
`;
}

/** Keys of a stack on the local engine, with targets that a test can change. */
export const LOCAL_KEYS =
  `name: "doctor-test", engine: "local", jobs: [{ name: "extra", files: ["targets.json"] }],`;

/**
 * Brings a stack up in `directory`, which is left to the caller to remove.
 *
 * @param ports Ports for it, picked free.
 * @param more Further keys of its config.ts; those of the local engine by default.
 */
export async function startStack(
  directory: string,
  ports: Readonly<Record<string, number>>,
  more?: string,
): Promise<RunningStack> {
  const [config, buildDir, stateDir] = ["config.ts", "build", "state"].map((name) =>
    join(directory, name)
  ) as [
    string,
    string,
    string,
  ];
  await Deno.writeTextFile(join(directory, "targets.json"), "[]");
  await Deno.writeTextFile(config, configText(ports, more));
  const { stack, configDir } = await loadConfig(config, { stateDir });
  const { signal } = new AbortController();
  const paths = ["--config", config, "--build", buildDir, "--state", stateDir];
  const succeed = async (task: string, ...args: string[]) => {
    const { code, stdout, stderr } = await runTask(task, [...paths, ...args]);
    if (code !== 0) throw new Error(`"${task}" ended with exit code ${code}: ${stderr}${stdout}`);
  };
  const up = () => succeed("up");
  const clean = () => succeed("clean", "--yes");
  try {
    await up();
  } catch (error) {
    await clean();
    throw error;
  }
  const { engine, target } = await chooseEngine(stack, { buildDir, stateDir, configDir });
  return {
    directory,
    config,
    stack,
    target,
    engine,
    urls: urlsOf(stack),
    up,
    async pid(service) {
      const id = (await engine.status()).find((entry) => entry.service === service)?.id;
      if (id === undefined) throw new Error(`"${service}" has no process`);
      return Number(id);
    },
    async findings(options = {}) {
      const paths = { config: options.config ?? config, buildDir, stateDir };
      const scene = createScene({ ...paths, flags: {}, signal }, { now: options.now });
      return (await examine(DIAGNOSES, scene)).findings;
    },
    doctor: (...args) => runTask("doctor", [...paths, ...args]),
    [Symbol.asyncDispose]: clean,
  };
}

/** Runs a task as a program. @param env Variables to add to the environment. */
export function runTask(
  task: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  return run(Deno.execPath(), [
    "run",
    "--quiet",
    "--no-prompt",
    ...PERMISSIONS,
    join(ROOT, "tasks", `${task}.ts`),
    ...args,
  ], { cwd: ROOT, env: { NO_COLOR: "1", ...env }, timeoutMs: 120_000 });
}
