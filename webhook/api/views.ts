/** What the journal holds, as the API shows it. */

import type * as z from "zod";
import type { Depth } from "../journal/journal.ts";
import type {
  DeliveryCounts,
  DeliveryRecord,
  ListedNotification,
  QuarantinedRecord,
} from "../journal/archive.ts";
import type { ChannelState } from "../delivery/mod.ts";
import type * as schemas from "./schemas.ts";

/** A time as the API writes it. @param ms Milliseconds since 1970. */
export function isoTime(ms: number): string;
export function isoTime(ms: number | undefined | null): string | null;
export function isoTime(ms: number | undefined | null): string | null {
  return ms === undefined || ms === null ? null : new Date(ms).toISOString();
}

/** A notification in a list. */
export function viewNotification(
  listed: ListedNotification,
  deliveryCounts: DeliveryCounts,
): z.input<typeof schemas.notificationSummary> {
  const { id, receivedMs, origin, status, severity, receiver, reason, names, firing, resolved, truncated } =
    listed;
  return {
    id,
    receivedAt: isoTime(receivedMs),
    origin,
    status,
    severity,
    receiver,
    reason,
    names: [...names],
    alerts: { firing, resolved, truncated },
    deliveryCounts,
  };
}

/** A delivery. */
export function viewDelivery(record: DeliveryRecord): z.input<typeof schemas.delivery> {
  const { id, notificationId, channel, state, attempts, reason, because, partsDone, plain, tookMs } = record;
  return {
    id,
    notificationId,
    channel,
    state,
    createdAt: isoTime(record.createdMs),
    nextAttemptAt: state === "queued" ? isoTime(record.nextMs) : null,
    attempts,
    failures: record.failures.map(({ atMs, tookMs, reason }) => ({ at: isoTime(atMs), tookMs, reason })),
    reason,
    because,
    partsDone,
    plain,
    settledAt: isoTime(record.settledMs),
    tookMs,
    coalescedInto: record.into,
  };
}

/** A body that was not understood, without it. */
export function viewQuarantined(record: QuarantinedRecord): z.input<typeof schemas.quarantined> {
  const { id, receivedMs, reason, detail, bytes, keptBytes } = record;
  return { id, receivedAt: isoTime(receivedMs), reason, detail, bytes, keptBytes };
}

/** A channel. */
export function viewChannel(state: ChannelState): z.input<typeof schemas.channel> {
  const { name, kind, queued, oldestMs, dead, circuit, lastFailure, consecutiveFailures } = state;
  return {
    name,
    kind,
    queued,
    oldestQueuedAt: isoTime(oldestMs),
    dead,
    circuit,
    pausedUntil: isoTime(state.pausedUntilMs),
    lastDeliveredAt: isoTime(state.lastDeliveredMs),
    lastFailure: lastFailure ? { at: isoTime(lastFailure.atMs), reason: lastFailure.reason } : null,
    consecutiveFailures,
  };
}

/** What is left of a channel that the configuration does not have any more. */
export function viewFormerChannel(name: string, depth: Depth): z.input<typeof schemas.channel> {
  const { queued, dead, oldestMs } = depth;
  const state = {
    name,
    kind: "",
    queued,
    oldestMs,
    dead,
    circuit: "closed",
    consecutiveFailures: 0,
  } as const;
  return { ...viewChannel(state), kind: null };
}
