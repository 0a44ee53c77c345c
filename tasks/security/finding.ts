/** What a check of the running stack's security is, what it finds, and what is meant to be as it is. */

/** How much a finding matters: `high` opens the machine or a secret, `medium` takes a protection away, `low` is worth a change. */
export type Severity = "high" | "medium" | "low";

/** Severities, the gravest first. */
export const SEVERITIES: readonly Severity[] = ["high", "medium", "low"];

/** One rule that the running stack must keep. */
export interface Rule {
  /** Stable, `security/what`: users script against it. */
  readonly id: `security/${string}`;
  readonly severity: Severity;
  /** What holds when nothing is found, as a short sentence. */
  readonly title: string;
  /** A command to run or a key to change. */
  readonly cure: string;
  /** Where it comes from, such as `CIS Docker Benchmark 1.5.0, 5.4`. */
  readonly reference: string;
}

/** A rule that is broken. */
export interface Finding extends Rule {
  /** The service or path it is about. */
  readonly subject: string;
  /** What shows it. Never the text of a secret. */
  readonly evidence: readonly string[];
}

/** A finding that is meant to be. */
export interface Excepted extends Finding {
  readonly reason: string;
}

/** A case that is meant to be as it is. */
export interface Exception {
  readonly id: Rule["id"];
  /** The services that it holds for; left out for every one. */
  readonly subjects?: readonly string[];
  /** What every piece of evidence must match: anything further is a finding again. */
  readonly evidence?: RegExp;
  readonly reason: string;
}

/** What was looked at and what came of it. */
export interface SecurityReport {
  readonly engine: "docker" | "local";
  /** How many rules were looked at. */
  readonly rules: number;
  /** What is wrong, the gravest first. */
  readonly findings: readonly Finding[];
  /** What is meant to be, with the reason. */
  readonly excepted: readonly Excepted[];
  /** What could not be looked at, and why. */
  readonly skipped: readonly string[];
}

/** `findings` without those that are meant to be, and those apart. What matches in part stays a finding, with the rest as its evidence. */
export function sift(
  findings: readonly Finding[],
  exceptions: readonly Exception[],
): Pick<SecurityReport, "findings" | "excepted"> {
  const left: Finding[] = [];
  const excepted: Excepted[] = [];
  for (const finding of findings) {
    const own = exceptions.filter(({ id, subjects }) =>
      id === finding.id && (subjects === undefined || subjects.includes(finding.subject))
    );
    let evidence = finding.evidence;
    for (const { evidence: pattern, reason } of own) {
      const meant = evidence.filter((line) => pattern === undefined || pattern.test(line));
      if (meant.length === 0) continue;
      excepted.push({ ...finding, evidence: meant, reason });
      evidence = evidence.filter((line) => !meant.includes(line));
    }
    if (evidence.length > 0) left.push({ ...finding, evidence });
  }
  left.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  return { findings: left, excepted };
}
