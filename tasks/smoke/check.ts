/** What a smoke check is: a check that runs against the stack and tells each thing as it sees it. */

import type { Service } from "../../compose/services/mod.ts";
import { type Check, type Problem, Skipped } from "../../lib/check.ts";
import type { Files } from "../../lib/files.ts";
import type { Progress, ServiceStatus } from "../engine/engine.ts";
import type { LeftOut } from "../stack.ts";

/** What a smoke check may look at. All of it is plain data or a narrow function, so that a test can make one up. */
export interface SmokeContext {
  /** Services of the stack on its engine. */
  readonly services: ReadonlySet<Service>;
  /** Base URL (no trailing slash) of each service, as this machine reaches it. */
  readonly urls: Readonly<Record<Service, string>>;
  /** What the configuration renders for the engine: path relative to the files' directory → text. */
  readonly files: Files;
  /** Where Grafana's administrator logs in. */
  readonly grafana: {
    readonly user: string;
    /** Reads the password. @throws {Deno.errors.NotFound} when there is none. */
    readonly password: () => Promise<string>;
    /** Where it lies, for messages. */
    readonly passwordPath: string;
  };
  /** Intervals that config.ts asks for, milliseconds; what Prometheus itself says of its intervals comes first. */
  readonly intervals: { readonly scrapeMs: number; readonly evaluationMs: number };
  /** Added to every deadline, milliseconds: what a slow or busy machine may take more than the intervals ask for. */
  readonly marginMs: number;
  /** Time between two looks at something that is waited for, milliseconds. */
  readonly pollMs: number;
  /** Services that the engine could not run here, and why. */
  readonly leftOut: LeftOut;
  /** The services as the engine sees them. */
  readonly status: () => Promise<readonly ServiceStatus[]>;
  /** The last lines of a service's log. */
  readonly logs: (service: Service) => Promise<readonly string[]>;
  readonly fetch: typeof fetch;
  /** A clock that only goes forward, milliseconds. */
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** One thing that a smoke check looked at. */
export interface Step {
  /** What was looked at: a service, a target, a hop. Unique within its check. */
  readonly name: string;
  /** `note`: as it should be, with something to know; `skipped`: not looked at. */
  readonly outcome: "passed" | "failed" | "note" | "skipped";
  /** How long it took, milliseconds; left out, it is the time since the step before. */
  readonly elapsedMs?: number;
  /** The longest it may take by the intervals in force, milliseconds. */
  readonly expectedMs?: number;
  /** What there is to say besides: short, no full stop. */
  readonly detail?: string;
  /** What is wrong, when `outcome` is `failed`. */
  readonly problem?: Problem;
  /** Steps of one group are shown as one line as long as they pass. */
  readonly group?: string;
}

/** A check that is made of steps. */
export interface SmokeCheck extends Check<SmokeContext> {
  /**
   * Looks, and tells each thing as soon as it is known.
   *
   * @throws {Skipped} when it cannot look.
   */
  readonly steps: (context: SmokeContext) => AsyncIterable<Step>;
}

/** A smoke check made of `steps`; its problems are those of the steps. */
export function smokeCheck(id: string, title: string, steps: SmokeCheck["steps"]): SmokeCheck {
  return {
    id,
    title,
    online: true,
    steps,
    async run(context) {
      const problems: Problem[] = [];
      for await (const { problem } of steps(context)) if (problem) problems.push(problem);
      return problems;
    },
  };
}

/** A step that failed, with its problem. */
export function failed(
  check: string,
  name: string,
  message: string,
  cure: string,
  more: Pick<Step, "elapsedMs" | "expectedMs" | "group"> & Partial<Pick<Problem, "file" | "line">> = {},
): Step {
  const { file = "", line, ...step } = more;
  return {
    ...step,
    name,
    outcome: "failed",
    detail: message,
    problem: { check, severity: "error", file, ...(line === undefined ? {} : { line }), message, cure },
  };
}

/** How a smoke check ended. */
export interface SmokeResult {
  readonly check: string;
  readonly title: string;
  readonly outcome: "passed" | "failed" | "skipped";
  readonly elapsedMs: number;
  /** Why it was skipped. */
  readonly reason?: string;
  readonly steps: readonly (Step & { readonly elapsedMs: number })[];
  readonly problems: readonly Problem[];
}

/** Told what happens while checks run. */
export interface SmokeListener {
  started(check: SmokeCheck): void;
  step(step: Step & { readonly elapsedMs: number }): void;
  ended(result: SmokeResult): void;
}

/**
 * Runs `checks` one after the other.
 *
 * @throws what `context.signal` was aborted with, once the check that ran has cleaned up after itself.
 */
export async function runSmoke(
  checks: readonly SmokeCheck[],
  context: SmokeContext,
  listener?: SmokeListener,
): Promise<SmokeResult[]> {
  const results: SmokeResult[] = [];
  for (const check of checks) {
    context.signal.throwIfAborted();
    listener?.started(check);
    const result = await runOne(check, context, (step) => listener?.step(step));
    results.push(result);
    listener?.ended(result);
  }
  return results;
}

async function runOne(
  check: SmokeCheck,
  context: SmokeContext,
  told: SmokeListener["step"],
): Promise<SmokeResult> {
  const { now, signal } = context;
  const started = now();
  const steps: (Step & { elapsedMs: number })[] = [];
  let reason: string | undefined;
  let before = started;
  try {
    for await (const step of check.steps(context)) {
      const timed = { ...step, elapsedMs: tenths(step.elapsedMs ?? now() - before) };
      before = now();
      steps.push(timed);
      told(timed);
    }
  } catch (error) {
    if (signal.aborted || !(error instanceof Skipped)) throw error;
    reason = error.message;
  }
  const problems = steps.flatMap(({ problem }) => problem ? [problem] : []);
  return {
    check: check.id,
    title: check.title,
    outcome: problems.length > 0 ? "failed" : reason === undefined ? "passed" : "skipped",
    elapsedMs: tenths(now() - started),
    ...(reason === undefined ? {} : { reason }),
    steps,
    problems,
  };
}

/** Clocks are no finer, and people and JSON want no more digits. */
function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
