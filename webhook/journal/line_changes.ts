/** When groups changed their status, for those that are told about lately. */

import { Recent } from "./recent.ts";

interface Line {
  status: string;
  /** Oldest first. */
  readonly atMs: number[];
}

// A group that flaps changes far more often than anybody asks for.
const TIMES_OF_A_LINE = 64;
/** The status that a group begins with. */
const BEGUN = "firing";

/**
 * Remembers for at least the last `bound / 2` groups of each channel when the status of what was queued differed from the one before; the
 * first one of a group counts too. A group that was quiet for longer counts as new.
 */
export class LineChanges {
  // Most groups have only begun to fire: a number for when, instead of two objects that live on.
  readonly #channels = new Map<string, Recent<string, Line | number>>();
  readonly #bound: number;

  constructor(bound: number) {
    this.#bound = bound;
  }

  /** Remembers what was queued. */
  note(channel: string, group: string, status: string, atMs: number): void {
    let lines = this.#channels.get(channel);
    if (!lines) this.#channels.set(channel, lines = new Recent(this.#bound));
    const known = lines.get(group) ?? (status === BEGUN ? atMs : { status: "", atMs: [] });
    // What is set again was used lately.
    if (typeof known === "number" && status === BEGUN) return lines.set(group, known);
    const line = typeof known === "number" ? { status: BEGUN, atMs: [known] } : known;
    lines.set(group, line);
    if (line.status === status) return;
    line.status = status;
    line.atMs.push(atMs);
    if (line.atMs.length > TIMES_OF_A_LINE) line.atMs.shift();
  }

  /** Newest first, since `sinceMs`. */
  of(channel: string, group: string, sinceMs: number): readonly number[] {
    const line = this.#channels.get(channel)?.get(group);
    const atMs = typeof line === "number" ? [line] : line?.atMs;
    return atMs?.filter((at) => at >= sinceMs).reverse() ?? [];
  }
}
