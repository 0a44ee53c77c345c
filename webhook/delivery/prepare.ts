/** What one message of a group tells, and the requests that tell it. */

import { formatDuration } from "../../lib/units.ts";
import type { Outcome } from "../channels/mod.ts";
import type { Delivery } from "../journal/journal.ts";
import type { MessageNote } from "../message.ts";
import type { Channel } from "../settings.ts";
import { defect } from "./attempt.ts";
import { type Bundle, nextBundle } from "./bundle.ts";
import type { ChannelHealth } from "./channel_state.ts";
import { dampen, type Damping, dampingLimits, knownSinceMs, sayQuiet } from "./dampen.ts";
import type { Surroundings } from "./step.ts";
import { isCritical, readBundle, type Told } from "./told.ts";
import { tooOldMs } from "./verdict.ts";

/** What is told next, and how. */
export type Prepared =
  & {
    readonly bundle: Bundle;
    /** When the newest of its notifications was accepted, milliseconds since 1970; undefined when the journal does not have it. */
    readonly receivedMs?: number;
  }
  & (
    /** To be sent. `damping`: what it says of a flapping group. */
    | {
      readonly kind: "send";
      readonly parts: readonly unknown[];
      /** Those that have arrived. */
      readonly partsDone: number;
      readonly damping: Damping["kind"];
    }
    /** Its group is flapping. */
    | { readonly kind: "hold"; readonly untilMs: number }
    /** Nothing can be sent. */
    | { readonly kind: "impossible"; readonly outcome: Outcome }
  );

/** What preparing is about. */
export interface PrepareInput {
  readonly channel: Channel;
  readonly health: ChannelHealth;
  /** The group's queued deliveries, oldest first. */
  readonly deliveries: readonly Delivery[];
}

/**
 * What is told next of a group. Nothing of what it was made of is kept alive by the requests: under load it would outlive the collections
 * of young garbage, and memory would grow.
 *
 * @throws {JournalFailure} when the journal cannot be read. @throws when what is kept cannot be decoded, which only a defect can cause.
 */
export function prepare(
  input: PrepareInput,
  around: Surroundings,
  nowMs: number,
): Prepared | Promise<Prepared> {
  const damping = swing(input, around, nowMs);
  const bundle = nextBundle(input.deliveries, nowMs, damping.kind !== "tell");
  const read = (bundle: Bundle) =>
    readBundle(bundle, { journal: around.journal, routing: around.routing(), nowMs });
  return then(read(bundle), (told) => {
    if (damping.kind === "tell" || told?.origin === "alert" && !isCritical(told.notification)) {
      return finish(bundle, told, damping, input, around, nowMs);
    }
    // It is damped by nothing, and told as if it had never flapped.
    const undamped = nextBundle(input.deliveries, nowMs);
    return then(read(undamped), (told) => finish(undamped, told, { kind: "tell" }, input, around, nowMs));
  });
}

function then<T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** Whether the group is flapping. */
function swing({ channel, health, deliveries }: PrepareInput, around: Surroundings, nowMs: number): Damping {
  const { group, createdMs } = deliveries[0]!;
  const limits = dampingLimits(around.settings().config.flapping);
  const changes = around.journal.changesOf(channel.name, group, knownSinceMs(createdMs, limits));
  return dampen({ announcedMs: health.announcedMs(group), changes, queuedMs: createdMs }, limits, nowMs);
}

function finish(
  bundle: Bundle,
  told: Told | undefined,
  damping: Damping,
  { channel }: PrepareInput,
  around: Surroundings,
  nowMs: number,
): Prepared {
  const dead = (reason: string): Prepared => {
    return { bundle, receivedMs: told?.receivedMs, kind: "impossible", outcome: { result: "gone", reason } };
  };
  if (told === undefined) return dead("Its notification is not in the journal any more");
  const { receivedMs } = told;
  if (damping.kind === "hold") return { bundle, receivedMs, kind: "hold", untilMs: damping.untilMs };
  if (nowMs >= tooOldMs(bundle, channel)) return dead(tooOld(bundle, channel));
  try {
    const parts = render(bundle, told, damping, channel, around, nowMs);
    // Where it is cut differently now than before, whoever reads it needs all of it.
    const partsDone = bundle.speaker.partsDone < parts.length ? bundle.speaker.partsDone : 0;
    return { bundle, receivedMs, kind: "send", parts, partsDone, damping: damping.kind };
  } catch (error) {
    return { bundle, receivedMs, kind: "impossible", outcome: defect(error) };
  }
}

function tooOld({ first, speaker }: Bundle, { maxAgeMs }: Channel): string {
  const age = `Older than ${formatDuration(maxAgeMs)}`;
  const reason = speaker.reason || first.reason;
  return reason === "" ? age : `${age}; it failed before: ${reason}`;
}

function render(
  { speaker }: Bundle,
  told: Told,
  damping: Damping,
  channel: Channel,
  around: Surroundings,
  nowMs: number,
): readonly unknown[] {
  const { plain, group } = speaker;
  const { name, kind, settings } = channel;
  const { config } = around.settings();
  const notes = [...told.notes, ...dampingNotes(damping, config.locale, config.flapping)];
  if (plain) notes.push({ kind: "plain" });
  const message = around.createMessage(told.notification, {
    id: told.id,
    group,
    locale: config.locale,
    timezone: config.timezone,
    sentMs: nowMs,
    notes,
    externalUrl: config.externalUrl,
    // What was refused may be what they made.
    templates: plain ? undefined : around.templatesOf(channel),
  });
  if (plain) return [kind.plain(message, settings)];
  const parts = kind.render(message, settings, around.journal.refOf(name, group));
  if (parts.length === 0) throw new RangeError(`The kind "${kind.kind}" renders no request`);
  return parts;
}

function dampingNotes(
  { kind }: Damping,
  locale: Parameters<typeof sayQuiet>[1],
  flapping: Parameters<typeof dampingLimits>[0],
): MessageNote[] {
  if (kind !== "announce" && kind !== "quiet") return [];
  const { quietMs } = dampingLimits(flapping);
  return [
    kind === "announce" ? { kind: "flapping", quietMs } : { kind: "text", text: sayQuiet(quietMs, locale) },
  ];
}
