/** Problems shown where the operator can mend them: in config.ts, when that is where they come from. */

import { fileURLToPath } from "node:url";
import type { Problem } from "../../lib/check.ts";
import { type Files, readIfThere } from "../../lib/files.ts";
import type { YamlPlaces } from "../../lib/yaml_places.ts";
import { frameOf } from "../config_problem.ts";
import { originOf as callOf, type Stack } from "../stack.ts";
import type { Verdict } from "../verify.ts";
import { type Origin, originOf, valueAt, type Written } from "./origin.ts";

/** What is needed to find the way back. */
export interface Sources {
  readonly stack: Stack;
  /** Absolute path of the configuration that was loaded. */
  readonly config: string;
  /** The generated files that problems name. */
  readonly files: Files;
}

/** A problem whose place is in config.ts, and where the generated file has it. */
export type Placed = Problem & {
  readonly generated?: { readonly file: string; readonly line?: number; readonly column?: number };
};

/** The verdicts with each problem at its place in config.ts, where it has one there. */
export async function withPlaces(verdicts: readonly Verdict[], sources: Sources): Promise<Verdict[]> {
  const problems = verdicts.flatMap(({ problems, suppressed = [] }) => [...problems, ...suppressed]);
  // The parsers are loaded only when something is wrong.
  if (problems.length === 0) return [...verdicts];
  const place = await placer(sources);
  return verdicts.map((verdict) => ({
    ...verdict,
    problems: verdict.problems.map(place),
    ...(verdict.suppressed && { suppressed: verdict.suppressed.map(place) }),
  }));
}

async function placer(
  { stack, config, files }: Sources,
): Promise<<P extends Problem>(problem: P) => P & Placed> {
  const [{ placeInValue }, { yamlPlaces }] = await Promise.all([
    import("../locate.ts"),
    import("../../lib/yaml_places.ts"),
  ]);
  const call = frameOf(callOf(stack) ?? "");
  const file = call ? fileURLToPath(call.url) : config;
  const source = (await readIfThere(file))?.replaceAll("\r\n", "\n");
  const known = new Map<string, YamlPlaces>();
  const trace = (problem: Problem): Origin | undefined => {
    if (problem.config) return { path: problem.config, least: 1 };
    const text = files.get(problem.file);
    if (text === undefined || problem.line === undefined || !/\.ya?ml$/.test(problem.file)) return undefined;
    const places = known.get(problem.file) ?? yamlPlaces(text);
    known.set(problem.file, places);
    return originOf(stack as Written, problem.file, text, places, problem.line, problem.column);
  };
  return (problem) => {
    const origin = source === undefined ? undefined : trace(problem);
    if (!origin) return problem;
    const { path, least, text, offset } = origin;
    // What was printed anew on the way has other characters.
    const isSame = text !== undefined && valueAt(stack, path) === text;
    const place = placeInValue(source!, path, text, {
      least,
      call,
      ...(isSame && { from: offset, to: offset === undefined ? undefined : offset + (problem.length ?? 1) }),
    });
    if (!place) return problem;
    const { line, column } = problem;
    return {
      ...problem,
      file,
      ...place,
      ...(problem.file !== "" && { generated: { file: problem.file, line, column } }),
    };
  };
}
