/** From how an attempt ended to what becomes of its deliveries: the one place that decides it. */

import type { Outcome } from "../channels/mod.ts";
import type { Change, Delivery, NewDelivery } from "../journal/journal.ts";
import type { Channel } from "../settings.ts";
import { askedMs, backoffMs } from "./backoff.ts";
import type { Bundle } from "./bundle.ts";

/** An attempt that has ended. */
export interface Attempted {
  readonly bundle: Bundle;
  readonly channel: Channel;
  /** Its reason without secrets. */
  readonly outcome: Outcome;
  /** Parts of the message that have arrived, of earlier attempts too. */
  readonly partsDone: number;
  readonly atMs: number;
  readonly tookMs: number;
  /** Until when its channel is left alone; 0 when it is not. */
  readonly gateMs: number;
  /** From 0 to 1. */
  readonly random: number;
}

/** What becomes of the deliveries of an attempt. */
export function judge(attempted: Attempted): Change[] {
  const { bundle, channel, outcome, partsDone, atMs, tookMs } = attempted;
  const { speaker } = bundle;
  const coalesced = bundle.all.filter((delivery) => delivery !== speaker).map(({ id }) => id);
  if (outcome.result === "delivered") {
    return [{ to: "delivered", id: speaker.id, atMs, tookMs, ref: outcome.ref, coalesced }];
  }
  const { reason } = outcome;
  const attempt = { tookMs, reason };
  if (outcome.result === "retry") {
    return putOff(bundle, { atMs, attempt, nextMs: nextAttemptMs(attempted), partsDone });
  }
  if (outcome.result === "refused" && !speaker.plain) {
    // The plain form is one message: parts of the full one that arrived count for nothing.
    return [{ to: "queued", id: speaker.id, atMs, attempt, nextMs: atMs, partsDone: 0, plain: true }];
  }
  const fallback = fallbackOf(channel, speaker, reason);
  return [{ to: "dead", id: speaker.id, atMs, tookMs, reason, coalesced, fallback }];
}

/** Puts a bundle off: its oldest delivery decides when the group is due, its newest holds how far the message got. */
export function putOff(
  { first, speaker }: Bundle,
  how: {
    readonly atMs: number;
    readonly attempt?: { readonly tookMs: number; readonly reason: string };
    readonly nextMs: number;
    readonly partsDone: number;
  },
): Change[] {
  const changes: Change[] = [{ to: "queued", id: speaker.id, ...how, plain: speaker.plain }];
  if (first !== speaker) {
    changes.push({ to: "queued", id: first.id, ...how, partsDone: first.partsDone, plain: first.plain });
  }
  return changes;
}

/** When a bundle becomes too old to be told, milliseconds since 1970. */
export function tooOldMs({ speaker }: Bundle, { maxAgeMs }: Channel): number {
  return speaker.createdMs + maxAgeMs;
}

function nextAttemptMs({ bundle, channel, outcome, atMs, gateMs, random }: Attempted): number {
  const asked = outcome.result === "retry" ? askedMs(outcome.afterMs) : 0;
  // While the whole channel waits, that paces its attempts: once it is back nobody waits any longer.
  const own = gateMs > atMs ? gateMs : atMs + backoffMs(bundle.first.attempts + 1, random);
  return Math.min(Math.max(own, atMs + asked), Math.max(tooOldMs(bundle, channel), atMs));
}

/** Who is told instead: nobody who was to tell it before. */
function fallbackOf({ name, fallback }: Channel, { via }: Delivery, reason: string): NewDelivery | undefined {
  if (fallback === undefined || fallback === name || via.includes(fallback)) return undefined;
  return { channel: fallback, because: reason, via: [...via, name] };
}
