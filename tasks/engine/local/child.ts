/** One service under the supervisor: started, watched, started again, stopped. */

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { Backoff } from "./backoff.ts";
import { keyOf, type ProcessId, type ServiceReport, type ServiceSpec } from "./protocol.ts";

/** A service's process and what is known of it. */
export class Child {
  readonly spec: ServiceSpec;
  readonly #log: string;
  readonly #changed: (text: string) => void;
  readonly #backoff = new Backoff();
  #process: ChildProcess | undefined;
  #id: ProcessId | undefined;
  #startedAt: number | undefined;
  #restarts = 0;
  #lastExit: string | undefined;
  #lastError: string | undefined;
  #nextStart: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopping = false;
  #gone: () => void = () => {};

  /**
   * @param log Path of the file that takes its output.
   * @param changed Called with a line for the supervisor's log when something happened.
   */
  constructor(spec: ServiceSpec, log: string, changed: (text: string) => void) {
    this.spec = spec;
    this.#log = log;
    this.#changed = changed;
  }

  /** Starts it. That it cannot be started counts as its end: it is tried again. */
  start(): void {
    this.#nextStart = undefined;
    const began = Date.now();
    try {
      const [program, ...args] = this.spec.command;
      // Opened for appending: a log that is cut while it runs goes on at its new beginning.
      const file = openSync(this.#log, "a", 0o644);
      const child = spawn(program!, args, {
        cwd: this.spec.cwd,
        env: { ...this.spec.env },
        stdio: ["ignore", file, file],
      });
      closeSync(file);
      let ended = false;
      const end = (exit: string | undefined, error: string | undefined) => {
        if (ended) return;
        ended = true;
        this.#ended(exit, error, Date.now() - began);
      };
      child.on("error", (error) => end(undefined, error.message));
      child.on("exit", (code, signal) => end(describeExit(code, signal), undefined));
      this.#process = child;
      this.#startedAt = began;
      if (child.pid !== undefined) void this.#identify(child.pid);
    } catch (error) {
      this.#ended(undefined, (error as Error).message, 0);
    }
  }

  /** Ends it: SIGTERM, and SIGKILL when it takes too long. It is not started again. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const child = this.#process;
    if (!child) return;
    const gone = new Promise<void>((resolve) => this.#gone = resolve);
    child.kill("SIGTERM");
    const timer = setTimeout(() => {
      this.#changed(`did not end within ${this.spec.stopGraceMs / 1_000} s and is killed`);
      child.kill("SIGKILL");
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
      key: keyOf(this.spec),
    };
  }

  #ended(exit: string | undefined, error: string | undefined, ranMs: number): void {
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
    this.#timer = setTimeout(() => {
      this.#restarts++;
      this.start();
    }, waitMs);
    this.#changed(`ended by itself (${exit ?? error}); it is started again in ${waitMs / 1_000} s`);
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
export function identify(pid: number): Promise<ProcessId | undefined> {
  return new Promise((resolve) => {
    const files = ["/proc/sys/kernel/random/boot_id", `/proc/${pid}/stat`];
    execFile("cat", files, { env: { PATH: "/usr/bin:/bin" } }, (_error, stdout) => {
      const [bootId, ...stat] = String(stdout).split("\n");
      const fields = stat.join("\n").replace(/^[^]*\) /, "").split(" ");
      const startTicks = Number(fields[19]);
      resolve(bootId && Number.isInteger(startTicks) ? { pid, startTicks, bootId } : undefined);
    });
  });
}

// Deno before 2.7 gives no name of the signal, and 128 + its number as the code, as shells do.
const SIGNALS: Readonly<Record<number, string>> = {
  129: "SIGHUP",
  130: "SIGINT",
  131: "SIGQUIT",
  132: "SIGILL",
  134: "SIGABRT",
  135: "SIGBUS",
  137: "SIGKILL",
  139: "SIGSEGV",
  143: "SIGTERM",
};

/** How a process ended, for people. */
export function describeExit(code: number | null, signal: string | null): string {
  const name = signal ?? SIGNALS[code ?? 0];
  return name ? `signal ${name}` : `exit code ${code}`;
}

function iso(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}
