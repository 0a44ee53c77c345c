/** How smoke's results are shown: line by line while it runs, as JUnit XML, and counted at the end. */

import pc from "picocolors";
import type { Problem } from "../../lib/check.ts";
import { formatElapsed } from "../../lib/units.ts";
import { type JunitSuite, toJunit } from "../junit.ts";
import { formatFinding } from "../report.ts";
import type { SmokeListener, SmokeResult, Step } from "./check.ts";

type TimedStep = SmokeResult["steps"][number];

const MARKS: Readonly<Record<Step["outcome"], string>> = {
  passed: pc.green("✓"),
  failed: pc.red("✗"),
  note: pc.yellow("!"),
  skipped: pc.dim("-"),
};

/** Prints each step as soon as it is known. */
export function showSmoke(print: (text: string) => void): SmokeListener {
  let folded: TimedStep[] = [];
  const unfold = () => {
    if (folded.length > 0) print(formatGroup(folded));
    folded = [];
  };
  return {
    started: ({ id, title }) => print(`${pc.bold(id)}: ${title}`),
    step(step) {
      if (step.group !== undefined && (step.outcome === "passed" || step.outcome === "note")) {
        if (folded[0]?.group !== step.group) unfold();
        folded.push(step);
      } else {
        if (folded[0]?.group !== step.group) unfold();
        print(formatStep(step));
      }
    },
    ended({ outcome, reason, elapsedMs }) {
      unfold();
      if (outcome === "skipped") print(`  ${MARKS.skipped} skipped: ${reason}`);
      else print(`  ${MARKS[outcome]} ${outcome} in ${formatElapsed(elapsedMs)}`);
      print("");
    },
  };
}

/** One step as one line. */
export function formatStep({ name, outcome, elapsedMs, detail }: TimedStep): string {
  const time = outcome === "skipped" || elapsedMs === 0 ? "" : ` ${pc.dim(`(${formatElapsed(elapsedMs)})`)}`;
  // The message of a failure stands in the summary, with its cure.
  const text = detail === undefined || outcome === "failed" ? "" : `: ${detail}`;
  return `  ${MARKS[outcome]} ${name}${text}${time}`;
}

/** A group as a line, and below it what is to be noted of it, each once. */
function formatGroup(steps: readonly TimedStep[]): string {
  const elapsedMs = steps.reduce((sum, step) => sum + step.elapsedMs, 0);
  const notes = steps.filter(({ outcome }) => outcome === "note");
  const noted = notes.length > 0 ? `, ${notes.length} noted` : "";
  const { group } = steps[0]!;
  const line = `  ${MARKS.passed} ${group}: ${steps.length - notes.length} passed${noted} ${
    pc.dim(`(${formatElapsed(elapsedMs)})`)
  }`;
  const details = new Set(notes.map(({ name, detail }) => detail ?? name));
  return [line, ...[...details].map((detail) => pc.dim(`      ${detail}`))].join("\n");
}

/** Every problem with its cure, then the count. */
export function formatSmoke(results: readonly SmokeResult[], elapsedMs: number): string {
  const problems = results.flatMap((result) => result.problems).map(formatProblem);
  const count = (outcome: SmokeResult["outcome"]) =>
    results.filter((result) => result.outcome === outcome).length;
  const failed = count("failed");
  const skipped = count("skipped");
  const counts = [
    pc.green(`${count("passed")} passed`),
    ...(failed > 0 ? [pc.red(`${failed} failed`)] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ];
  return [...problems, `Smoke: ${counts.join(", ")} in ${formatElapsed(elapsedMs)}`].join("\n\n");
}

function formatProblem({ check, ...problem }: Problem): string {
  return formatFinding({ id: check, ...problem });
}

/** The results as JUnit XML: a suite a check, a case a step. @param startedAt ISO 8601. */
export function smokeToJunit(results: readonly SmokeResult[], startedAt: string): string {
  return toJunit("vigie smoke", startedAt, results.map(suiteOf));
}

function suiteOf({ check, title, outcome, reason, elapsedMs, steps }: SmokeResult): JunitSuite {
  const cases = steps.map((step) => ({
    name: step.name,
    elapsedMs: step.elapsedMs,
    outcome: step.outcome === "note" ? "passed" as const : step.outcome,
    message: step.problem?.message ?? step.detail,
    text: step.problem ? `${step.problem.message}\ncure: ${step.problem.cure}` : step.detail,
  }));
  if (outcome === "skipped" || cases.length === 0) {
    cases.push({
      name: title,
      elapsedMs,
      outcome: outcome === "failed" ? "failed" : outcome,
      message: reason,
      text: undefined,
    });
  }
  return { name: check, elapsedMs, cases };
}
