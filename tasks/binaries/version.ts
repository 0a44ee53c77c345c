/** Versions: asking a program for its own, and comparing two. */

import { run } from "../../lib/process.ts";
import type { Program } from "./program.ts";
import { Unavailable } from "./source.ts";

/** The version in what a program printed when it was asked for it; undefined when it is not that program. */
export function parseVersion(program: Program, output: string): string | undefined {
  return program.versionLine.exec(output.trimStart())?.[1]?.replace(/^v(?=\d)/, "");
}

/**
 * The version of the program at `path`.
 *
 * @throws {Unavailable} when it does not run, or is another program of that name.
 */
export async function versionOf(program: Program, path: string, signal?: AbortSignal): Promise<string> {
  const argument = program.versionArgument ?? "--version";
  let output: string;
  try {
    const { code, stdout, stderr } = await run(path, [argument], { timeoutMs: 10_000, signal });
    // Old Go programs print their version on standard error.
    output = stdout.trim() || stderr;
    if (code !== 0) {
      throw new Unavailable(
        `"${path} ${argument}" ended with exit code ${code}: ${firstLine(stderr || stdout)}`,
      );
    }
  } catch (error) {
    if (error instanceof Unavailable) throw error;
    throw new Unavailable(`"${path}" does not run: ${(error as Error).message}`);
  }
  const version = parseVersion(program, output);
  if (version === undefined) {
    throw new Unavailable(`"${path}" is not ${program.name}: its ${argument} says "${firstLine(output)}"`);
  }
  return version;
}

/**
 * Orders two versions: negative when `a` is older than `b`. What follows `+` does not count, and a pre-release (`-rc.1`) is
 * older than its release, as in semantic versioning.
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [split(a), split(b)];
  for (let i = 0; i < 3; i++) {
    const difference = (left.numbers[i] ?? 0) - (right.numbers[i] ?? 0);
    if (difference !== 0) return difference;
  }
  if (left.pre === right.pre) return 0;
  if (left.pre === "" || right.pre === "") return left.pre === "" ? 1 : -1;
  return left.pre.localeCompare(right.pre, "en", { numeric: true });
}

/** A sentence when `version` is older than the `wanted` one. */
export function olderWarning(
  program: Program,
  path: string,
  version: string,
  wanted: string,
): string | undefined {
  if (compareVersions(version, wanted) >= 0) return undefined;
  return `${program.name} ${version} (${path}) is older than ${wanted}, which Vigie was tested with`;
}

function split(version: string): { numbers: number[]; pre: string } {
  const [core, ...pre] = version.split("+")[0]!.split("-");
  return { numbers: core!.split(".").map((part) => Number.parseInt(part) || 0), pre: pre.join("-") };
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0]!.slice(0, 200);
}
