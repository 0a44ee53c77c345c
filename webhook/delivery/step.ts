/** One step of a group of a channel: choose what one message tells, tell it, decide what becomes of it. */

import { formatDuration } from "../../lib/units.ts";
import type { Outcome } from "../channels/mod.ts";
import type { Clock } from "../clock.ts";
import { type Change, type Delivery, type Journal, JournalFailure } from "../journal/journal.ts";
import type { createMessage, MessageNote, Templates } from "../message.ts";
import { oneLine } from "../one_line.ts";
import type { Routing } from "../routing.ts";
import type { Channel, Settings } from "../settings.ts";
import { attempt, type AttemptResult, defect, type Telling } from "./attempt.ts";
import { type Bundle, nextBundle } from "./bundle.ts";
import type { ChannelHealth } from "./channel_state.ts";
import { dampen, type Damping, dampingLimits, knownSinceMs, sayQuiet } from "./dampen.ts";
import { type DeliveryEvent, eventsOf } from "./events.ts";
import type { Pacer } from "./pacer.ts";
import { readBundle, type Told } from "./told.ts";
import { judge, putOff, tooOldMs } from "./verdict.ts";

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
}

/** What a step is about. */
export interface StepInput {
  readonly channel: Channel;
  readonly health: ChannelHealth;
  readonly pacer: Pacer;
  /** The group's queued deliveries, oldest first. */
  readonly deliveries: readonly Delivery[];
  /** Whether it finds out if the destination is back. */
  readonly isProbe: boolean;
  /** Ends it: the process stops. */
  readonly signal: AbortSignal;
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
  const { channel, health, deliveries, isProbe, signal } = input;
  const { clock, settings } = around;
  const startMs = clock.now();
  let bundle = nextBundle(deliveries, startMs);
  let told: Told | undefined;
  let damping: Damping = { kind: "tell" };
  let result: AttemptResult;
  try {
    ({ bundle, told, damping } = await choose(input, around, startMs));
    if (damping.kind === "hold") {
      if (isProbe) health.circuit.probeVoid();
      return hold(bundle, told, damping.untilMs, startMs);
    }
    result = impossible(bundle, told, channel, startMs) ??
      await attempt(telling(bundle, told!, damping, channel, around), {
        ...around,
        kind: channel.kind,
        settings: channel.settings,
        pacer: input.pacer,
        signal,
      });
  } catch (error) {
    if (error instanceof JournalFailure) throw error;
    result = { outcome: defect(error), partsDone: 0, reached: false };
  }

  const atMs = clock.now();
  const { partsDone, reached } = result;
  const { group } = bundle.speaker;
  const outcome = withoutSecrets(result.outcome, settings().redact);
  if (signal.aborted && outcome.result === "retry") {
    // It is as if it had not been tried, but for the parts that have arrived.
    const { nextMs, partsDone: before } = bundle.speaker;
    const changes = partsDone > before ? putOff(bundle, { atMs, nextMs, partsDone }) : [];
    return { changes, events: [], done: 0 };
  }
  health.ended(outcome, { group, atMs, isProbe, reached });
  if (outcome.result === "delivered") {
    health.announce(group, damping.kind === "announce" ? atMs : undefined);
  }
  health.save();
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
  const done = changes[0]!.to === "queued" ? 0 : bundle.all.length;
  return { changes, events: eventsOf(changes, bundle, told), done };
}

interface Chosen {
  readonly bundle: Bundle;
  /** Undefined when the journal does not have it any more. */
  readonly told: Told | undefined;
  readonly damping: Damping;
}

/** What is told next, and whether its group is flapping. */
async function choose(
  { channel, health, deliveries }: StepInput,
  { journal, routing, settings }: Surroundings,
  nowMs: number,
): Promise<Chosen> {
  const read = (bundle: Bundle) => readBundle(bundle, { journal, routing: routing(), nowMs });
  const { group, createdMs } = deliveries[0]!;
  const limits = dampingLimits(settings().config.flapping);
  const changes = journal.changesOf(channel.name, group, knownSinceMs(createdMs, limits));
  const swings = { announcedMs: health.announcedMs(group), changes, queuedMs: createdMs };
  const damping = dampen(swings, limits, nowMs);
  if (damping.kind !== "tell") {
    const bundle = nextBundle(deliveries, nowMs, true);
    const told = await read(bundle);
    if (told?.stored.origin === "alert" && !told.critical) return { bundle, told, damping };
  }
  const bundle = nextBundle(deliveries, nowMs);
  return { bundle, told: await read(bundle), damping: { kind: "tell" } };
}

/** Why there is nothing to attempt; undefined when there is. */
function impossible(
  bundle: Bundle,
  told: Told | undefined,
  channel: Channel,
  nowMs: number,
): AttemptResult | undefined {
  const dead = (reason: string): AttemptResult => {
    return { outcome: { result: "gone", reason }, partsDone: 0, reached: false };
  };
  if (told === undefined) return dead("Its notification is not in the journal any more");
  if (nowMs < tooOldMs(bundle, channel)) return undefined;
  const { reason } = bundle.speaker.reason === "" ? bundle.first : bundle.speaker;
  const age = `Older than ${formatDuration(channel.maxAgeMs)}`;
  return dead(reason === "" ? age : `${age}; it failed before: ${reason}`);
}

function telling(
  bundle: Bundle,
  told: Told,
  damping: Damping,
  channel: Channel,
  around: Surroundings,
): Telling {
  const { plain, partsDone, group } = bundle.speaker;
  const { config } = around.settings();
  const notes = [...told.notes, ...dampingNotes(damping, config)];
  if (plain) notes.push({ kind: "plain" });
  const message = () =>
    around.createMessage(told.notification, {
      id: told.stored.id,
      group,
      locale: config.locale,
      timezone: config.timezone,
      sentMs: around.clock.now(),
      notes,
      externalUrl: config.externalUrl,
      // What was refused may be what they made.
      templates: plain ? undefined : around.templatesOf(channel),
    });
  return { message, plain, partsDone, ref: around.journal.refOf(channel.name, group) };
}

function dampingNotes({ kind }: Damping, { flapping, locale }: Settings["config"]): MessageNote[] {
  const { quietMs } = dampingLimits(flapping);
  if (kind === "announce") return [{ kind: "flapping", quietMs }];
  return kind === "quiet" ? [{ kind: "text", text: sayQuiet(quietMs, locale) }] : [];
}

function hold(bundle: Bundle, told: Told | undefined, untilMs: number, nowMs: number): StepResult {
  const { speaker } = bundle;
  const changes = putOff(bundle, { atMs: nowMs, nextMs: untilMs, partsDone: speaker.partsDone });
  // One that was put off before was said to be held then.
  const isNew = speaker.nextMs <= speaker.createdMs;
  const events: DeliveryEvent[] = isNew
    ? [{
      type: "held",
      channel: speaker.channel,
      delivery: speaker,
      atMs: nowMs,
      notification: told?.notification,
      receivedMs: told?.stored.receivedMs,
    }]
    : [];
  return { changes, events, done: 0 };
}

/** `outcome` with its reason as one line that holds no secret. */
export function withoutSecrets(outcome: Outcome, redact: Settings["redact"]): Outcome {
  if (outcome.result === "delivered") return outcome;
  return { ...outcome, reason: oneLine(redact(outcome.reason), LONGEST_REASON) };
}
