/** What a bundle of deliveries tells: read back from the journal, restricted to what its channel is to be told, put together. */

import { setImmediate } from "node:timers/promises";
import type { Delivery, Journal, StoredNotification } from "../journal/journal.ts";
import type { MessageNote } from "../message.ts";
import { severityOf } from "../messages/severity.ts";
import { decodeNotification, type Notification } from "../payload.ts";
import type { Routing } from "../routing.ts";
import { type Bundle, LATE_MS } from "./bundle.ts";
import { coalesce } from "./coalesce.ts";

/** What is to be told. */
export interface Told {
  readonly notification: Notification;
  /** The newest one's, as it is kept. */
  readonly stored: StoredNotification;
  /** Whether one of its alerts is critical, firing or not. */
  readonly critical: boolean;
  readonly notes: readonly MessageNote[];
}

// Between two turns of the event loop: senders wait for their answers meanwhile.
const BYTES_A_TURN = 256 * 1024;

/**
 * What `bundle` tells; undefined when the journal does not have its notification any more.
 *
 * @throws when what is kept cannot be decoded, which only a defect can cause.
 */
export async function readBundle(
  { all, speaker }: Bundle,
  { journal, routing, nowMs }: {
    readonly journal: Journal;
    readonly routing: Routing;
    readonly nowMs: number;
  },
): Promise<Told | undefined> {
  const stored = journal.notification(speaker.notificationId);
  if (stored === undefined) return undefined;
  const merged = coalesce(restrict(stored, speaker, routing));
  let oldestMs = stored.receivedMs;
  let bytes = stored.body.length;
  // The newest of the older ones first.
  for (const delivery of all.slice(0, -1).reverse()) {
    const older = journal.notification(delivery.notificationId);
    if (older === undefined) continue;
    bytes += older.body.length;
    if (bytes > BYTES_A_TURN) {
      bytes = 0;
      await setImmediate();
    }
    oldestMs = Math.min(oldestMs, older.receivedMs);
    merged.add(restrict(older, delivery, routing));
  }
  const notification = merged.result();
  return {
    notification,
    stored,
    critical: isCritical(notification),
    notes: notesOf(all, stored, nowMs - oldestMs),
  };
}

/** Whether one of its alerts is critical. */
export function isCritical({ alerts }: Notification): boolean {
  return alerts.some(({ labels }) => severityOf(labels.severity) === "critical");
}

/** What one delivery tells. */
function restrict(stored: StoredNotification, { channel, via }: Delivery, routing: Routing): Notification {
  const notification = decodeNotification(JSON.parse(new TextDecoder().decode(stored.body)));
  // A test, and what the webhook itself says, are for the channels that they were queued for.
  return stored.origin === "alert" ? routing.forChannel(via[0] ?? channel, notification) : notification;
}

function notesOf(all: readonly Delivery[], { origin }: StoredNotification, lateMs: number): MessageNote[] {
  const notes: MessageNote[] = [];
  if (origin !== "alert") notes.push({ kind: origin });
  const others = new Set<string>();
  for (const { via, because } of all.toReversed()) {
    const channel = via.at(-1);
    if (channel === undefined || others.has(channel)) continue;
    others.add(channel);
    notes.push({ kind: "fallback", channel, reason: because });
  }
  if (lateMs > LATE_MS || all.length > 1) {
    notes.push({ kind: "late", byMs: Math.max(lateMs, 0), standsFor: all.length });
  }
  return notes;
}
