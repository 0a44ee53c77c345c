/** When an alert would have fired, from the values of its expression over a time. */

/** The moments at which an alert's expression held for one set of labels, seconds since 1970, ascending. */
export interface Active {
  readonly labels: Readonly<Record<string, string>>;
  readonly at: readonly number[];
}

/** How often, and how long, an alert fired for one set of labels. */
export interface Firing {
  readonly labels: Readonly<Record<string, string>>;
  /** How many times it began to fire. */
  readonly times: number;
  /** How long it fired in all, seconds. */
  readonly seconds: number;
  /** When it began to fire for the first and the last time, seconds since 1970. */
  readonly first: number;
  readonly last: number;
}

/** How an alert is judged. */
export interface Terms {
  /** When it is judged: the moments at which Prometheus ran, seconds since 1970, ascending. */
  readonly moments: readonly number[];
  /** Time between two such moments, seconds. */
  readonly step: number;
  /** How long it must hold before it fires, seconds. */
  readonly for: number;
  /** How long it goes on firing when it no longer holds, seconds. */
  readonly keepFiringFor: number;
}

/**
 * When the alert would have fired; undefined when it would not. It is judged as Prometheus does: it fires once it has held at each moment
 * for as long as `for` says, and one moment at which it does not hold begins the wait anew.
 *
 * Source: `rules/alerting.go` of Prometheus 3.5, `Eval`.
 *
 * @example
 * ```ts
 * import { firingOf } from "./firings.ts";
 * const at = [0, 60, 120, 180, 300];
 * const moments = [0, 60, 120, 180, 240, 300];
 * firingOf({ labels: {}, at }, { moments, step: 60, for: 120, keepFiringFor: 0 });
 * // { labels: {}, times: 1, seconds: 120, first: 120, last: 120 }
 * ```
 */
export function firingOf({ labels, at }: Active, terms: Terms): Firing | undefined {
  const { moments, step } = terms;
  const holds = new Set(at);
  const begun: number[] = [];
  let seconds = 0;
  let activeAt: number | undefined;
  let isFiring = false;
  let endingSince: number | undefined;
  for (const moment of moments) {
    if (holds.has(moment)) {
      activeAt ??= moment;
      endingSince = undefined;
      if (!isFiring && moment - activeAt >= terms.for) {
        isFiring = true;
        begun.push(moment);
      }
    } else {
      endingSince ??= moment;
      if (!isFiring || moment - endingSince >= terms.keepFiringFor) {
        isFiring = false;
        activeAt = undefined;
      }
    }
    if (isFiring) seconds += step;
  }
  if (begun.length === 0) return undefined;
  return { labels, times: begun.length, seconds, first: begun[0]!, last: begun.at(-1)! };
}
