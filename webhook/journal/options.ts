/** How a journal is kept. */

import type { Clock } from "../clock.ts";
import type { Salvage } from "./salvage.ts";

/** How a journal is kept. What can change while it is open may be given by getters. */
export interface JournalOptions {
  readonly clock: Clock;
  /** What the journal may take on disk, bytes. */
  readonly limitBytes: number;
  /** A copy of a notification that came within so long is a duplicate. */
  readonly duplicateWindowMs: number;
  /**
   * How long it may take until it is on disk what became of a delivery: under load it shares the sync of what is accepted then. A crash in
   * between repeats the delivery. Default 0.
   */
  readonly settleWithinMs?: number;
  /** How long what was delivered is kept; 30 days by default. */
  readonly ageMs?: number;
  /** How long dead letters and the quarantine are kept; 90 days by default. */
  readonly deadAgeMs?: number;
  /** Called after each commit: how long it took, and how many things it held. */
  readonly onCommit?: (seconds: number, works: number) => void;
  /** Called with what goes wrong, once for as long as it stays the same. */
  readonly onProblem?: (problem: string) => void;
  /** Called when a damaged file was set aside and what could be read of it is in a new one; at open before `openJournal` returns. */
  readonly onSalvaged?: (salvage: Salvage) => void;
}
