/** `deno task check --online`: what only the running stack can tell about a configuration, before it is applied. */

import type { Check, SeenSeries } from "../lib/check.ts";
import type { StackContext } from "./check/context.ts";
import { EXIT, Failure } from "./cli.ts";
import { readRecord } from "./engine/choose.ts";
import type { Progress } from "./engine/engine.ts";
import type { OnlineContext } from "./online/context.ts";
import { driftCheck } from "./online/drift.ts";
import { seenBy } from "./online/seen.ts";
import { wouldFireCheck } from "./online/would_fire.ts";
import type { Session } from "./session.ts";
import { Unanswered } from "./smoke/http.ts";
import { urlsOf, versionsOf } from "./stack.ts";
import { type Verdict, verify } from "./verify.ts";

/** The checks that ask what runs, in the order they are shown. */
export const ONLINE_CHECKS: readonly Check<OnlineContext>[] = [driftCheck, wouldFireCheck];

/** A stack that runs. */
export interface Online {
  /** The series that its Prometheus has had. */
  readonly seen: SeenSeries;
  /** Runs the checks that ask it, of those that `isChosen` chooses. */
  check(whole: StackContext, isChosen: (check: { readonly id: string }) => boolean): Promise<Verdict[]>;
}

/**
 * The stack that runs now, whatever config.ts says of its ports.
 *
 * @throws {Failure} when it does not run, or its Prometheus does not answer.
 */
export async function openOnline(
  { stack, target, engine }: Session,
  { signal, progress }: { readonly signal: AbortSignal; readonly progress: Progress },
): Promise<Online> {
  progress.step("ask the running stack");
  const status = await engine.status();
  if (
    !status.some(({ service, state }) =>
      service === "prometheus" && state !== "stopped" && state !== "left-out"
    )
  ) {
    throw new Failure(
      "The stack does not run, so there is nothing that `--online` could ask",
      EXIT.lacking,
      "run `deno task up`, or leave `--online` out",
    );
  }
  const record = await readRecord(target.stateDir);
  const asking = { fetch, signal, urls: urlsOf(record?.stack ?? stack), nowMs: Date.now() };
  return {
    seen: await seenOrFail(asking),
    async check(whole, isChosen) {
      progress.step("evaluate the alerts over the last day");
      const context: OnlineContext = { ...whole, ...asking, status, versions: versionsOf(stack) };
      return await verify(ONLINE_CHECKS.filter(isChosen), context);
    },
  };
}

async function seenOrFail(asking: Parameters<typeof seenBy>[0]): Promise<SeenSeries> {
  try {
    return await seenBy(asking);
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    throw new Failure(
      `Cannot ask Prometheus what it has measured: ${error.message}`,
      EXIT.lacking,
      "`deno task doctor` finds out why it does not answer; without `--online` the rest is checked",
    );
  }
}
