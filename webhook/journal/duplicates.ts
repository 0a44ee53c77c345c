/** The notifications that came lately, by what their copies share. */

/** What is known of the first of several copies. */
export interface Known {
  readonly receivedMs: number;
  /** Its id, once it is on disk. */
  readonly id: Promise<number> | number;
}

/**
 * Remembers the last `bound` digests, in the order they came. Beyond the bound the oldest are forgotten: a copy of such a one is told
 * twice, never lost.
 */
export class Duplicates {
  readonly #known = new Map<string, Known>();
  readonly #bound: number;

  constructor(bound: number) {
    this.#bound = bound;
  }

  /** The one before with this digest, when it came within `windowMs` before `receivedMs` (or after it: clocks are set back). */
  find(digest: string, receivedMs: number, windowMs: number): Known | undefined {
    const known = this.#known.get(digest);
    return known && Math.abs(receivedMs - known.receivedMs) <= windowMs ? known : undefined;
  }

  /** Remembers `digest` as the newest. */
  note(digest: string, known: Known): void {
    this.#known.delete(digest);
    this.#known.set(digest, known);
    if (this.#known.size > this.#bound) this.#known.delete(this.#known.keys().next().value!);
  }

  /** Whether `digest` is known. */
  has(digest: string): boolean {
    return this.#known.has(digest);
  }

  /** Forgets `digest` if it is still `known`. */
  forget(digest: string, known: Known): void {
    if (this.#known.get(digest) === known) this.#known.delete(digest);
  }
}
