/** When the oldest delivery in each queue was queued. */

import type { Statements } from "./statements.ts";

const MANY = 10_000;
const PAUSE_TIMES = 50;
const OLDEST = "SELECT min(created_ms) AS oldest FROM delivery WHERE channel = ? AND head = 1";

/** Looks when the oldest delivery of a channel was queued; where there are many, not each time that it is asked. */
export class Oldest {
  // As of performance.now(), how long it may be told again.
  readonly #known = new Map<string, { readonly ms: number; readonly until: number }>();

  /** @param queued How many of the channel are. @returns undefined when there is none. @throws what `read` throws. */
  of(
    channel: string,
    queued: number,
    read: (look: (sql: Statements) => unknown) => unknown,
  ): number | undefined {
    const known = queued < MANY ? undefined : this.#known.get(channel);
    const started = performance.now();
    if (known && started < known.until) return known.ms;
    const { oldest } = read((sql) => sql.get(OLDEST).get(channel)) as { oldest: number | null };
    const ended = performance.now();
    // All heads of the channel were looked at.
    if (oldest !== null) {
      this.#known.set(channel, { ms: oldest, until: ended + PAUSE_TIMES * (ended - started) });
    }
    return oldest ?? undefined;
  }
}
