/** A stack that bad things happen to: tasks as programs, which can be interrupted, and what lives and lies of it. */

import assert from "node:assert/strict";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type Service, SERVICES } from "../../../compose/services/mod.ts";
import type { Finished } from "../../../lib/process.ts";
import { findMarked, lives, type Marked, signal as send } from "../../../tasks/engine/local/process.ts";
import { freePort } from "../../free_port.ts";
import { until } from "../../until.ts";

const PROJECT = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const PERMISSIONS = ["read", "write", "env", "run", "net", "sys"].map((name) => `--allow-${name}`);
// A moment that is waited for may be short.
const LOOK_MS = 20;

/** A task that runs. */
export interface Started {
  readonly pid: number;
  /** Waits until what it printed so far matches. @throws when it ends before. */
  seen(pattern: RegExp): Promise<void>;
  kill(signal: Deno.Signal): void;
  /** Sends what somebody types. */
  type(keys: string): Promise<void>;
  readonly ended: Promise<Finished>;
}

/** How tasks are run. */
export interface BadStackOptions {
  /** Whose directory it is made in; that of temporary files by default. */
  readonly parent?: string;
  /** The Deno program, with what has to stand before it; this one by default. */
  readonly deno?: readonly string[];
  /** The project's directory; this one by default. */
  readonly project?: string;
  /** Variables to add to the environment of every task. */
  readonly env?: Readonly<Record<string, string>>;
  /** State directory; a new one by default. */
  readonly stateDir?: string;
}

/** A stack that the test owns. */
export interface BadStack extends AsyncDisposable {
  readonly directory: string;
  readonly config: string;
  readonly buildDir: string;
  readonly stateDir: string;
  readonly ports: Readonly<Record<Service, number>>;
  /** Writes config.ts. @param more Further keys, which win over the usual ones. */
  configure(more?: string): Promise<void>;
  /** Runs a task to its end. */
  task(name: string, ...args: string[]): Promise<Finished>;
  start(name: string, ...args: string[]): Started;
  /** Starts a task on a terminal of its own; what it prints is its standard output. */
  startOnTerminal(name: string, ...args: string[]): Started;
  /** Runs `up`, which must succeed. @returns what it did to each service. */
  up(): Promise<Record<string, string>>;
  /** Every living process of the stack. */
  alive(): Promise<Marked[]>;
  /** Process ids of the services, by name. */
  pids(): Promise<Record<string, number>>;
  /** Every file that is generated, with its text. */
  built(): Promise<Record<string, string>>;
}

/** Makes a stack on the local engine; nothing runs yet. */
export async function makeBadStack(options: BadStackOptions = {}): Promise<BadStack> {
  const { deno = [Deno.execPath()], project = PROJECT, env = {} } = options;
  const directory = await Deno.realPath(
    await Deno.makeTempDir({ prefix: "vigie-bad-", dir: options.parent }),
  );
  const [config, buildDir] = [join(directory, "config.ts"), join(directory, "build")];
  const stateDir = options.stateDir ?? join(directory, "state");
  const ports = Object.fromEntries(SERVICES.map((service) => [service, freePort()])) as Record<
    Service,
    number
  >;
  const commandOf = (name: string, args: readonly string[]) => {
    const paths = ["--config", config, "--build", buildDir, "--state", stateDir];
    const script = join(project, "tasks", `${name}.ts`);
    return [...deno, "run", "--quiet", "--no-prompt", ...PERMISSIONS, script, ...paths, ...args];
  };
  const place = { cwd: project, env: { NO_COLOR: "1", ...env } };
  const start = (name: string, ...args: string[]) => startProgram(commandOf(name, args), place);
  const local = join(stateDir, "local");
  const stack: BadStack = {
    directory,
    config,
    buildDir,
    stateDir,
    ports,
    async configure(more = "") {
      await Deno.writeTextFile(config, configText(ports, more));
    },
    start,
    startOnTerminal(name, ...args) {
      const line = commandOf(name, args).map((part) => `'${part}'`).join(" ");
      return startProgram(["script", "--quiet", "--return", "--command", line, "/dev/null"], place);
    },
    task: (name, ...args) => start(name, ...args).ended,
    async up() {
      const { code, stdout, stderr } = await start("up", "--json").ended;
      assert.equal(code, 0, stderr);
      const { services } = JSON.parse(stdout) as { services: { service: string; action: string }[] };
      return Object.fromEntries(services.map(({ service, action }) => [service, action]));
    },
    alive: () => findMarked(local),
    async pids() {
      const alive = (await findMarked(local)).filter(({ service }) => service !== "supervisor");
      return Object.fromEntries(alive.map(({ service, pid }) => [service, pid]).sort());
    },
    built: () => filesBelow(buildDir),
    async [Symbol.asyncDispose]() {
      const alive = await findMarked(local);
      // The supervisor first, which would start the others again.
      for (const service of [true, false]) {
        for (const each of alive.filter((one) => (one.service === "supervisor") === service)) {
          await send(each, "SIGKILL");
        }
      }
      await until("everything has ended", async () => !(await Promise.all(alive.map(lives))).includes(true));
      await Deno.remove(directory, { recursive: true });
    },
  };
  await stack.configure();
  return stack;
}

/**
 * Asserts that a task refused with one clear message.
 *
 * @param patterns What its standard error has to say: the place, the reason, the cure.
 */
export function assertRefused(
  { code, stdout, stderr }: Finished,
  exitCode: number,
  ...patterns: RegExp[]
): void {
  assert.equal(code, exitCode, `${stdout}${stderr}`);
  assert.doesNotMatch(stderr, /^\s+at .*:\d+:\d+|Uncaught|\(os error|\[object/m);
  assert.equal(stderr.match(/^error: /gm)?.length, 1, `One error in: ${stderr}`);
  for (const pattern of patterns) assert.match(stderr, pattern);
}

/** Asserts that a task was interrupted, and said so in one line. */
export function assertInterrupted({ code, stdout, stderr }: Finished): void {
  assert.equal(code, 130, `${stdout}${stderr}`);
  assert.equal(stdout, "");
  assert.match(stderr, /\nInterrupted; run the same command again to complete it\n$|^Interrupted; .*\n$/);
  assert.doesNotMatch(stderr, /error|Uncaught/);
}

function configText(ports: Readonly<Record<string, number>>, more: string): string {
  return `import { defineStack } from "vigie";
export default defineStack({
  ...{ name: "bad-days", engine: "local", locale: "en", ports: ${JSON.stringify(ports)} },
  ...{ scrape: { interval: "1s", timeout: "1s" }, evaluation: { interval: "1s" } },
  ...{ retention: { time: "1d", size: "20MB" }, services: { grafana: false } },
  ${more}
});
`;
}

function startProgram(
  [command, ...args]: readonly string[],
  options: { readonly cwd: string; readonly env: Record<string, string> },
): Started {
  const child = new Deno.Command(command!, {
    args,
    ...options,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stdin = child.stdin.getWriter();
  const out = { stdout: "", stderr: "" };
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>, name: keyof typeof out) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) out[name] += text;
  };
  let over = false;
  const ended = Promise.all([child.status, read(child.stdout, "stdout"), read(child.stderr, "stderr")]).then(
    async ([{ code }]) => {
      over = true;
      await stdin.close().catch(() => {});
      return { code, ...out };
    },
  );
  return {
    pid: child.pid,
    ended,
    kill: (signal) => child.kill(signal),
    type: (keys) => stdin.write(new TextEncoder().encode(keys)),
    seen: (pattern) =>
      until(`the task prints ${pattern}`, () => {
        if (pattern.test(`${out.stderr}${out.stdout}`)) return Promise.resolve(true);
        if (over) throw new Error(`The task ended before it printed ${pattern}: ${out.stderr}${out.stdout}`);
        return Promise.resolve(false);
      }, { everyMs: LOOK_MS }),
  };
}

async function filesBelow(directory: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const walk = async (path: string) => {
    for await (const entry of Deno.readDir(path)) {
      const inside = join(path, entry.name);
      if (entry.isDirectory) await walk(inside);
      else files[relative(directory, inside)] = await Deno.readTextFile(inside);
    }
  };
  await walk(directory);
  return files;
}
