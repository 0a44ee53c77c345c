/** smoke/alert-path: a test alert travels the whole way, and its end does too. */

import { formatDuration } from "../../lib/units.ts";
import { failed, smokeCheck, type SmokeContext, type Step } from "./check.ts";
import { endDrill, readDrill, startDrill } from "./drill.ts";
import { asBroken, type Beginning, type Hop, passHop } from "./hop.ts";
import { firingBoundMs, firingHops, resolvedBoundMs, resolvedHops } from "./hops.ts";
import { type Plan, PREPARATIONS } from "./plan.ts";
import { DISCOVERY_MS } from "./targets.ts";

const ID = "smoke/alert-path";
/** The webhook takes no longer one. */
const MAX_TTL_SECONDS = 3_600;
/** Ending the drill may not hold up an interrupted command. */
const END_MS = 5_000;

/**
 * Proves that an alert arrives. It begins a drill: the webhook exposes the gauge `vigie_drill_active`, Prometheus scrapes it,
 * the permanent rule `VigieDrill` fires, Alertmanager is told, sends it to the webhook and to every destination that it serves
 * itself, and the webhook delivers it on every channel. Then the drill is ended and the message of its end is awaited on the
 * same way. Each hop is shown with the time since the trigger, by the clock of the service that saw it.
 *
 * What to expect: at most the scrape interval, plus the rule's evaluation interval, plus the drill's `group_wait` of 0 s; just
 * after a start 5 s more, in which Prometheus discovers its targets. The end takes the drill's `group_interval` of 5 s besides.
 *
 * When it fails: the hop named is the one that does not pass the alert on; those before it work. The drill is ended in every
 * case, also when the command is interrupted; if it is killed, the drill ends by itself.
 */
export const alertPath = smokeCheck(
  ID,
  "A test alert arrives on every channel, and its end too",
  async function* (context) {
    const plan: Partial<Plan> = {};
    for (const { hop, prepare } of PREPARATIONS) {
      const part = await prepare(context, plan).catch((error) => stepOf(hop, error));
      if ("outcome" in part) return yield part;
      Object.assign(plan, part);
    }
    yield* drill(context, plan as Plan);
  },
);

async function* drill(context: SmokeContext, plan: Plan): AsyncIterable<Step> {
  yield expectation(plan);
  const id = `smoke-${crypto.randomUUID().slice(0, 18)}`;
  const began = context.now();
  let state: "begun" | "over" | undefined;
  try {
    const triggered = await trigger(context, plan, id).catch((error) => stepOf("triggered", error));
    if ("outcome" in triggered) return yield triggered;
    state = "begun";
    yield { name: "triggered", outcome: "passed", elapsedMs: context.now() - began, detail: `drill ${id}` };
    const arrived = yield* pass(context, firingHops(context, plan, id), {
      at: triggered.startedAt,
      now: began,
    });
    if (!arrived) return;

    const ended = context.now();
    const end = await finish(context, id).catch((error) => stepOf("ended", error));
    if ("outcome" in end) return yield end;
    state = "over";
    yield { name: "ended", outcome: "passed", elapsedMs: context.now() - ended };
    yield* pass(context, resolvedHops(context, plan, id), { at: end.endedAt, now: ended });
  } finally {
    // Also when the trigger was not answered: it may have begun all the same.
    if (state !== "over") await endInAnyCase(context, id, state === "begun");
  }
}

/** @param begun Whether it is known to have begun, so that not ending it is worth a word. */
async function endInAnyCase(context: SmokeContext, id: string, begun: boolean): Promise<void> {
  // The command's own signal may be the reason why the drill is ended early.
  const signal = AbortSignal.timeout(END_MS);
  try {
    await endDrill({ ...context, signal }, id);
  } catch (error) {
    if (!begun) return;
    context.progress.warn(
      `The drill ${id} could not be ended and will end by itself: ${(error as Error).message}`,
    );
  }
}

/** Waits at one hop after the other. @returns whether the alert arrived at each: a channel that fails does not hide the next one. */
async function* pass(
  context: SmokeContext,
  hops: readonly Hop[],
  beginning: Beginning,
): AsyncGenerator<Step, boolean> {
  let arrived = true;
  for (const [i, hop] of hops.entries()) {
    const step = await passHop(context, ID, hop, beginning);
    yield step;
    if (step.outcome !== "failed") continue;
    arrived = false;
    if (hop.branch) continue;
    for (const { name } of hops.slice(i + 1)) {
      yield { name, outcome: "skipped", elapsedMs: 0, detail: "not reached" };
    }
    break;
  }
  return arrived;
}

function expectation(plan: Plan): Step {
  const { scrapeMs, evaluationMs, route } = plan;
  const [alert, end, scrape, evaluation, wait, interval, discovery] = [
    firingBoundMs(plan),
    resolvedBoundMs(plan),
    scrapeMs,
    evaluationMs,
    route.groupWaitMs,
    route.groupIntervalMs,
    DISCOVERY_MS,
  ].map(formatDuration);
  return {
    name: "expected",
    outcome: "note",
    elapsedMs: 0,
    expectedMs: firingBoundMs(plan),
    detail: `the alert within ${alert} (scrape ${scrape} + evaluation ${evaluation} + group_wait ${wait}; ` +
      `${discovery} more just after a start), its end within ${end} (group_interval ${interval} instead of group_wait)`,
  };
}

/** The drill outlives the longest wait for its alert, and ends by itself if we are killed. */
async function trigger(context: SmokeContext, plan: Plan, id: string): Promise<{ startedAt: string }> {
  const waitMs = firingHops(context, plan, id).reduce((sum, { deadlineMs }) => sum + deadlineMs, 0);
  return await startDrill(context, id, Math.min(MAX_TTL_SECONDS, Math.ceil(waitMs / 1_000) + 60));
}

async function finish(context: SmokeContext, id: string): Promise<{ endedAt: string }> {
  await endDrill(context, id);
  const { endedAt } = await readDrill(context, id);
  return { endedAt: endedAt ?? "" };
}

/** The step of a hop that could not even be tried. @throws `error` when it is a defect of our own. */
function stepOf(hop: string, error: unknown): Step {
  const broken = asBroken(error);
  if (!broken) throw error;
  return failed(ID, hop, `The alert's way breaks at the hop "${hop}": ${broken.message}`, broken.cure);
}
