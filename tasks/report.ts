/** How problems are shown: as compilers do, with the place, the line and a caret. */

import pc from "picocolors";
import type { Severity } from "../lib/check.ts";

/** Something wrong at a place in a text. */
export interface Finding {
  readonly severity: Severity;
  /** Stable id, such as `prometheus/rules`. */
  readonly id: string;
  /** One sentence: capital first, no full stop. */
  readonly message: string;
  /** File as it is to be shown; `""` when it is in no file. */
  readonly file: string;
  /** Counted from 1. */
  readonly line?: number;
  /** Counted from 1. */
  readonly column?: number;
  /** How many characters the caret underlines; 1 by default. */
  readonly length?: number;
  readonly cure?: string;
}

/**
 * One finding as text of several lines.
 *
 * @param source Text of `finding.file`, to show the line it is about; without it only the place is shown.
 */
export function formatFinding(finding: Finding, source?: string): string {
  const colour = finding.severity === "error" ? pc.red : pc.yellow;
  const lines = [`${pc.bold(colour(`${finding.severity}[${finding.id}]`))}: ${finding.message}`];
  if (finding.file !== "") lines.push(`  ${pc.blue("-->")} ${placeOf(finding)}`);
  const text = finding.line === undefined ? undefined : source?.split("\n")[finding.line - 1];
  if (text !== undefined) {
    const number = String(finding.line);
    const margin = " ".repeat(number.length);
    lines.push(`${margin} ${pc.blue("|")}`, `${pc.blue(number)} ${pc.blue("|")} ${text.replace(/\t/g, " ")}`);
    if (finding.column !== undefined) {
      const caret = "^".repeat(Math.max(1, Math.min(finding.length ?? 1, text.length - finding.column + 1)));
      lines.push(`${margin} ${pc.blue("|")} ${" ".repeat(finding.column - 1)}${colour(caret)}`);
    }
  }
  if (finding.cure) lines.push(`  ${pc.green("cure:")} ${finding.cure}`);
  return lines.join("\n");
}

/** `2 errors, 1 warning`; `""` when there is neither. */
export function countFindings(findings: readonly { readonly severity: Severity }[]): string {
  return (["error", "warning"] as const).flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}${count === 1 ? "" : "s"}`];
  }).join(", ");
}

/** Rows as a table: columns aligned, two spaces between them, nothing behind the last. */
export function formatTable(rows: readonly (readonly string[])[], indent = ""): string {
  const widths = rows.reduce<number[]>(
    (all, row) => row.map((cell, i) => Math.max(all[i] ?? 0, width(cell))),
    [],
  );
  return rows.map((row) =>
    (indent + row.map((cell, i) => cell + " ".repeat(Math.max(0, (widths[i] ?? 0) - width(cell)))).join("  "))
      .trimEnd()
  ).join("\n");
}

function placeOf({ file, line, column }: Finding): string {
  return [file, line, column].filter((part) => part !== undefined).join(":");
}

function width(text: string): number {
  // deno-lint-ignore no-control-regex
  return [...text.replace(/\x1b\[[0-9;]*m/g, "")].length;
}
