/** Alerts that come and go while troubles do, and what became of them. */

import { setTimeout as delay } from "node:timers/promises";
import type { Status, Witness } from "../../faults/witness.ts";

const RAISE_EVERY_MS = 10_000;
/** They come and go while what they need is down: nobody can tell all of them. */
const SHORT_MS = 25_000;
/** Longer than any trouble, and than Prometheus takes to say it once more (a minute): all of them must arrive. */
const LASTING_MS = 150_000;

/** When an alert was raised, and for how long. */
export interface Raised {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly isLasting: boolean;
}

/** What became of the alerts. */
export interface Fate {
  readonly raised: number;
  readonly delivered: number;
  readonly lost: number;
  /** Of those that were lost, the ones that Prometheus never fired: they came and went while it was down. */
  readonly unseen: number;
  readonly twice: number;
  /** Of their ends. */
  readonly ends: { readonly delivered: number; readonly lost: number; readonly twice: number };
  /** From the trigger to the destination, milliseconds, of what was delivered; in order of length. */
  readonly delaysMs: readonly number[];
}

/** Raises alerts and ends them until `signal` aborts. Every other one lasts. */
export async function comeAndGo(witness: Witness, signal: AbortSignal): Promise<ReadonlyMap<string, Raised>> {
  const raised = new Map<string, Raised>();
  const firing = new Map<string, number>();
  while (!signal.aborted) {
    const now = performance.now();
    for (const [marker, since] of firing) {
      if (now - since < (raised.get(marker)!.isLasting ? LASTING_MS : SHORT_MS)) continue;
      witness.lower(marker);
      firing.delete(marker);
    }
    const marker = witness.raise();
    raised.set(marker, { atMs: Date.now(), isLasting: raised.size % 2 === 1 });
    firing.set(marker, now);
    await delay(RAISE_EVERY_MS, undefined, { signal }).catch(() => {});
  }
  witness.lower(...firing.keys());
  for (const marker of firing.keys()) raised.set(marker, { ...raised.get(marker)!, isLasting: false });
  return raised;
}

/**
 * What became of `raised`.
 *
 * @param fired What Prometheus fired; everything unless it is known.
 */
export function fateOf(
  witness: Witness,
  raised: ReadonlyMap<string, Raised>,
  fired?: ReadonlySet<string>,
): Fate {
  const tally = (status: Status) => {
    const counts = [...raised.keys()].map((marker) => witness.count(marker, status));
    return {
      delivered: counts.filter((count) => count > 0).length,
      lost: counts.filter((count) => count === 0).length,
      twice: counts.filter((count) => count > 1).length,
    };
  };
  const delaysMs = [...raised].flatMap(([marker, { atMs }]) => {
    const first = witness.told.find((one) => one.marker === marker && one.status === "firing");
    return first ? [first.atMs - atMs] : [];
  });
  return {
    raised: raised.size,
    ...tally("firing"),
    unseen:
      [...raised.keys()].filter((marker) =>
        witness.count(marker, "firing") === 0 && fired?.has(marker) === false
      ).length,
    ends: tally("resolved"),
    delaysMs: delaysMs.sort((a, b) => a - b),
  };
}
