/** A webhook process: from source or compiled, started, watched and ended. */

import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** The project. */
export const ROOT = join(import.meta.dirname!, "..", "..", "..");
const DEADLINE_MS = 20_000;
const POLL_MS = 20;

/** The command that runs the webhook from source, as `deno task webhook` does: with its permissions and no others. */
export const FROM_SOURCE: readonly string[] = taskCommand("webhook");

function taskCommand(name: string): string[] {
  const { tasks } = JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json")));
  const words: string[] = tasks[name].command.split(" ");
  const [deno, run, ...flags] = words.slice(0, -1);
  if (deno !== "deno" || run !== "run") {
    throw new Error(`The task "${name}" runs no program: ${words.join(" ")}`);
  }
  const found = ["--no-prompt", `--config=${join(ROOT, "deno.json")}`];
  return [Deno.execPath(), run, ...flags, ...found, join(ROOT, words.at(-1)!)];
}

/** A process that ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A webhook that listens. */
export interface RunningWebhook extends AsyncDisposable {
  /** Base URL. */
  readonly url: string;
  readonly pid: number;
  /** What it has written so far. */
  readonly output: { readonly stdout: string; readonly stderr: string };
  signal(name: Deno.Signal): void;
  /** How it ended. */
  readonly ended: Promise<Ended>;
}

/** Runs `command` with `args` to its end. */
export async function runWebhook(command: readonly string[], args: readonly string[]): Promise<Ended> {
  const [program, ...first] = command;
  const { code, stdout, stderr } = await new Deno.Command(program!, { args: [...first, ...args] }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/**
 * Starts `command` on a free port and waits until it listens.
 *
 * @param args Further flags; without `--data` among them it keeps its data in a directory that is removed in the end.
 */
export async function startWebhook(
  command: readonly string[],
  args: readonly string[] = [],
): Promise<RunningWebhook> {
  const data = args.includes("--data") ? undefined : await Deno.makeTempDir({ prefix: "vigie-test-" });
  const flags = [
    ...(args.includes("--listen") ? [] : ["--listen", "127.0.0.1:0"]),
    ...(data === undefined ? [] : ["--data", data]),
  ];
  const [program, ...first] = command;
  const child = new Deno.Command(program!, {
    args: [...first, ...flags, ...args],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = { stdout: "", stderr: "" };
  const collect = async (name: "stdout" | "stderr") => {
    for await (const piece of child[name].pipeThrough(new TextDecoderStream())) output[name] += piece;
  };
  let exited = false;
  const ended = Promise.all([child.status, collect("stdout"), collect("stderr")]).then(([{ code }]) => {
    exited = true;
    return { code, ...output };
  });
  const stop = async () => {
    if (!exited) child.kill("SIGKILL");
    await ended;
    if (data !== undefined) await Deno.remove(data, { recursive: true });
  };
  try {
    const address = await eventually("the webhook listens", () => {
      if (exited) throw new Error(`The webhook ended:\n${output.stderr}`);
      return /msg=Listening address=(\S+)/.exec(output.stderr)?.[1];
    });
    return {
      url: `http://${address}`,
      pid: child.pid,
      output,
      signal: (name) => child.kill(name),
      ended,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What `look` gives once it gives something. @throws {Error} naming `what` when it never does. */
export async function eventually<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`Not within ${DEADLINE_MS} ms: ${what}`);
    await delay(POLL_MS);
  }
}

/** Posts JSON. */
export async function postJson(url: string, body: unknown): Promise<{ status: number; text: string }> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}
