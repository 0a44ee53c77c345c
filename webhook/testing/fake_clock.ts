/** A clock that a test sets by hand. */

import { setImmediate } from "node:timers/promises";
import type { Clock } from "../clock.ts";

/** Time that passes only when it is told to. */
export interface FakeClock extends Clock {
  /** Lets `ms` pass: runs what is due meanwhile, in order, each with all that follows from it. */
  advance(ms: number): Promise<void>;
  /** Lets what is under way come to rest, without any time passing. */
  settle(): Promise<void>;
  /** Sets the time without running anything, as somebody does who corrects a machine's clock. */
  set(ms: number): void;
  /** Timers that wait. */
  waiting(): number;
}

interface Timer {
  readonly atMs: number;
  readonly action: () => void;
}

// A step of what is tested may take several turns of the event loop: a commit, the send that follows it, its commit.
const TURNS = 12;

/** A clock that stands at `startMs`. */
export function createFakeClock(startMs = Date.parse("2026-11-22T10:00:00.000Z")): FakeClock {
  let now = startMs;
  let timers: Timer[] = [];

  async function settle(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn++) await setImmediate();
  }

  return {
    now: () => now,
    after(ms, action) {
      const timer = { atMs: now + Math.max(ms, 0), action };
      timers.push(timer);
      return () => void (timers = timers.filter((other) => other !== timer));
    },
    settle,
    async advance(ms) {
      const until = now + ms;
      await settle();
      for (;;) {
        const [next] = timers.filter(({ atMs }) => atMs <= until).sort((a, b) => a.atMs - b.atMs);
        if (next === undefined) break;
        timers = timers.filter((other) => other !== next);
        now = Math.max(now, next.atMs);
        next.action();
        await settle();
      }
      now = until;
      await settle();
    },
    set: (ms) => void (now = ms),
    waiting: () => timers.length,
  };
}
