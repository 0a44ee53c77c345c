/** Ends what takes too long: one timer for all, as there may be thousands of requests a second. */

import type { Clock } from "../clock.ts";

/** Why something is ended. */
export type EndReason = "late" | "stopped";

/** Requests that must end in time. */
export interface Deadlines {
  /** Calls `onEnd` when the time is over, or everything is stopped. @returns what cancels it. */
  add(onEnd: (why: EndReason) => void): () => void;
  /** Calls `onStop` when everything is stopped, however long that takes. @returns what cancels it. */
  onStop(onStop: () => void): () => void;
  /** Ends everything now, and whatever is added later. */
  stop(): void;
  isStopped(): boolean;
}

interface Entry {
  readonly atMs: number;
  readonly onEnd: (why: EndReason) => void;
}

/** Deadlines of `ms` each. */
export function createDeadlines(ms: number, clock: Clock): Deadlines {
  // In the order of their ends, as all have the same time.
  const entries = new Set<Entry>();
  const stops = new Set<() => void>();
  let stopped = false;
  let cancelTimer: (() => void) | undefined;

  function arm(): void {
    cancelTimer?.();
    cancelTimer = undefined;
    const [next] = entries;
    if (next !== undefined) cancelTimer = clock.after(next.atMs - clock.now(), endLate);
  }

  function endLate(): void {
    cancelTimer = undefined;
    for (const entry of entries) {
      if (entry.atMs > clock.now()) break;
      entries.delete(entry);
      entry.onEnd("late");
    }
    arm();
  }

  return {
    isStopped: () => stopped,
    add(onEnd) {
      if (stopped) {
        onEnd("stopped");
        return () => {};
      }
      const entry = { atMs: clock.now() + ms, onEnd };
      entries.add(entry);
      if (cancelTimer === undefined) arm();
      return () => {
        // The timer stays as long as it is another one's, too early as it may be.
        if (entries.delete(entry) && entries.size === 0) arm();
      };
    },
    onStop(onStop) {
      if (stopped) onStop();
      else stops.add(onStop);
      return () => void stops.delete(onStop);
    },
    stop() {
      stopped = true;
      const ended = [...entries];
      entries.clear();
      arm();
      for (const { onEnd } of ended) onEnd("stopped");
      for (const onStop of stops) onStop();
      stops.clear();
    },
  };
}
