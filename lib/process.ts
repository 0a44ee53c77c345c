/** Running another program to its end. */

/** What a finished program left. */
export interface Finished {
  /** Exit code; 124 when it was ended because of `timeoutMs`. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run a program. */
export interface RunOptions {
  /** Working directory; the current one by default. */
  readonly cwd?: string;
  /** Variables to add to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Text for its standard input; none by default. */
  readonly stdin?: string;
  /** It is killed after this many milliseconds; 60 000 by default. */
  readonly timeoutMs?: number;
  /** It is killed when this aborts. */
  readonly signal?: AbortSignal;
  /** Called with each piece of its standard error as it comes, to show progress. */
  readonly onStderr?: (text: string) => void;
}

// How long the output of a killed program is waited for: a program that it started may hold it open for ever.
const DRAIN_MS = 200;

/**
 * Runs `command` and waits for its end. A non-zero exit is a result, not an exception.
 *
 * @throws {Deno.errors.NotFound} when there is no such program.
 * @example
 * ```ts
 * import { run } from "./process.ts";
 * const { code, stdout } = await run("promtool", ["--version"], { timeoutMs: 5_000 });
 * ```
 */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  const { cwd, env, stdin, timeoutMs = 60_000, signal, onStderr } = options;
  const child = new Deno.Command(command, {
    args: [...args],
    cwd,
    env: env && { ...env },
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const timers: ReturnType<typeof setTimeout>[] = [];
  const drained = new AbortController();
  const kill = () => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It ended by itself in the meantime.
    }
    timers.push(setTimeout(() => drained.abort(), DRAIN_MS));
  };
  let timedOut = false;
  timers.push(setTimeout(() => {
    timedOut = true;
    kill();
  }, timeoutMs));
  signal?.addEventListener("abort", kill, { once: true });
  if (signal?.aborted) kill();
  try {
    const [stdout, stderr, status] = await Promise.all([
      readText(child.stdout, drained.signal),
      readText(child.stderr, drained.signal, onStderr),
      child.status,
      stdin === undefined ? undefined : feed(child.stdin, stdin, drained.signal),
    ]);
    return { code: timedOut ? 124 : status.code, stdout, stderr };
  } finally {
    for (const timer of timers) clearTimeout(timer);
    signal?.removeEventListener("abort", kill);
  }
}

/** What comes until the end, or until `stop`. */
async function readText(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  stop: AbortSignal,
  seen?: (text: string) => void,
): Promise<string> {
  let text = "";
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  stop.addEventListener("abort", () => void reader.cancel(), { once: true });
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    text += piece.value;
    seen?.(piece.value);
  }
  return text;
}

async function feed(
  stream: WritableStream<Uint8Array<ArrayBuffer>>,
  text: string,
  stop: AbortSignal,
): Promise<void> {
  const writer = stream.getWriter();
  stop.addEventListener("abort", () => void writer.abort().catch(() => {}), { once: true });
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch {
    // A program may end without reading all of its input; its exit code says whether that is wrong.
  }
}
