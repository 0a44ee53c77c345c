/** The report of `doctor --security` for people. */

import pc from "picocolors";
import type { Excepted, Finding, SecurityReport } from "./finding.ts";

const MARKS = { high: pc.red("high  "), medium: pc.yellow("medium"), low: pc.cyan("low   ") };

/** The report as text. @param verbose Whether to show what is meant to be as it is. */
export function formatSecurity(
  { engine, rules, findings, excepted, skipped }: SecurityReport,
  verbose: boolean,
): string {
  const meant = verbose
    ? excepted.flatMap((each) => [formatExcepted(each), ""])
    : excepted.length > 0
    ? [pc.dim(`${count(excepted.length, "exception")} with a reason: --verbose shows them`)]
    : [];
  return [
    ...findings.flatMap((finding) => [formatOne(finding), ""]),
    ...meant,
    ...skipped.map((reason) => `${pc.yellow("skip")}  ${reason}`),
    findings.length === 0
      ? pc.green(`Nothing is wrong by ${rules} rules for the ${engine} engine`)
      : `${count(findings.length, "finding")} by ${rules} rules for the ${engine} engine`,
  ].join("\n");
}

function formatOne({ id, severity, subject, title, evidence, cure, reference }: Finding): string {
  return [
    `${MARKS[severity]} ${pc.bold(`${id} ${subject}`)}`,
    `  ${pc.dim("wanted:")}   ${title}`,
    `  ${pc.blue("evidence:")} ${evidence.join("\n            ")}`,
    `  ${pc.green("cure:")}     ${cure}`,
    `  ${pc.dim(`see:      ${reference}`)}`,
  ].join("\n");
}

function formatExcepted({ id, subject, evidence, reason }: Excepted): string {
  return [
    `${pc.dim("meant ")} ${pc.bold(`${id} ${subject}`)}`,
    `  ${pc.blue("evidence:")} ${evidence.join("\n            ")}`,
    `  reason:   ${reason}`,
  ].join("\n");
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}
