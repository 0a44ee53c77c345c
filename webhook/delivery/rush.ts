/** Whether notifications come now, and whether so fast that those who send them go first. */

import type { Clock } from "../clock.ts";

/** Knows how many notifications came lately. */
export interface Rush {
  /** Notes that one came. */
  note(): void;
  /** Whether many came a moment ago. */
  isOn(): boolean;
  /** Whether so many came a moment ago that they are more than can be told as fast. */
  isFlood(): boolean;
  /** Whether any came a moment ago. */
  isAny(): boolean;
}

const WINDOW_MS = 100;
// In one window.
const MANY = 20;
const FLOOD = 60;

/** One that knows of none yet. */
export function createRush(clock: Clock): Rush {
  let windowMs = clock.now();
  let count = 0;
  let countBefore = 0;

  /** Begins a new window when the present one is over. */
  function turn(): void {
    const passedMs = clock.now() - windowMs;
    // A clock that was set back begins anew as well.
    if (passedMs >= 0 && passedMs < WINDOW_MS) return;
    countBefore = passedMs >= 0 && passedMs < 2 * WINDOW_MS ? count : 0;
    count = 0;
    windowMs = clock.now();
  }

  return {
    note() {
      turn();
      count++;
    },
    isOn() {
      turn();
      return count > MANY || countBefore > MANY;
    },
    isFlood() {
      turn();
      return count > FLOOD || countBefore > FLOOD;
    },
    isAny() {
      turn();
      return count + countBefore > 0;
    },
  };
}
