/** Drills: alerts raised on purpose, to see that they arrive. In memory; a restart forgets them. */

import type { Notification } from "./payload.ts";

/** The alert that a running drill raises. */
export const DRILL_ALERT = "VigieDrill";

/** One delivery of a drill's notification. */
export interface DrillDelivery {
  readonly channel: string;
  readonly ok: boolean;
  /** ISO 8601 with milliseconds. */
  readonly at: string;
  readonly reason?: string;
}

/** One notification that was received for a drill. */
export interface DrillNotification {
  readonly status: "firing" | "resolved";
  readonly receivedAt: string;
  readonly reason: string;
  readonly deliveries: DrillDelivery[];
}

/** What is known of a drill. */
export interface Drill {
  readonly id: string;
  readonly startedAt: string;
  /** null while it is active. */
  readonly endedAt: string | null;
  readonly notifications: readonly DrillNotification[];
}

interface State {
  readonly id: string;
  readonly startedMs: number;
  /** When it ends, or has ended. */
  endsMs: number;
  readonly notifications: DrillNotification[];
  /** The id of each of `notifications`. */
  readonly ids: number[];
}

// Alertmanager repeats nothing within a day; more than this is a sender in a loop.
const NOTIFICATIONS_PER_DRILL = 100;
const DRILLS_KEPT = 100;
// Attempts at all channels; one that refuses for a day is tried again and again.
const DELIVERIES_PER_NOTIFICATION = 100;

/** The drills of this process. */
export interface Drills {
  /** Starts one. @returns undefined when one of that id is active, or too many are. */
  start(id: string, ttlSeconds: number): Drill | undefined;
  /** Ends one; one that has ended stays as it is. @returns undefined when there is none. */
  end(id: string): Drill | undefined;
  get(id: string): Drill | undefined;
  /** Ids of the active ones. */
  active(): string[];
  /** Ids in the journal of the notifications that were received for a drill, in the order of its `notifications`. */
  idsOf(id: string): readonly number[];
  /** Notes a notification, by its id in the journal. */
  received(id: number, notification: Notification): void;
  /** Notes an attempt to deliver the notification of that id. */
  delivered(id: number, delivery: DrillDelivery): void;
}

/** @param now Milliseconds since 1970; a drill ends when this says so, no timer is needed. */
export function createDrills(now: () => number): Drills {
  const drills = new Map<string, State>();
  const isActive = (state: State) => now() < state.endsMs;
  const show = (state: State): Drill => ({
    id: state.id,
    startedAt: iso(state.startedMs),
    endedAt: isActive(state) ? null : iso(state.endsMs),
    notifications: state.notifications,
  });
  return {
    start(id, ttlSeconds) {
      const before = drills.get(id);
      if (before && isActive(before)) return undefined;
      drills.delete(id);
      if (drills.size >= DRILLS_KEPT) {
        const oldestEnded = [...drills.values()].find((state) => !isActive(state));
        if (!oldestEnded) return undefined;
        drills.delete(oldestEnded.id);
      }
      const state = { id, startedMs: now(), endsMs: now() + ttlSeconds * 1_000, notifications: [], ids: [] };
      drills.set(id, state);
      return show(state);
    },
    end(id) {
      const state = drills.get(id);
      if (state && isActive(state)) state.endsMs = now();
      return state && show(state);
    },
    get(id) {
      const state = drills.get(id);
      return state && show(state);
    },
    idsOf: (id) => drills.get(id)?.ids ?? [],
    active: () => [...drills.values()].filter(isActive).map(({ id }) => id),
    received(notificationId, notification) {
      // Most notifications are of no drill, and there is none most of the time.
      if (drills.size === 0) return;
      for (const [id, status] of statusByDrill(notification)) {
        const kept = drills.get(id)?.notifications;
        if (!kept || kept.length >= NOTIFICATIONS_PER_DRILL) continue;
        const note = { status, receivedAt: iso(now()), reason: notification.reason, deliveries: [] };
        kept.push(note);
        drills.get(id)!.ids.push(notificationId);
      }
    },
    delivered(notificationId, delivery) {
      for (const { ids, notifications } of drills.values()) {
        const deliveries = notifications[ids.indexOf(notificationId)]?.deliveries;
        if (deliveries && deliveries.length < DELIVERIES_PER_NOTIFICATION) deliveries.push(delivery);
      }
    },
  };
}

/** A drill fires while one of its alerts does. */
function statusByDrill({ alerts }: Notification): Map<string, "firing" | "resolved"> {
  const found = new Map<string, "firing" | "resolved">();
  for (const { status, labels } of alerts) {
    if (labels.alertname !== DRILL_ALERT || labels.drill === undefined) continue;
    if (status === "firing" || !found.has(labels.drill)) found.set(labels.drill, status);
  }
  return found;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
