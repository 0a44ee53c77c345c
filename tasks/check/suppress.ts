/** Suppression: what config.ts says need not be told, for a reason and a time. */

import type { Check, Problem } from "../../lib/check.ts";
import { nearest } from "../../lib/nearest.ts";
import type { Verdict } from "../verify.ts";
import type { CheckId } from "./ids.ts";
import type { Ignored } from "./schema.ts";

/** A problem that is not told, and why. */
export interface Suppressed extends Problem {
  readonly reason: string;
  /** The last day on which it is not told, `2027-01-01`. */
  readonly until: string;
}

type Info = Pick<Check, "title" | "severity"> & { readonly id: CheckId };

/** What the checks of suppression say about themselves. They run last, and cannot be suppressed. */
export const SUPPRESSION_CHECKS: readonly [expired: Info, unused: Info] = [
  { id: "suppression/expired", title: "No suppression has run out", severity: "error" },
  { id: "suppression/unused", title: "Every suppression has something to suppress", severity: "warning" },
];
const [EXPIRED, UNUSED] = SUPPRESSION_CHECKS;

/**
 * Moves the problems that `ignore` names from `problems` to `suppressed`, and judges `ignore` itself.
 *
 * @param verdicts Of every check that ran.
 * @param today `2026-12-31`.
 * @returns the verdicts, and behind them those about the suppressions. Entries for checks that did not look are not judged as unused.
 */
export function suppress(verdicts: readonly Verdict[], ignore: readonly Ignored[], today: string): Verdict[] {
  const used = new Set<Ignored>();
  const isCheckOnItself = (id: string) => SUPPRESSION_CHECKS.some((check) => check.id === id);
  const valid = ignore.filter((entry) => entry.until >= today && !isCheckOnItself(entry.check));
  const sorted = verdicts.map((verdict): Verdict => {
    const problems: Problem[] = [];
    const suppressed: Suppressed[] = [...verdict.suppressed ?? []];
    for (const problem of verdict.problems) {
      const entry = valid.find((entry) => matches(entry, problem));
      if (!entry) problems.push(problem);
      else {
        used.add(entry);
        suppressed.push({ ...problem, reason: entry.reason, until: entry.until });
      }
    }
    return { ...verdict, problems, suppressed };
  });
  const looked = new Map(verdicts.filter(({ skipped }) => skipped === undefined).map((one) => [one.id, one]));
  return [
    ...sorted,
    verdictOf(EXPIRED, ignore.flatMap((entry, i) => entry.until < today ? [expired(entry, i)] : [])),
    verdictOf(
      UNUSED,
      ignore.flatMap((entry, i) => {
        if (entry.until < today || used.has(entry)) return [];
        if (isCheckOnItself(entry.check)) return [unused(entry, i, [])];
        const verdict = looked.get(entry.check);
        return verdict ? [unused(entry, i, verdict.problems)] : [];
      }),
    ),
  ];
}

function matches({ check, subject }: Ignored, problem: Problem): boolean {
  return check === problem.check && (subject === undefined || subject === problem.subject);
}

function expired({ check, subject, until, reason }: Ignored, i: number): Problem {
  return {
    check: EXPIRED.id,
    severity: "error",
    file: "",
    config: ["checks", "ignore", i, "until"],
    subject: check,
    message: `The suppression of ${named(check, subject)} ran out on ${until}; its reason was "${reason}"`,
    cure: "Mend what it hides, or give it a later date if its reason still holds",
  };
}

function unused({ check, subject }: Ignored, i: number, problems: readonly Problem[]): Problem {
  const subjects = [...new Set(problems.flatMap((problem) => problem.subject ?? []))];
  const near = subject === undefined ? undefined : nearest(subject, subjects);
  const isSubject = subject !== undefined && subjects.length > 0;
  return {
    check: UNUSED.id,
    severity: "warning",
    file: "",
    config: ["checks", "ignore", i, ...(isSubject ? ["subject"] : [])],
    subject: check,
    message: `The suppression of ${named(check, subject)} suppresses nothing`,
    cure: near
      ? `Did you mean the subject "${near}"?`
      : isSubject
      ? `Remove it, or name a subject that the check names: ${
        subjects.slice(0, 5).map((one) => `"${one}"`).join(", ")
      }`
      : "Remove it: what it hid is mended",
  };
}

function named(check: string, subject: string | undefined): string {
  return subject === undefined ? `"${check}"` : `"${check}" for "${subject}"`;
}

function verdictOf({ id, title, severity }: Info, problems: readonly Problem[]): Verdict {
  return { id, title, severity, problems, suppressed: [], ms: 0 };
}
