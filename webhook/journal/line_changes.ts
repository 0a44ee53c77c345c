/** When groups changed their status, for those that are told about lately. */

// A group that flaps changes far more often than anybody asks for.
const TIMES_OF_A_LINE = 64;

interface Line {
  status: string;
  /** Oldest first. */
  readonly atMs: number[];
}

/**
 * Remembers for the last `bound` lines (a line is a channel and a group) when the status of what was queued differed from the one before;
 * the first one of a line counts too. Beyond the bound the lines that were quiet for longest are forgotten: they count as new then.
 */
export class LineChanges {
  readonly #lines = new Map<string, Line>();
  readonly #bound: number;

  constructor(bound: number) {
    this.#bound = bound;
  }

  /** Remembers what was queued. */
  note(channel: string, group: string, status: string, atMs: number): void {
    const key = keyOf(channel, group);
    const line = this.#lines.get(key);
    if (line?.status === status) {
      this.#lines.delete(key);
      this.#lines.set(key, line);
      return;
    }
    const atMss = line?.atMs ?? [];
    atMss.push(atMs);
    if (atMss.length > TIMES_OF_A_LINE) atMss.shift();
    this.#lines.delete(key);
    this.#lines.set(key, { status, atMs: atMss });
    if (this.#lines.size > this.#bound) this.#lines.delete(this.#lines.keys().next().value!);
  }

  /** Newest first, since `sinceMs`. */
  of(channel: string, group: string, sinceMs: number): readonly number[] {
    return this.#lines.get(keyOf(channel, group))?.atMs.filter((at) => at >= sinceMs).reverse() ?? [];
  }
}

function keyOf(channel: string, group: string): string {
  return `${channel}\n${group}`;
}
