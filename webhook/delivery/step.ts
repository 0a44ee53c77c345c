/** One step of a group of a channel: tell what is next, and decide what becomes of it. */

import type { Outcome } from "../channels/mod.ts";
import type { Clock } from "../clock.ts";
import { type Change, type Journal, JournalFailure } from "../journal/journal.ts";
import type { createMessage, Templates } from "../message.ts";
import { oneLine } from "../one_line.ts";
import type { Routing } from "../routing.ts";
import type { Channel, Settings } from "../settings.ts";
import { attempt, type AttemptResult, defect } from "./attempt.ts";
import { nextBundle } from "./bundle.ts";
import type { Deadlines } from "./deadlines.ts";
import { type DeliveryEvent, eventsOf } from "./events.ts";
import type { Pacer } from "./pacer.ts";
import type { PictureDelivery } from "./pictures.ts";
import { prepare, type Prepared, type PrepareInput } from "./prepare.ts";
import { judge, putOff } from "./verdict.ts";

/** What every channel's worker shares. */
export interface Surroundings {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly settings: () => Settings;
  readonly routing: () => Routing;
  readonly createMessage: typeof createMessage;
  /** A channel's own texts, ready to be used. */
  readonly templatesOf: (channel: Channel) => Templates | undefined;
  readonly fetch: typeof fetch;
  /** Writes text to standard output. */
  readonly print: (text: string) => Promise<void>;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Sends pictures with messages; none without. */
  readonly pictures?: PictureDelivery;
}

/** What a step is about. */
export interface StepInput extends PrepareInput {
  readonly pacer: Pacer;
  /** Whether it finds out if the destination is back. */
  readonly isProbe: boolean;
  /** Of one request; they end it also when the process stops. */
  readonly deadlines: Deadlines;
}

/** What came of a step. */
export interface StepResult {
  /** To be settled. */
  readonly changes: readonly Change[];
  /** To be told once they are. */
  readonly events: readonly DeliveryEvent[];
  /** How many of the deliveries are done with, from the oldest on; 0 when the group has to wait. */
  readonly done: number;
}

const LONGEST_REASON = 500;

/**
 * Makes one step. A defect on the way is a refusal that says so.
 *
 * @throws {JournalFailure} when the journal cannot be read.
 */
export async function step(input: StepInput, around: Surroundings): Promise<StepResult> {
  const { channel, deliveries, deadlines, health, pacer } = input;
  const startMs = around.clock.now();
  let prepared: Prepared;
  try {
    const found = prepare(input, around, startMs);
    prepared = found instanceof Promise ? await found : found;
  } catch (error) {
    if (error instanceof JournalFailure) throw error;
    prepared = { bundle: nextBundle(deliveries, startMs), kind: "impossible", outcome: defect(error) };
  }
  if (prepared.kind === "hold") return hold(prepared, input, startMs);
  if (prepared.kind === "impossible") {
    return conclude(
      { outcome: prepared.outcome, partsDone: 0, reached: false },
      prepared,
      input,
      around,
      startMs,
    );
  }
  const { parts, partsDone } = prepared;
  const { kind, settings } = channel;
  const { clock, fetch, print, pictures } = around;
  const { bundle } = prepared;
  const result = await attempt(parts, partsDone, {
    kind,
    settings,
    clock,
    fetch,
    print,
    picture: kind.pictureWithin && pictures && (() => pictures.within(channel, bundle)),
    pacer,
    deadlines,
  });
  const { outcome } = result;
  if (kind.pictureAfter && outcome.result === "delivered" && outcome.ref !== undefined) {
    // After the message, and whatever comes of it changes nothing of the message's own lot.
    pictures?.after({ channel, health, pacer, bundle, out: parts[partsDone], ref: outcome.ref });
  }
  return conclude(result, prepared, input, around, startMs);
}

/** Notes what an attempt tells of the channel, and decides what becomes of the deliveries. */
function conclude(
  { outcome: said, partsDone, reached }: AttemptResult,
  prepared: Exclude<Prepared, { kind: "hold" }>,
  { channel, health, isProbe, deadlines }: StepInput,
  around: Surroundings,
  startMs: number,
): StepResult {
  const { bundle, receivedMs } = prepared;
  const { speaker, all } = bundle;
  const atMs = around.clock.now();
  const outcome = withoutSecrets(said, around.settings().redact);
  if (outcome.result === "retry" && deadlines.isStopped()) {
    // It is as if it had not been tried, but for the parts that have arrived.
    const { nextMs } = speaker;
    const changes = partsDone > speaker.partsDone ? putOff(bundle, { atMs, nextMs, partsDone }) : [];
    return { changes, events: [], done: 0 };
  }
  health.ended(outcome, { group: speaker.group, atMs, isProbe, reached });
  if (outcome.result === "delivered" && prepared.kind === "send") {
    health.announce(speaker.group, prepared.damping === "announce" ? atMs : undefined);
  }
  void health.save();
  const changes = judge({
    bundle,
    channel,
    outcome,
    partsDone,
    atMs,
    tookMs: atMs - startMs,
    gateMs: health.gateMs(),
    random: around.random(),
  });
  const done = changes[0]!.to === "queued" ? 0 : all.length;
  return { changes, events: eventsOf(changes, bundle, receivedMs), done };
}

function hold(
  { bundle, receivedMs, untilMs }: Extract<Prepared, { kind: "hold" }>,
  { health, isProbe }: StepInput,
  nowMs: number,
): StepResult {
  if (isProbe) health.circuit.probeVoid();
  const { speaker } = bundle;
  const { channel, partsDone } = speaker;
  const changes = putOff(bundle, { atMs: nowMs, nextMs: untilMs, partsDone });
  // One that was put off before was said to be held then.
  const isNew = speaker.nextMs <= speaker.createdMs;
  return {
    changes,
    events: isNew ? [{ type: "held", channel, delivery: speaker, atMs: nowMs, receivedMs }] : [],
    done: 0,
  };
}

/** `outcome` with its reason as one line that holds no secret. */
export function withoutSecrets(outcome: Outcome, redact: Settings["redact"]): Outcome {
  if (outcome.result === "delivered") return outcome;
  return { ...outcome, reason: shownReason(outcome.reason, redact) };
}

/** A reason on one line, as it may be logged and stored. */
export function shownReason(reason: string, redact: Settings["redact"]): string {
  return oneLine(redact(reason), LONGEST_REASON);
}
