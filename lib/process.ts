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

/**
 * Runs `command` and waits for its end. A non-zero exit is a result, not an exception.
 *
 * @throws {Deno.errors.NotFound} when there is no such program.
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
  let timedOut = false;
  const kill = () => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It ended by itself in the meantime.
    }
  };
  const timer = setTimeout(() => {
    timedOut = true;
    kill();
  }, timeoutMs);
  signal?.addEventListener("abort", kill, { once: true });
  if (signal?.aborted) kill();
  try {
    const [stdout, stderr, status] = await Promise.all([
      new Response(child.stdout).text(),
      readText(child.stderr, onStderr),
      child.status,
      stdin === undefined ? undefined : feed(child.stdin, stdin),
    ]);
    return { code: timedOut ? 124 : status.code, stdout, stderr };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", kill);
  }
}

async function readText(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  seen?: (text: string) => void,
): Promise<string> {
  let text = "";
  for await (const piece of stream.pipeThrough(new TextDecoderStream())) {
    text += piece;
    seen?.(piece);
  }
  return text;
}

async function feed(stream: WritableStream<Uint8Array<ArrayBuffer>>, text: string): Promise<void> {
  const writer = stream.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch {
    // A program may end without reading all of its input; its exit code says whether that is wrong.
  }
}
