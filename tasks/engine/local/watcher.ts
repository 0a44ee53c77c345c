/** Files of the operator's that a service has a copy of: when they change, a program takes them over. */

/** What is watched, and what is run then. */
export interface Watch {
  /** Absolute paths; links are followed. */
  readonly files: readonly string[];
  /** The program and its arguments: exit code 0 when it took the files over, or they were the same. */
  readonly command: readonly string[];
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** How often it looks, and how long it waits after a refusal before it tries the same files again, milliseconds. */
export interface WatchPace {
  readonly lookMs: number;
  readonly againMs: number;
}

const PACE: WatchPace = { lookMs: 3_000, againMs: 5 * 60_000 };

// Number, size and times of what the paths lead to. Not the content: the supervisor reads nobody's keys.
const LOOK = 'exec stat -L -c "%n %d %i %s %y %z" -- "$@"';
const RUN = 'ulimit -c 0; exec "$@" >>"$0" 2>&1';

/**
 * Looks at files until it is stopped. Files that change are left alone until they were the same at two looks: whoever replaces several
 * is done then. The first look counts as a change, as they may have changed while nobody looked.
 */
export class Watcher {
  readonly watch: Watch;
  readonly #log: string;
  readonly #tell: (text: string) => void;
  readonly #pace: WatchPace;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Deno.ChildProcess | undefined;
  #stopped = false;
  #seen: string | undefined;
  #done: string | undefined;
  #again = Infinity;
  #trouble: string | undefined;

  /**
   * @param log Path of the file that takes the program's output.
   * @param tell Called with a line for the supervisor's log when files were refused, or are taken again.
   */
  constructor(watch: Watch, log: string, tell: (text: string) => void, pace: WatchPace = PACE) {
    this.watch = watch;
    this.#log = log;
    this.#tell = tell;
    this.#pace = pace;
    this.#next();
  }

  /** Why the service goes on with an older copy; undefined when it has what is there. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** Ends it, and the program that runs. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    const running = this.#running;
    if (!running) return;
    try {
      running.kill("SIGTERM");
    } catch {
      // It ended by itself in the meantime.
    }
    await running.status;
  }

  #next(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(async () => {
      try {
        await this.#look();
      } catch (error) {
        this.#refused(`cannot look at ${this.watch.files.join(", ")}: ${(error as Error).message}`);
      }
      this.#next();
    }, this.#pace.lookMs);
  }

  async #look(): Promise<void> {
    const now = await stampOf(this.watch.files);
    const settled = now === this.#seen;
    this.#seen = now;
    if (this.#stopped || !settled) return;
    if (now === this.#done && performance.now() < this.#again) return;
    this.#done = now;
    const code = await this.#run();
    if (this.#stopped) return;
    if (code !== 0) {
      return this.#refused(`its files are not taken over (exit code ${code}): its log says why`);
    }
    this.#again = Infinity;
    if (this.#trouble !== undefined) this.#tell("takes its files again");
    this.#trouble = undefined;
  }

  async #run(): Promise<number> {
    const { command, env, cwd } = this.watch;
    const options = {
      clearEnv: true,
      env: { ...env },
      cwd,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    } as const;
    this.#running = new Deno.Command("sh", { args: ["-c", RUN, this.#log, ...command], ...options }).spawn();
    const { code } = await this.#running.status;
    this.#running = undefined;
    return code;
  }

  /** It may be no fault of the files, or heal by itself: it is tried again, and said again. */
  #refused(why: string): void {
    this.#again = performance.now() + this.#pace.againMs;
    this.#trouble = why;
    this.#tell(`warning: ${why}; it goes on with those that it has`);
  }
}

/** Changes when one of `files` is another, was written to, or is gone. */
async function stampOf(files: readonly string[]): Promise<string> {
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", LOOK, "sh", ...files],
    stdin: "null",
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout);
}
