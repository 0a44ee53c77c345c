/** What an engine does: runs a rendered stack, however it does it. */

import type { Service } from "../../compose/services/mod.ts";
import type { LeftOut, Stack, Target } from "../stack.ts";

/** A service as it is now. */
export interface ServiceStatus {
  readonly service: Service;
  /** `left-out`: the engine cannot run it here; `detail` says why. */
  readonly state: "ready" | "starting" | "failed" | "stopped" | "left-out";
  /** When it was started, ISO 8601. */
  readonly since?: string;
  /** Base URL for people. */
  readonly url?: string;
  /** Version that runs, when known. */
  readonly version?: string;
  /** Process id (local) or container id (docker). */
  readonly id?: string;
  /** Times it was restarted after it died. */
  readonly restarts?: number;
  /** Resident memory, bytes. */
  readonly memoryBytes?: number;
  /** Why it is not ready, in one sentence. */
  readonly detail?: string;
}

/** What `up` did to a service. */
export interface Applied {
  readonly service: Service;
  readonly action: "started" | "restarted" | "reloaded" | "unchanged" | "stopped" | "left-out";
  /** From the start of `up` to its being ready, milliseconds. */
  readonly readyMs: number;
  readonly detail?: string;
}

/** How long work says what it is doing; see tasks/progress.ts. */
export interface Progress {
  /** A new step, or the same one further on: `step("pull prometheus", 0.4)`; a fraction from 0 to 1 when it is known. */
  step(what: string, fraction?: number): void;
  /** A line that stays. */
  note(text: string): void;
  /** A line that stays and warns. */
  warn(text: string): void;
}

/** A service that did not become ready, with what there is to understand why. */
export class NotReady extends Error {
  override readonly name = "NotReady";
  /** @param logs Last log lines of the service. */
  constructor(
    readonly service: Service,
    message: string,
    readonly logs: readonly string[],
    readonly cure: string,
  ) {
    super(message);
  }
}

/** Why an entry that is stopped cannot take a renewed certificate. */
export function entryStopped(): NotReady {
  return new NotReady("entry", "The entry does not run", [], "start the stack, then it has the new one");
}

/** The machine lacks something that the command needs: exit code 3. */
export class Lacking extends Error {
  override readonly name = "Lacking";
  constructor(message: string, readonly cure: string) {
    super(message);
  }
}

/** Runs a stack. Every method may be interrupted; called again it completes what is missing. */
export interface Engine {
  readonly name: "docker" | "local";
  /**
   * Gets what the services need to run here, such as their programs.
   *
   * @returns the services that must be left out, each with the reason.
   * @throws {Lacking} when a service that the stack cannot do without is not to be had.
   */
  prepare(progress: Progress, signal: AbortSignal): Promise<LeftOut>;
  /**
   * Makes the running services be the ones of `stack`, whose files are in place. Starts what is missing, restarts only what
   * changed, reloads what can be reloaded and verifies that the new configuration is the one running.
   *
   * @throws {NotReady} when a service does not come up. @throws {Lacking} when the machine lacks something.
   */
  up(progress: Progress, signal: AbortSignal): Promise<readonly Applied[]>;
  /**
   * Makes the running entry read its certificate again, without ending a connection, unless it has read this one already.
   *
   * @returns whether it had to.
   * @throws {NotReady} when it goes on with the one that it had, or does not run.
   */
  reloadEntry(progress: Progress, signal: AbortSignal): Promise<boolean>;
  /** Stops `services` until the next `up`; the others go on. Those that do not run are no mistake. */
  stop(services: readonly Service[], progress: Progress, signal: AbortSignal): Promise<void>;
  /** Stops every service; data stays. */
  down(progress: Progress): Promise<readonly Service[]>;
  /** Removes the data too; the services are stopped. */
  clean(progress: Progress): Promise<void>;
  /** Every service of the stack, in the order of SERVICES. */
  status(): Promise<readonly ServiceStatus[]>;
  /** Lines of a service's log, the oldest first; with `follow` until `signal` aborts. */
  logs(
    service: Service,
    options: { tail: number; follow: boolean; signal: AbortSignal },
  ): AsyncIterable<string>;
  /** Runs an outside program of this stack's services, such as promtool, and returns its path on this machine. */
  tool(name: string, progress: Progress): Promise<string>;
  /** Whether `service`, where it runs, reaches `url` (as services reach one another), and what it got. For doctor. */
  reaches(service: Service, url: string): Promise<{ ok: boolean; detail: string }>;
}

/** Makes an engine for a stack. */
export type EngineMaker = (stack: Stack, target: Target) => Engine;
