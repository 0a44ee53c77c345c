/** A destination's rate limits, kept from our side: a token bucket for each. */

import type { Clock } from "../clock.ts";
import type { Pace } from "../channels/mod.ts";

/** Tells when one more request may go. */
export interface Pacer {
  /** Requests that may go at once. */
  available(): number;
  /** Until one more may go, milliseconds; 0 when one may. */
  waitMs(): number;
  /** Takes the right to one request; resolves when it may go, in the order of asking. Rejects with the signal's reason. */
  turn(signal: AbortSignal): Promise<void>;
}

/** A pacer that is full. */
export function createPacer(pace: Pace, clock: Clock): Pacer {
  const first = createBucket(pace, clock);
  if (!pace.also) return first;
  const second = createBucket(pace.also, clock);
  return {
    available: () => Math.min(first.available(), second.available()),
    waitMs: () => Math.max(first.waitMs(), second.waitMs()),
    async turn(signal) {
      await Promise.all([first.turn(signal), second.turn(signal)]);
    },
  };
}

function createBucket({ burst, everyMs }: Pick<Pace, "burst" | "everyMs">, clock: Clock): Pacer {
  if (everyMs <= 0) return { available: () => Infinity, waitMs: () => 0, turn: () => Promise.resolve() };
  let tokens = burst;
  let filledMs = clock.now();

  function fill(): void {
    const now = clock.now();
    // A clock that was set back earns nothing, and takes nothing away.
    if (now > filledMs) tokens = Math.min(tokens + (now - filledMs) / everyMs, burst);
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
    turn(signal) {
      fill();
      // Below 0 are turns that wait: whoever asks next waits for them as well.
      tokens--;
      const waitMs = tokens >= 0 ? 0 : Math.ceil(-tokens * everyMs);
      if (waitMs === 0) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const cancel = clock.after(waitMs, () => {
          signal.removeEventListener("abort", stop);
          resolve();
        });
        function stop() {
          cancel();
          tokens++;
          reject(signal.reason);
        }
        if (signal.aborted) stop();
        else signal.addEventListener("abort", stop, { once: true });
      });
    },
  };
}
