/** The receivers that are measured side by side: how each is started, and what it takes. */

import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { run } from "../../../lib/process.ts";
import { isReady } from "../../../prometheus/testing/programs.ts";
import { FROM_SOURCE, ROOT } from "../../e2e/webhook/running_webhook.ts";
import { freePort } from "../../free_port.ts";
import { answers, pythonVenv } from "../../python.ts";

const PYTHON = ["flask==3.1.3", "gunicorn==27.0.1"];
const START_MS = 30_000;
const POLL_MS = 1;
const BUILD_MS = 300_000;
const SETTLE_MS = 120_000;
const SETTLE_POLL_MS = 50;

/** A way to run a receiver. */
export interface Receiver {
  readonly id: "source" | "compiled" | "flask" | "gunicorn" | "go";
  readonly title: string;
  /** Its command line. @param directory Its own, empty when it is started first. */
  command(port: number, directory: string): readonly string[];
}

/** Those that this machine has, and why it lacks the others. */
export interface Receivers {
  readonly there: readonly Receiver[];
  readonly missing: readonly { readonly title: string; readonly why: string }[];
}

/** A receiver that answers. */
export interface RunningReceiver extends AsyncDisposable {
  readonly receiver: Receiver;
  readonly address: string;
  /** From its start to its first answer, milliseconds. */
  readonly firstAnswerMs: number;
  /** Memory of all its processes now, bytes: as each sees it, and with shared pages counted once. */
  memory(): Promise<{ residentBytes: number; proportionalBytes: number }>;
  /**
   * Waits until it has done what it owes for what it answered: a receiver that tells others later would otherwise pay for one load in the
   * next. Milliseconds that it took; 0 for those that owe nothing.
   */
  settled(): Promise<number>;
  /** Lets it run, or holds it still so that it takes nothing from the one that is measured. */
  hold(still: boolean): Promise<void>;
}

/** Finds the receivers. @param directory Where programs may be built. */
export async function findReceivers(directory: string, say: (what: string) => void): Promise<Receivers> {
  const there: Receiver[] = [{
    id: "source",
    title: `webhook from source, Deno ${Deno.version.deno}`,
    command: (port, data) => [...FROM_SOURCE, ...serveFlags(port, data)],
  }];
  const missing: { title: string; why: string }[] = [];

  const program = join(ROOT, "dist", "webhook");
  const compiled = await newerThanSource(program);
  if (compiled === undefined) {
    const command = (port: number, data: string) => [program, ...serveFlags(port, data)];
    there.push({ id: "compiled", title: "webhook compiled, dist/webhook", command });
  } else missing.push({ title: "webhook compiled, dist/webhook", why: compiled });

  say("Flask and gunicorn from PyPI, on first use");
  const venv = await pythonVenv("bench-receivers", PYTHON);
  if (venv.skip === undefined) there.push(...pythonReceivers(venv.bin));
  else missing.push({ title: "Flask", why: venv.skip });

  say("the Go receiver");
  const go = await buildGo("receiver", directory);
  if (go.program !== undefined) {
    const built = go.program;
    const command = (port: number, data: string) => [built, `127.0.0.1:${port}`, join(data, "journal")];
    there.push({ id: "go", title: "Go net/http, fsync journal", command });
  } else missing.push({ title: "Go net/http, fsync journal", why: go.why });
  return { there, missing };
}

function serveFlags(port: number, data: string): string[] {
  return ["--listen", `127.0.0.1:${port}`, "--data", data];
}

function pythonReceivers(bin: string): Receiver[] {
  const app = `--chdir=${import.meta.dirname!}`;
  return [{
    id: "flask",
    title: "Flask's development server",
    command: (port) => [
      join(bin, "flask"),
      `--app=${join(import.meta.dirname!, "flask_receiver.py")}`,
      "run",
      `--port=${port}`,
    ],
  }, {
    id: "gunicorn",
    title: "Flask in gunicorn, 2 workers",
    // While it is held still its workers are silent for longer than its default of 30 s.
    command: (port) => [
      join(bin, "gunicorn"),
      app,
      "--workers=2",
      "--timeout=600",
      `--bind=127.0.0.1:${port}`,
      "flask_receiver:app",
    ],
  }];
}

/** Why the compiled program cannot be measured; undefined when it can. */
async function newerThanSource(program: string): Promise<string | undefined> {
  let made: Date | null;
  try {
    made = (await Deno.stat(program)).mtime;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return "there is none: `deno task compile` makes it";
  }
  const { stdout } = await run("find", [
    ...[
      join(ROOT, "webhook"),
      join(ROOT, "lib"),
      "(",
      "-name",
      "*.ts",
      "-o",
      "-name",
      "*.tsx",
      ")",
      "-not",
      "-name",
      "*_test.ts",
    ],
    ...["-newermt", made!.toISOString(), "-print", "-quit"],
  ]);
  return stdout === "" ? undefined : "it is older than the source: `deno task compile` makes it anew";
}

/** Builds one of the Go programs of this directory. */
export async function buildGo(
  name: "load" | "receiver",
  directory: string,
): Promise<{ program: string; why?: undefined } | { program?: undefined; why: string }> {
  if (!await answers("go", ["version"])) return { why: "there is no Go compiler" };
  const program = join(directory, name);
  const args = ["build", "-o", program, join(import.meta.dirname!, `${name}.go`)];
  const { code, stderr } = await run("go", args, { timeoutMs: BUILD_MS });
  return code === 0 ? { program } : { why: `go build ends with ${code}: ${stderr.trim()}` };
}

/** Starts a receiver in `directory` and waits for its first answer. What it prints is thrown away. */
export async function startReceiver(receiver: Receiver, directory: string): Promise<RunningReceiver> {
  const port = freePort();
  await Deno.mkdir(directory, { recursive: true });
  const [command, ...args] = receiver.command(port, directory);
  const started = performance.now();
  const child = new Deno.Command(command!, {
    args,
    cwd: directory,
    env: { PYTHONDONTWRITEBYTECODE: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let ended = false;
  const status = child.status.finally(() => ended = true);
  const url = `http://127.0.0.1:${port}/health`;
  while (!await isReady(url)) {
    if (ended) throw new Error(`Cannot start ${receiver.title}: it ended with ${(await status).code}`);
    if (performance.now() - started > START_MS) {
      child.kill("SIGKILL");
      throw new Error(`Cannot start ${receiver.title}: no answer in ${START_MS} ms`);
    }
    await delay(POLL_MS);
  }
  const firstAnswerMs = performance.now() - started;
  const signal = async (name: Deno.Signal) => {
    for (const pid of await family(child.pid)) Deno.kill(pid, name);
  };
  return {
    receiver,
    address: `127.0.0.1:${port}`,
    firstAnswerMs,
    memory: async () => await memoryOf(await family(child.pid)),
    settled: () => isOurs(receiver) ? emptied(`http://127.0.0.1:${port}/metrics`) : Promise.resolve(0),
    hold: (still) => signal(still ? "SIGSTOP" : "SIGCONT"),
    async [Symbol.asyncDispose]() {
      if (!ended) {
        await signal("SIGCONT");
        child.kill("SIGTERM");
      }
      await status;
    },
  };
}

/** Whether it is the webhook itself. */
export function isOurs({ id }: Pick<Receiver, "id">): boolean {
  return id === "source" || id === "compiled";
}

async function emptied(metrics: string): Promise<number> {
  const started = performance.now();
  for (;;) {
    const text = await (await fetch(metrics)).text();
    const depths = [...text.matchAll(/^vigie_webhook_queue_depth\{.*\} (\d+)$/gm)];
    if (depths.length === 0) throw new Error(`Cannot measure: ${metrics} has no depth of the queue`);
    const elapsedMs = performance.now() - started;
    if (depths.every(([, depth]) => depth === "0")) return elapsedMs;
    if (elapsedMs > SETTLE_MS) throw new Error(`Cannot measure: messages are queued after ${SETTLE_MS} ms`);
    await delay(SETTLE_POLL_MS);
  }
}

/** A process and those that it started. Deno keeps /proc to itself; another program may read it. */
async function family(pid: number): Promise<number[]> {
  const { stdout } = await run("cat", [`/proc/${pid}/task/${pid}/children`]);
  const children = await Promise.all(
    stdout.trim().split(" ").filter(Boolean).map((one) => family(Number(one))),
  );
  return [pid, ...children.flat()];
}

async function memoryOf(pids: readonly number[]) {
  const { stdout } = await run("cat", pids.map((pid) => `/proc/${pid}/smaps_rollup`));
  const sum = (key: string) =>
    [...stdout.matchAll(new RegExp(`^${key}:\\s+(\\d+) kB$`, "gm"))].reduce(
      (all, [, kib]) => all + Number(kib) * 1024,
      0,
    );
  return { residentBytes: sum("Rss"), proportionalBytes: sum("Pss") };
}
