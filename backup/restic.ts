/** restic: how it is called, and what its exit codes mean. Source: restic.readthedocs.io, "Scripting". */

import { BackupFailure } from "./failure.ts";

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
const SHOWN_COMPLAINTS = 3;

/** restic's exit codes that mean something. */
export const RESTIC = {
  incomplete: 3,
  noRepository: 10,
  locked: 11,
  wrongPassword: 12,
  interrupted: 130,
} as const;

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
        const complaint = complaintOf(line);
        complaints.push(complaint);
        // It would ask again with the same key for a quarter of an hour.
        if (RETRIED.test(line) && REFUSED.test(complaint)) end(child, "SIGTERM");
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

/** What restic said no with. */
export function refusal(
  { repository }: Repository,
  what: string,
  { code, complaints }: Finished,
): BackupFailure {
  const detail = [...new Set(complaints)].slice(-SHOWN_COMPLAINTS).join("; ") || `exit code ${code}`;
  const text = complaints.join("\n");
  const name = `the repository "${withoutUser(repository)}"`;
  if (code === RESTIC.wrongPassword) {
    return new BackupFailure(
      `Cannot ${what}: the password is not the one of ${name}`,
      2,
      "give the password that was in use when the repository was made: `backup: { password: … }` in config.ts, or --password-file",
    );
  }
  if (code === RESTIC.noRepository) {
    return new BackupFailure(
      `Cannot ${what}: there is no repository at "${withoutUser(repository)}"`,
      3,
      "mount the disk that it lies on, or name another with `backup: { repository: … }` in config.ts or --repository",
    );
  }
  if (code === RESTIC.locked) {
    return new BackupFailure(
      `Cannot ${what}: ${name} is in use: ${detail}`,
      3,
      "wait until the other run has ended, then run the same command again",
    );
  }
  if (/no space left on device|disk quota exceeded/i.test(text)) {
    return new BackupFailure(
      `Cannot ${what}: ${detail}`,
      3,
      "free some disk space, then run the same command again",
    );
  }
  if (
    /executable file not found/i.test(text) && repository.startsWith("sftp:")
  ) {
    return new BackupFailure(
      `Cannot ${what}: there is no ssh client: ${detail}`,
      3,
      "install OpenSSH's client",
    );
  }
  if (UNREACHED.test(text)) {
    return new BackupFailure(
      `Cannot ${what}: the server of ${name} cannot be reached: ${detail}`,
      3,
      "mend the address of `repository`, or the network, then run the same command again",
    );
  }
  if (REFUSED.test(text)) {
    return new BackupFailure(
      `Cannot ${what}: the server of ${name} refuses: ${detail}`,
      3,
      "mend `credentials` or `sftp` of `backup` in config.ts (where that is lost: the environment, or --sftp-key and --known-hosts), then run the same command again",
    );
  }
  if (DAMAGED.test(text)) {
    return new BackupFailure(
      `Cannot ${what}: ${name} is damaged: ${detail}`,
      1,
      "restore another backup (`deno task restore --list`) or from a copy of the repository; docs/backup.md says how to mend one",
    );
  }
  return new BackupFailure(
    `Cannot ${what} with ${name}: ${detail}`,
    3,
    "mend what restic names, then run the same command again",
  );
}

/** What restic says before it tries once more. */
const RETRIED = /\w+\(.*?\) returned error, retrying after [^:]+: (?:\w+: )?/;

const UNREACHED = /^subprocess ssh: ssh: (?:connect to host|Could not resolve)/im;

const REFUSED =
  /Host key verification failed|unable to start the sftp session|Permission denied \((publickey|password)|signature we calculated does not match|access key id you provided does not exist|InvalidAccessKeyId|SignatureDoesNotMatch|no credentials found|\bAccess ?Denied\b/i;

const DAMAGED =
  /ciphertext verification failed|decrypting blob|nonce is invalid|does not match|invalid data|hash mismatch|not found in (index|repository)|unable to load index|pack .* (damaged|contains|not)|incomplete pack|error loading (tree|snapshot|index)|id .* not found|unexpected EOF|repository contains errors|no such file or directory.*\/(data|index|snapshots|keys)\/|packs? from index missing|missing blob|is truncated|invalid (char|header)|file does not exist.*(data|index|snapshots|keys)/i;

/** restic names an SFTP user; URLs of other kinds may hold more than that. */
function withoutUser(repository: string): string {
  return repository.replace(/\/\/[^/@\s]*@/, "//");
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

/** With `--json` it complains in JSON in some places, and in words in others. */
function complaintOf(line: string): string {
  const message = parse(line);
  const nested = message?.error as { readonly message?: string } | undefined;
  const text = message === undefined ? line : String(message.message ?? nested?.message ?? "");
  return text.replace(/^Fatal: /, "").replace(RETRIED, "").split("\n")[0]!.trim();
}
