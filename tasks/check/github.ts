/** Problems as workflow commands: GitHub shows them at their lines. */

import { type Entry, pathBelow } from "./entries.ts";

/**
 * One workflow command for each problem that is not suppressed.
 *
 * Source: docs.github.com, "Workflow commands for GitHub Actions"; the escapes are those of `@actions/core`, `command.ts`.
 *
 * @param root The directory that was checked out: paths are told from there.
 */
export function githubText(entries: readonly Entry[], root: string): string {
  return entries.filter(({ suppressed }) => suppressed === undefined).map((entry) => command(entry, root))
    .join(
      "\n",
    );
}

function command({ problem, path }: Entry, root: string): string {
  const { severity, line, column, length = 1, check, message, cure } = problem;
  const properties: readonly (readonly [string, string | number | undefined])[] = [
    ["file", path && (pathBelow(path, root) ?? path)],
    ["line", line],
    ["endLine", line],
    ["col", column],
    // The last column, itself meant.
    ["endColumn", column === undefined ? undefined : column + length - 1],
    ["title", check],
  ];
  const given = properties.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${property(String(value))}`]
  );
  return `::${severity} ${given.join(",")}::${data(`${message}\n${cure}`)}`;
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
