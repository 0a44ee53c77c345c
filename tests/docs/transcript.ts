/** Comparing what a page says that a command printed with what it prints. */

/**
 * The lines of `shown` that `printed` lacks, in order. What differs between two machines or two runs is left out of the comparison: times,
 * sizes, ports, versions and ids. A line that is `…` alone stands for any lines.
 *
 * @param optional Lines that need not be there.
 */
export function missingLines(
  shown: string,
  printed: string,
  optional: (line: string) => boolean = () => false,
): string[] {
  const wanted = shown.split("\n").filter((line) => line.trim() !== "" && line.trim() !== "…");
  const have = printed.split("\n").map(essence);
  const missing: string[] = [];
  let from = 0;
  for (const line of wanted) {
    const at = have.indexOf(essence(line), from);
    if (at >= 0) from = at + 1;
    else if (!optional(line)) missing.push(line);
  }
  return missing;
}

function essence(line: string): string {
  return line
    .replace(/smoke-[0-9a-f-]+|\b[0-9a-f]{8}\b/g, "ID")
    // A share of something, and the place where a disk is mounted: the machine's own.
    .replace(/[█░]+ +\d+ %(?: \/\S*)?/g, "BAR")
    .replace(/^ *(?:No alert is firing|Firing: .*)$/, "ALERTS")
    .replace(/\d+(?:\.\d+)? (?:ms|min|s|[kMG]?B)\b(?: \d+ s\b)?/g, "N")
    // Left out where it is less than a millisecond.
    .replace(/ \(N\)/g, "")
    .replace(/\d+/g, "#")
    .replace(/\s+/g, " ")
    .trim();
}
