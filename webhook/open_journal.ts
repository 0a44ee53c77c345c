/** The service's journal, and what it has to report. */

import type { Clock } from "./clock.ts";
import { openJournal, type Salvage, type SqliteJournal } from "./journal/mod.ts";
import type { Log } from "./log.ts";
import type { State } from "./state.ts";

/** Who is told what the journal comes upon. */
export interface JournalReports {
  readonly onCommit: (seconds: number, rows: number) => void;
  /** Told of what fails while the webhook runs. */
  readonly onProblem: (problem: string) => void;
  /** Told of a damaged file that was set aside, at the start as well. */
  readonly onSalvaged: (salvage: Salvage) => void;
}

/** The open journal. */
export interface ServiceJournal {
  readonly journal: SqliteJournal;
  /** Hands over what it has come upon, and what it will. */
  report(to: JournalReports): void;
}

// Long enough to share a sync under load, too short to be noticed.
const SETTLE_WITHIN_MS = 10;

/** Opens the journal in `directory`, within the limits that are in use. @throws {JournalFailure} */
export async function openServiceJournal(
  directory: string,
  { state, clock, log }: { readonly state: State; readonly clock: Clock; readonly log: Log },
): Promise<ServiceJournal> {
  // Who is to be told needs the journal first.
  const salvages: Salvage[] = [];
  let reports: JournalReports | undefined;
  const journal = await openJournal(directory, {
    clock,
    get limitBytes() {
      return state.setup.limits.journalBytes;
    },
    get duplicateWindowMs() {
      return state.setup.limits.duplicateWindowMs;
    },
    get ageMs() {
      return state.setup.limits.ageMs;
    },
    get deadAgeMs() {
      return state.setup.limits.deadAgeMs;
    },
    settleWithinMs: SETTLE_WITHIN_MS,
    onCommit: (seconds, rows) => reports?.onCommit(seconds, rows),
    onProblem(problem) {
      log.error("The journal has a problem", { problem });
      reports?.onProblem(problem);
    },
    onSalvaged(salvage) {
      if (reports) reports.onSalvaged(salvage);
      else salvages.push(salvage);
    },
  });
  return {
    journal,
    report(to) {
      reports = to;
      salvages.splice(0).forEach(to.onSalvaged);
    },
  };
}
