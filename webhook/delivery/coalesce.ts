/** One notification out of several of a group: the newest state of every alert. */

import type { Alert, Notification } from "../payload.ts";
import { restricted } from "../routing.ts";

// A group that resolves more than this while nobody can be told: their number says enough.
const MAX_ALERTS = 10_000;

/** Gathers the newest state of every alert of a group. */
export interface Coalescing {
  /** Adds an older notification than those before: of it counts only what was resolved and is not in a newer one. */
  add(older: Notification): void;
  /** What is to be told. */
  result(): Notification;
}

/** A coalescing that begins with the group's newest notification. */
export function coalesce(newest: Notification): Coalescing {
  const seen = new Set(newest.alerts.map(identity));
  const resolved: Alert[] = [];
  let leftOut = 0;
  return {
    add(older) {
      for (const alert of older.alerts) {
        const id = identity(alert);
        if (seen.has(id)) continue;
        seen.add(id);
        // One that fired and is gone without having been resolved was silenced or is inhibited: nobody asks to hear of it.
        if (alert.status !== "resolved") continue;
        if (newest.alerts.length + resolved.length < MAX_ALERTS) resolved.push(alert);
        else leftOut++;
      }
    },
    result() {
      if (resolved.length === 0) return newest;
      const merged = restricted(newest, [...newest.alerts, ...resolved]);
      return { ...merged, truncatedAlerts: newest.truncatedAlerts + leftOut };
    },
  };
}

/** What tells an alert from the others of its group: its labels, which its fingerprint stands for when there is one. */
function identity({ fingerprint, labels }: Alert): string {
  if (fingerprint !== "") return fingerprint;
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => a < b ? -1 : 1));
}
