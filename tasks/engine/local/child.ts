/** One service under the supervisor: started, watched, started again, stopped. */

import { Backoff } from "./backoff.ts";
import { keyOf, type ProcessId, type ServiceReport, type ServiceSpec } from "./protocol.ts";
import { givesSign } from "./sign_of_life.ts";
import { Watcher } from "./watcher.ts";

// Opened for appending: a log that is cut while it is written to goes on at its new beginning. The shell gives its place, and with it
// its pid, to the program. (node:child_process could open the log itself; it would cost the supervisor 8 MB.)
// No core dumps: they would hold the secrets that the program has read.
const RUN = 'ulimit -c 0; exec "$@" >>"$0" 2>&1';

/** A service's process and what is known of it. */
export class Child {
  #spec: ServiceSpec;
  readonly #log: string;
  readonly #changed: (text: string) => void;
  readonly #backoff = new Backoff();
  #process: Deno.ChildProcess | undefined;
  #id: ProcessId | undefined;
  #startedAt: number | undefined;
  #restarts = 0;
  #lastExit: string | undefined;
  #lastError: string | undefined;
  #nextStart: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #nextLook: ReturnType<typeof setTimeout> | undefined;
  #stopping = false;
  #identifying: Promise<void> = Promise.resolve();
  #gone: () => void = () => {};
  #watcher: Watcher | undefined;

  /**
   * @param log Path of the file that takes its output.
   * @param changed Called with a line for the supervisor's log when something happened.
   */
  constructor(spec: ServiceSpec, log: string, changed: (text: string) => void) {
    this.#spec = spec;
    this.#log = log;
    this.#changed = changed;
    this.#watchFiles();
  }

  /** What it is to be. */
  get spec(): ServiceSpec {
    return this.#spec;
  }

  /** Takes what may change without a restart. @param spec With the same key. */
  update(spec: ServiceSpec): void {
    this.#spec = spec;
    if (this.#process) this.#watch(this.#process);
    this.#watchFiles();
  }

  /** Starts it. That it cannot be started counts as its end: it is tried again. */
  start(): void {
    this.#nextStart = undefined;
    this.#lastError = undefined;
    const startedAt = Date.now();
    // A clock that is set meanwhile must not make a service look well or ill.
    const began = performance.now();
    try {
      const child = new Deno.Command("sh", {
        args: ["-c", RUN, this.#log, ...this.spec.command],
        cwd: this.spec.cwd,
        clearEnv: true,
        env: { ...this.spec.env },
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      this.#process = child;
      this.#startedAt = startedAt;
      this.#identifying = this.#identify(child.pid);
      this.#watch(child);
      void child.status.then((status) =>
        this.#ended(describeExit(status), undefined, performance.now() - began)
      );
    } catch (error) {
      this.#ended(undefined, (error as Error).message, 0);
    }
  }

  /** Starts it now when it waits for its next start: somebody asks for it. */
  hurry(): void {
    if (this.#nextStart === undefined) return;
    clearTimeout(this.#timer);
    this.#again();
  }

  /** Asks it to end, so that it is started again. @param why What is the matter, for the supervisor's log. */
  startAnew(why: string): void {
    if (!this.#process || this.#stopping) return;
    this.#changed(`is started anew: ${why}`);
    kill(this.#process, "SIGTERM");
  }

  /** Ends it: SIGTERM, and SIGKILL when it takes too long. It is not started again. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#nextLook);
    await this.#watcher?.stop();
    await this.#identifying;
    const child = this.#process;
    if (!child) return;
    const gone = new Promise<void>((resolve) => this.#gone = resolve);
    kill(child, "SIGTERM");
    const timer = setTimeout(() => {
      this.#changed(`did not end within ${this.spec.stopGraceMs / 1_000} s and is killed`);
      kill(child, "SIGKILL");
    }, this.spec.stopGraceMs);
    await gone;
    clearTimeout(timer);
  }

  /** What is known of it. */
  report(): ServiceReport {
    return {
      service: this.spec.service,
      process: this.#process && this.#id,
      startedAt: this.#process && iso(this.#startedAt),
      restarts: this.#restarts,
      lastExit: this.#lastExit,
      lastError: this.#lastError,
      nextStartAt: iso(this.#nextStart),
      trouble: this.#watcher?.trouble,
      key: keyOf(this.spec),
    };
  }

  #ended(exit: string | undefined, error: string | undefined, ranMs: number): void {
    clearTimeout(this.#nextLook);
    this.#process = undefined;
    this.#id = undefined;
    this.#lastExit = exit;
    this.#lastError = error;
    if (this.#stopping) {
      this.#changed(`stopped (${exit ?? error})`);
      this.#gone();
      return;
    }
    const waitMs = this.#backoff.next(ranMs);
    this.#nextStart = Date.now() + waitMs;
    this.#timer = setTimeout(() => this.#again(), waitMs);
    this.#changed(`ended by itself (${exit ?? error}); it is started again in ${waitMs / 1_000} s`);
  }

  #again(): void {
    this.#restarts++;
    this.start();
  }

  #watchFiles(): void {
    const { watch } = this.#spec;
    if (JSON.stringify(watch) === JSON.stringify(this.#watcher?.watch)) return;
    void this.#watcher?.stop();
    this.#watcher = watch && new Watcher(watch, this.#log, this.#changed);
  }

  /** Kills it when it does not answer any more. One that never answered is still starting. */
  #watch(child: Deno.ChildProcess): void {
    let answered = false;
    let missed = 0;
    const look = () => {
      const { life } = this.#spec;
      if (!life) return;
      const due = performance.now() + life.everyMs;
      this.#nextLook = setTimeout(async () => {
        // Whoever was held up itself, such as by a machine that slept, cannot tell who was too.
        const wasHeldUp = performance.now() - due > life.everyMs;
        const isWell = await givesSign(life, life.patienceMs);
        if (this.#process !== child || this.#stopping || this.#spec.life !== life) return;
        answered ||= isWell;
        missed = isWell || !answered || wasHeldUp ? 0 : missed + 1;
        if (missed < life.misses) return look();
        this.#changed(`did not answer ${missed} times in a row: it hangs, and is killed`);
        kill(child, "SIGKILL");
      }, life.everyMs);
    };
    clearTimeout(this.#nextLook);
    look();
  }

  async #identify(pid: number): Promise<void> {
    const id = await identify(pid);
    if (this.#process?.pid !== pid) return;
    this.#id = id;
    this.#changed(`started, pid ${pid}`);
  }
}

/**
 * The identity of a process; undefined when it is gone already.
 *
 * /proc is read by `cat`, as Deno itself reads it only with all permissions.
 */
export async function identify(pid: number): Promise<ProcessId | undefined> {
  const { stdout } = await new Deno.Command("cat", {
    args: ["/proc/sys/kernel/random/boot_id", `/proc/${pid}/stat`],
    stdin: "null",
    stderr: "null",
  }).output();
  const [bootId, ...stat] = new TextDecoder().decode(stdout).split("\n");
  const startTicks = Number(stat.join("\n").replace(/^[^]*\) /, "").split(" ")[19]);
  return bootId && Number.isInteger(startTicks) ? { pid, startTicks, bootId } : undefined;
}

/** How a process ended, for people. */
export function describeExit({ code, signal }: Pick<Deno.CommandStatus, "code" | "signal">): string {
  return signal ? `signal ${signal}` : `exit code ${code}`;
}

function kill(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch {
    // It ended by itself in the meantime.
  }
}

function iso(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}
