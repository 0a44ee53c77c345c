/** Time, injected: a test sets it by hand. */

/** What tells the time and wakes. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs `action` once, `ms` from now or soon after. @returns what cancels it. */
  after(ms: number, action: () => void): () => void;
}

// A timer holds 2^31 - 1 ms; whoever is woken early looks at the clock and waits again.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's own clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: Date.now,
  after(ms, action) {
    const timer = setTimeout(action, Math.min(Math.max(ms, 0), LONGEST_TIMER_MS));
    Deno.unrefTimer(timer);
    return () => clearTimeout(timer);
  },
};
