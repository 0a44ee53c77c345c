/** What the gate counts. */

import { ROLES, type Source } from "./role.ts";
import type { Judgment } from "./judge.ts";

/** Why somebody was not let in: the values of the label `reason`. */
export const REFUSALS = ["wrong", "no-role", "wait", "unavailable", "provider", "forged"] as const;

/** Why somebody was not let in. */
export type Refusal = Exclude<Judgment["result"], "in"> | typeof REFUSALS[number];

/** Counts of the gate, as they are scraped. */
export interface Figures {
  readonly signIns: Map<Source, number>;
  readonly refusals: Map<Refusal, number>;
  /** Requests that were refused because the role does not suffice, by role. */
  readonly forbidden: Map<string, number>;
}

/** All of them at 0. */
export function createFigures(): Figures {
  return {
    signIns: new Map([["local", 0], ["ldap", 0], ["openid", 0]]),
    refusals: new Map(REFUSALS.map((reason) => [reason, 0])),
    forbidden: new Map(ROLES.map((role) => [role, 0])),
  };
}

/** One more. */
export function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
