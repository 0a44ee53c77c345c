/** The doctor's report for people. */

import pc from "picocolors";
import { formatTable } from "../report.ts";
import type { Finding } from "./diagnosis.ts";
import { type AreaReport, nameOf, type Report } from "./examine.ts";

const MARKS = { error: pc.red("error  "), warning: pc.yellow("warning"), note: pc.cyan("note   ") };
const SHOWN_CHARACTERS = 400;

/** The report as text: findings with evidence and cure, then the areas that are all right. */
export function formatReport({ findings, areas }: Report): string {
  const serious = findings.filter(({ weight }) => weight !== "note");
  const roots = serious.filter(({ followsFrom }) => followsFrom === undefined);
  const following = serious.length - roots.length;
  const well = areas.filter((area) => area.findings === 0);
  const unseen = well.filter(({ seen, skipped }) => seen.length === 0 && skipped.length > 0);
  const reasons = [...new Set(unseen.map(reasonOf))];
  const rows = [
    ...well.filter((area) => !unseen.includes(area)).map((area) => [
      pc.green("ok  "),
      area.area,
      [...area.seen, ...area.skipped.length > 0 ? [reasonOf(area)] : []].join("; "),
    ]),
  ];
  // Where everything is down, most areas have the same to say.
  const skips = reasons.map((reason) => {
    const names = unseen.filter((area) => reasonOf(area) === reason).map(({ area }) => area);
    return `${pc.yellow("skip")}  ${names.join(", ")}: ${reason}`;
  });
  return [
    ...findings.flatMap((finding) => [formatOne(finding), ""]),
    formatTable(rows),
    ...skips,
    "",
    serious.length === 0
      ? pc.green("Nothing is wrong")
      : `${count(roots.length, "cause")}${
        following > 0 ? `, ${count(following, "consequence")}` : ""
      }: begin at the top`,
  ].join("\n");
}

function reasonOf({ skipped }: AreaReport): string {
  return pc.dim(`not examined, as ${skipped.join(" and as ")}`);
}

function formatOne(finding: Finding): string {
  const { weight, cause, evidence, cure, followsFrom } = finding;
  const indent = followsFrom === undefined ? "" : "  ";
  const lines = [`${MARKS[weight]} ${pc.bold(nameOf(finding))}`, `  ${cause}`];
  if (followsFrom !== undefined) lines.push(`  ${pc.dim(`probably follows from ${followsFrom}`)}`);
  const shown = evidence.map(cut);
  if (shown.length > 0) lines.push(`  ${pc.blue("evidence:")} ${shown.join("\n            ")}`);
  if (followsFrom === undefined) lines.push(`  ${pc.green("cure:")}     ${cure}`);
  return lines.map((line) => line.replaceAll(/^/gm, indent)).join("\n");
}

function cut(text: string): string {
  return text.length <= SHOWN_CHARACTERS ? text : text.slice(0, SHOWN_CHARACTERS - 1) + "…";
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}
