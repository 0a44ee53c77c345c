/** The problems of all checks as a flat list, for output that other programs read. */

import { isAbsolute, join, relative } from "node:path";
import type { Problem } from "../../lib/check.ts";
import type { Checked } from "../offline.ts";
import type { Suppressed } from "./suppress.ts";

/** A problem and where it is. */
export interface Entry {
  readonly problem: Problem;
  /** Absolute path of its file; undefined when it is in none. */
  readonly path?: string;
  /** Why it is suppressed; undefined when it is not. */
  readonly suppressed?: Pick<Suppressed, "reason" | "until">;
}

/** Every problem, those that are suppressed too, in the order of the checks. */
export function entriesOf({ verdicts, buildDirOf }: Pick<Checked, "verdicts" | "buildDirOf">): Entry[] {
  return verdicts.flatMap(({ problems, suppressed = [] }) => [
    ...problems.map((problem) => ({ problem, path: pathOf(problem, buildDirOf) })),
    ...suppressed.map((problem) => ({
      problem,
      path: pathOf(problem, buildDirOf),
      suppressed: { reason: problem.reason, until: problem.until },
    })),
  ]);
}

/** `path` below `root` as a relative path with slashes; undefined when it is not below it. */
export function pathBelow(path: string, root: string): string | undefined {
  const short = relative(root, path);
  return short === "" || short.startsWith("..") || isAbsolute(short)
    ? undefined
    : short.replaceAll("\\", "/");
}

function pathOf({ file, check }: Problem, buildDirOf: (id: string) => string): string | undefined {
  if (file === "") return undefined;
  return isAbsolute(file) ? file : join(buildDirOf(check), file);
}
