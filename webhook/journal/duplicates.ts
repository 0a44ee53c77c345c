/** The notifications that came lately, by what their copies share. */

import { Recent } from "./recent.ts";

/** The first of several copies. */
export interface First {
  readonly receivedMs: number;
  /** Its id, once it is on disk; 0 until then. */
  id: number;
  /** What tells when it is on disk, until then. */
  stored: Promise<{ readonly id: number }> | undefined;
}

/**
 * Remembers at least the last `bound / 2` digests. What came before is forgotten: a copy of it is told twice, never lost.
 */
export class Duplicates {
  readonly #firsts: Recent<string, First>;

  constructor(bound: number) {
    this.#firsts = new Recent(bound);
  }

  /** The first one with this digest, when it came within `windowMs` of `receivedMs`: before it, or after it when the clock was set back. */
  find(digest: string, receivedMs: number, windowMs: number): First | undefined {
    const first = this.#firsts.get(digest);
    return first && Math.abs(receivedMs - first.receivedMs) <= windowMs ? first : undefined;
  }

  /** Remembers `first`. */
  note(digest: string, first: First): void {
    this.#firsts.set(digest, first);
  }

  /** Forgets `first`, unless another one has taken its place. */
  forget(digest: string, first: First): void {
    if (this.#firsts.get(digest) === first) this.#firsts.delete(digest);
  }
}
