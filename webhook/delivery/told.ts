/** What a bundle of deliveries tells: read back from the journal, restricted to what its channel is to be told, put together. */

import { setImmediate } from "node:timers/promises";
import type { Delivery, Journal, Origin, StoredNotification } from "../journal/journal.ts";
import type { MessageNote } from "../message.ts";
import { severityOf } from "../messages/severity.ts";
import { decodeNotification, type Notification } from "../payload.ts";
import type { Routing } from "../routing.ts";
import { type Bundle, LATE_MS } from "./bundle.ts";
import { coalesce } from "./coalesce.ts";

/** What is to be told. */
export interface Told {
  readonly notification: Notification;
  /** The newest one's id, and when and whence it came. */
  readonly id: number;
  readonly receivedMs: number;
  readonly origin: Origin;
  readonly notes: readonly MessageNote[];
}

/** What reading needs. */
export interface ReadOptions {
  readonly journal: Journal;
  readonly routing: Routing;
  readonly nowMs: number;
}

const decoder = new TextDecoder();
// Between two turns of the event loop: senders wait for their answers meanwhile.
const BYTES_A_TURN = 256 * 1024;

/**
 * What `bundle` tells; undefined when the journal does not have its notification any more.
 *
 * @returns a promise only when there is more than one notification to be read: a promise for each would cost more than the reading.
 * @throws when what is kept cannot be decoded, which only a defect can cause.
 */
export function readBundle(
  bundle: Bundle,
  options: ReadOptions,
): Told | undefined | Promise<Told | undefined> {
  const { all, speaker } = bundle;
  const stored = options.journal.notification(speaker.notificationId);
  if (stored === undefined) return undefined;
  const newest = restrict(stored, speaker, options.routing);
  if (all.length === 1) return toldOf(newest, stored, all, stored.receivedMs, options.nowMs);
  return readOlder(newest, stored, all, options);
}

async function readOlder(
  newest: Notification,
  stored: StoredNotification,
  all: readonly Delivery[],
  { journal, routing, nowMs }: ReadOptions,
): Promise<Told> {
  const merged = coalesce(newest);
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
  return toldOf(merged.result(), stored, all, oldestMs, nowMs);
}

function toldOf(
  notification: Notification,
  { id, receivedMs, origin }: StoredNotification,
  all: readonly Delivery[],
  oldestMs: number,
  nowMs: number,
): Told {
  return { notification, id, receivedMs, origin, notes: notesOf(all, origin, nowMs - oldestMs) };
}

/** Whether one of its alerts is critical. */
export function isCritical({ alerts }: Notification): boolean {
  return alerts.some(({ labels }) => severityOf(labels.severity) === "critical");
}

/** What one delivery tells. */
function restrict(stored: StoredNotification, { channel, via }: Delivery, routing: Routing): Notification {
  const notification = decodeNotification(JSON.parse(decoder.decode(stored.body)));
  // A test, and what the webhook itself says, are for the channels that they were queued for.
  return stored.origin === "alert" ? routing.forChannel(via[0] ?? channel, notification) : notification;
}

function notesOf(all: readonly Delivery[], origin: Origin, lateMs: number): MessageNote[] {
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
