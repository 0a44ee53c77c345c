/** Running checks: all of them, each with its time, none stopped by another's failure. */

import { isAbsolute, join, relative } from "node:path";
import {
  type Check,
  type CheckContext,
  type Note,
  type Problem,
  type Severity,
  Skipped,
} from "../lib/check.ts";
import { readIfThere } from "../lib/files.ts";
import { maskSecrets } from "../lib/secrets.ts";
import { formatElapsed } from "../lib/units.ts";
import pc from "picocolors";
import type { Suppressed } from "./check/suppress.ts";
import { type Finding, formatFinding } from "./report.ts";

/** What one check came to. */
export interface Verdict {
  readonly id: string;
  readonly title: string;
  /** The worst that it says. */
  readonly severity?: Severity;
  readonly problems: readonly Problem[];
  /** What it found and config.ts suppresses. */
  readonly suppressed?: readonly Suppressed[];
  /** Why it could not look; undefined when it did. */
  readonly skipped?: string;
  /** What it found out beside problems. */
  readonly note?: Note;
  /** Milliseconds. */
  readonly ms: number;
}

/** Runs `checks` with `context`, at most four at a time, and gives their verdicts in the order of `checks`. */
export async function verify<Context extends CheckContext>(
  checks: readonly Check<Context>[],
  context: Context,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < checks.length; i = next++) verdicts[i] = await verdictOf(checks[i]!, context);
  };
  await Promise.all(Array.from({ length: Math.min(4, checks.length) }, worker));
  return verdicts;
}

/** Whether any verdict holds an error. */
export function hasErrors(verdicts: readonly Verdict[]): boolean {
  return verdicts.some(({ problems }) => problems.some(({ severity }) => severity === "error"));
}

/** A verdict as a line, its problems below it. */
export async function formatVerdict(verdict: Verdict, directory: string): Promise<string> {
  const { id, title, problems, skipped, ms } = verdict;
  const errors = problems.some(({ severity }) => severity === "error");
  const mark = skipped !== undefined
    ? pc.yellow("skip")
    : errors
    ? pc.red("FAIL")
    : problems.length > 0
    ? pc.yellow("warn")
    : pc.green("ok  ");
  const tail = skipped !== undefined ? `: ${skipped}` : ` ${pc.dim(`(${formatElapsed(ms)})`)}`;
  const lines = [`${mark} ${id.padEnd(24)} ${title}${tail}`];
  for (const problem of problems) lines.push("", await formatProblem(problem, directory), "");
  return lines.join("\n");
}

/** A problem as compilers show it; its file is looked up below `directory`. */
export async function formatProblem(problem: Problem, directory: string): Promise<string> {
  const path = isAbsolute(problem.file) ? problem.file : join(directory, problem.file);
  const source = problem.file === "" ? undefined : await readIfThere(path).catch(() => undefined);
  const file = problem.file === "" ? "" : shorten(path);
  const finding: Finding = { ...problem, id: problem.check, file };
  return formatFinding(finding, source === undefined ? undefined : await lineOnly(source, problem.line));
}

/** The text with nothing but one line, in which no secret is to be seen: an error ends up in the logs of continuous integration. */
async function lineOnly(source: string, line: number | undefined): Promise<string | undefined> {
  const text = line === undefined ? undefined : source.split("\n")[line - 1];
  return text === undefined ? undefined : "\n".repeat(line! - 1) + await maskSecrets(text);
}

function shorten(path: string): string {
  const short = relative(Deno.cwd(), path);
  return short.startsWith("..") ? path : short;
}

async function verdictOf<Context extends CheckContext>(
  check: Check<Context>,
  context: Context,
): Promise<Verdict> {
  const started = performance.now();
  const done = (rest: Pick<Verdict, "problems" | "skipped" | "note">): Verdict => ({
    id: check.id,
    title: check.title,
    severity: check.severity,
    ms: performance.now() - started,
    ...rest,
  });
  try {
    const problems = await check.run(context);
    return done({ problems, ...(check.note && { note: await check.note(context) }) });
  } catch (error) {
    if (error instanceof Skipped) return done({ problems: [], skipped: error.message });
    throw error;
  }
}
