/** What `deno task check` shows people: a line for each area, and everything that is wrong. */

import pc from "picocolors";
import { formatElapsed } from "../../lib/units.ts";
import type { Checked } from "../offline.ts";
import { countFindings, formatTable } from "../report.ts";
import { formatProblem, formatVerdict, hasErrors, type Verdict } from "../verify.ts";
import { areaOf, type CheckInfo } from "./registry.ts";

/**
 * The verdicts as text.
 *
 * @param options `verbose`: a line for each check and for each suppressed problem, not only for each area.
 */
export async function formatVerdicts(
  { verdicts, directoryOf }: Pick<Checked, "verdicts" | "directoryOf">,
  options: { verbose: boolean; ms: number },
): Promise<string> {
  const blocks: string[] = [];
  for (const [area, own] of Map.groupBy(verdicts, ({ id }) => areaOf(id))) {
    if (options.verbose) {
      for (const verdict of own) {
        blocks.push(await formatVerdict(verdict, directoryOf(verdict.id)), ...suppressedLines(verdict));
        if (verdict.note) blocks.push(indented(verdict.note.line), indented(verdict.note.table));
      }
      continue;
    }
    const loud = own.filter((verdict) => !isCalm(verdict));
    // A reason that several checks share is told once.
    const reasons = Map.groupBy(loud.filter(isSkipped), ({ skipped }) => skipped!);
    const [whole] = own.length === loud.length && reasons.size === 1 ? reasons.keys() : [];
    if (whole !== undefined && loud.every(isSkipped)) {
      blocks.push(`${areaLine(area, own)}: ${whole}`);
      continue;
    }
    blocks.push(areaLine(area, own), ...own.flatMap(({ note }) => note ? indented(pc.dim(note.line)) : []));
    for (const [reason, skipped] of reasons) {
      blocks.push(`     ${pc.yellow("skip")} ${skipped.map(({ id }) => id).join(", ")}: ${reason}`);
    }
    for (const { id, problems } of loud) {
      for (const problem of problems) blocks.push("", await formatProblem(problem, directoryOf(id)));
    }
    if (loud.some(({ problems }) => problems.length > 0)) blocks.push("");
  }
  return [...blocks, summaryLine(verdicts, options.ms)].join("\n");
}

/** `41 checks, 2 errors, 1 suppressed, 1 skipped (0.9 s)`. */
export function summaryLine(verdicts: readonly Verdict[], ms: number): string {
  const { checks, suppressed, skipped } = countsOf(verdicts);
  const problems = verdicts.flatMap((verdict) => verdict.problems);
  return [
    `${checks} ${checks === 1 ? "check" : "checks"}`,
    countFindings(problems) || "nothing wrong",
    ...(suppressed ? [`${suppressed} suppressed`] : []),
    ...(skipped ? [`${skipped} skipped`] : []),
  ].join(", ") + ` ${pc.dim(`(${formatElapsed(ms)})`)}`;
}

/** How many checks looked, and what they found. */
export function countsOf(verdicts: readonly Verdict[]) {
  const problems = verdicts.flatMap((verdict) => verdict.problems);
  const skipped = verdicts.filter(isSkipped).length;
  return {
    checks: verdicts.length - skipped,
    errors: problems.filter(({ severity }) => severity === "error").length,
    warnings: problems.filter(({ severity }) => severity === "warning").length,
    suppressed: verdicts.reduce((sum, verdict) => sum + (verdict.suppressed?.length ?? 0), 0),
    skipped,
  };
}

/** The checks as a table. */
export function formatList(checks: readonly CheckInfo[]): string {
  return formatTable(checks.map(({ id, severity = "error", title }) => [id, severity, title]));
}

function areaLine(area: string, own: readonly Verdict[]): string {
  const { checks, skipped, suppressed } = countsOf(own);
  const problems = own.flatMap((verdict) => verdict.problems);
  const mark = hasErrors(own)
    ? pc.red("FAIL")
    : problems.length > 0
    ? pc.yellow("warn")
    : checks === 0
    ? pc.yellow("skip")
    : pc.green("ok  ");
  const rest = [
    countFindings(problems),
    suppressed ? `${suppressed} suppressed` : "",
    skipped && checks ? `${skipped} skipped` : "",
  ].filter(Boolean).join(", ");
  const count = `${String(own.length).padStart(2)} ${own.length === 1 ? "check" : "checks"}`;
  return `${mark} ${area.padEnd(13)} ${count}${rest ? `: ${rest}` : ""}`;
}

function suppressedLines({ suppressed = [] }: Verdict): string[] {
  return suppressed.map(({ subject, message, reason, until }) =>
    `     ${pc.dim("suppressed")}${subject === undefined ? "" : ` ${subject}`}: ${message} ${
      pc.dim(`(until ${until}: ${reason})`)
    }`
  );
}

function indented(text: string): string {
  return text.replace(/^/gm, "     ");
}

function isSkipped({ skipped }: Verdict): boolean {
  return skipped !== undefined;
}

function isCalm({ problems, skipped }: Verdict): boolean {
  return problems.length === 0 && skipped === undefined;
}
