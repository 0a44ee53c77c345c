/** restic: how it is called, and what its exit codes mean. Source: restic.readthedocs.io, "Scripting". */

import { BackupFailure } from "./failure.ts";
import { complaintOf, isInVain, refusal } from "./refusal.ts";

/** A repository that can be used. */
export interface Repository {
  /** Path of the program. */
  readonly program: string;
  /** As restic names it. */
  readonly repository: string;
  readonly password: string;
  /** Further variables of its environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Its extended options, such as `sftp.args=…`. */
  readonly options: readonly string[];
  /** Directory for what it remembers of the repository. */
  readonly cache: string;
}

/** How to run restic. */
export interface ResticOptions {
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  /** Told of each line of JSON as it comes. */
  readonly onMessage?: (message: Message) => void;
}

/** A line of what restic says with `--json`. */
export interface Message {
  readonly message_type?: string;
  readonly [key: string]: unknown;
}

/** What restic left. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  /** What it complained of, in its own words, one line each. */
  readonly complaints: readonly string[];
}

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** How long another run's lock is waited for. */
const RETRY_LOCK = "5m";
const STOP_MS = 10_000;

/**
 * Runs restic and gives what it left, whatever its exit code. What must stay secret is in its environment alone.
 *
 * @throws {BackupFailure} when there is no such program. @throws the reason of the signal when it aborts.
 */
export async function tryRestic(
  to: Repository,
  args: readonly string[],
  { cwd, signal, onMessage }: ResticOptions = {},
): Promise<Finished> {
  signal?.throwIfAborted();
  const child = spawn(to, args, cwd);
  let killed: ReturnType<typeof setTimeout> | undefined;
  // It removes its lock when it is asked to end, and what it has stored stays for the next run.
  const stop = () => {
    end(child, "SIGTERM");
    killed = setTimeout(() => end(child, "SIGKILL"), STOP_MS);
  };
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const complaints: string[] = [];
    const [stdout, , status] = await Promise.all([
      collect(child.stdout, (line) => {
        const message = parse(line);
        if (message) onMessage?.(message);
      }, onMessage === undefined),
      collect(child.stderr, (line) => {
        complaints.push(complaintOf(line, parse(line)));
        if (isInVain(line)) end(child, "SIGTERM");
      }, false),
      child.status,
    ]);
    signal?.throwIfAborted();
    return { code: status.code, stdout, complaints: complaints.filter(Boolean) };
  } finally {
    clearTimeout(killed);
    signal?.removeEventListener("abort", stop);
  }
}

/**
 * Standard output of restic.
 *
 * @param what What it was to do, for the error: "list the backups".
 * @throws {BackupFailure} when it does not end well.
 */
export async function restic(
  to: Repository,
  what: string,
  args: readonly string[],
  options: ResticOptions = {},
): Promise<string> {
  const finished = await tryRestic(to, args, options);
  if (finished.code !== 0) throw refusal(to, what, finished);
  return finished.stdout;
}

function spawn(to: Repository, args: readonly string[], cwd: string | undefined): Deno.ChildProcess {
  const { program, repository, password, environment, options, cache } = to;
  try {
    return new Deno.Command(program, {
      args: [...options.flatMap((option) => ["-o", option]), "--retry-lock", RETRY_LOCK, ...args],
      cwd,
      clearEnv: true,
      env: {
        PATH,
        // A run whose starter was killed ends as soon as it cannot say how far it is.
        RESTIC_PROGRESS_FPS: "4",
        RESTIC_CACHE_DIR: cache,
        TMPDIR: cache,
        HOME: cache,
        ...environment,
        RESTIC_REPOSITORY: repository,
        RESTIC_PASSWORD: password,
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new BackupFailure(
      `Cannot run restic: ${error.message}`,
      3,
      "run `deno task up` again, which fetches it",
    );
  }
}

function end(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch {
    // It ended by itself in the meantime.
  }
}

async function collect(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onLine: (line: string) => void,
  keep: boolean,
): Promise<string> {
  let all = "";
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    if (keep) {
      all += text;
      continue;
    }
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    lines.forEach(onLine);
  }
  if (rest !== "") onLine(rest);
  return all;
}

function parse(line: string): Message | undefined {
  try {
    const value = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined; // A line for people.
  }
}
