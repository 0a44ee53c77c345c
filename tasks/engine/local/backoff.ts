/** How long to wait before a service that ended is started again. */

const FIRST_MS = 500;
const CAP_MS = 30_000;
/** A service that ran this long was well: its next end counts as the first. */
const WELL_MS = 60_000;

/** Waits that double from 0.5 s to 30 s. */
export class Backoff {
  #failures = 0;

  /**
   * The wait before the next start, milliseconds.
   *
   * @param ranMs How long the service ran before it ended.
   */
  next(ranMs: number): number {
    if (ranMs >= WELL_MS) this.#failures = 0;
    return Math.min(FIRST_MS * 2 ** this.#failures++, CAP_MS);
  }
}
