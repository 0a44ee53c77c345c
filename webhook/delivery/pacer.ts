/** A destination's rate limits, kept from our side: a token bucket for each. */

import type { Clock } from "../clock.ts";
import type { Pace } from "../channels/mod.ts";
import type { Deadlines } from "./deadlines.ts";

/** Tells when one more request may go. */
export interface Pacer {
  /** Requests that may go at once. */
  available(): number;
  /** Until one more may go, milliseconds; 0 when one may. */
  waitMs(): number;
  /** Takes the right to one request. Resolves when it may go, in the order of asking; false when everything is stopped before. */
  turn(deadlines: Deadlines): Promise<boolean>;
  /** Until the destination has rested so long that it may be told as much at once as ever, milliseconds. */
  restedMs(): number;
  /**
   * Takes a request that no turn ever waits for: the destination has to rest for it before the next such one. It is for what goes beside the
   * messages, once the destination has rested.
   */
  takeSpare(): void;
}

/** A pacer that is full. */
export function createPacer(pace: Pace, clock: Clock): Pacer {
  const first = createBucket(pace, clock);
  if (!pace.also) return first;
  const second = createBucket(pace.also, clock);
  return {
    available: () => Math.min(first.available(), second.available()),
    waitMs: () => Math.max(first.waitMs(), second.waitMs()),
    async turn(deadlines) {
      const turns = await Promise.all([first.turn(deadlines), second.turn(deadlines)]);
      return turns.every((isTurn) => isTurn);
    },
    restedMs: () => Math.max(first.restedMs(), second.restedMs()),
    takeSpare() {
      first.takeSpare();
      second.takeSpare();
    },
  };
}

function createBucket({ burst, everyMs }: Pick<Pace, "burst" | "everyMs">, clock: Clock): Pacer {
  if (everyMs <= 0) {
    return { available: () => Infinity, waitMs: () => 0, turn: ALWAYS, restedMs: () => 0, takeSpare() {} };
  }
  let tokens = burst;
  // As many, less those that were taken beside the turns.
  let left = burst;
  let filledMs = clock.now();

  function fill(): void {
    const now = clock.now();
    // A clock that was set back earns nothing, and takes nothing away.
    const earned = Math.max((now - filledMs) / everyMs, 0);
    tokens = Math.min(tokens + earned, burst);
    left = Math.min(left + earned, burst);
    filledMs = now;
  }

  return {
    available() {
      fill();
      return Math.max(Math.floor(tokens), 0);
    },
    waitMs() {
      fill();
      return tokens >= 1 ? 0 : Math.ceil((1 - tokens) * everyMs);
    },
    turn(deadlines) {
      fill();
      // Below 0 are turns that wait: whoever asks next waits for them as well.
      tokens--;
      left--;
      if (tokens >= 0) return ALWAYS();
      return wait(Math.ceil(-tokens * everyMs), clock, deadlines, () => {
        tokens++;
        left++;
      });
    },
    restedMs() {
      fill();
      return Math.ceil((burst - left) * everyMs);
    },
    takeSpare() {
      fill();
      left--;
    },
  };
}

const ALWAYS = () => Promise.resolve(true);

function wait(ms: number, clock: Clock, deadlines: Deadlines, giveBack: () => void): Promise<boolean> {
  return new Promise((resolve) => {
    const cancelTimer = clock.after(ms, () => {
      cancelStop();
      resolve(true);
    });
    const cancelStop = deadlines.onStop(() => {
      cancelTimer();
      giveBack();
      resolve(false);
    });
  });
}
