/** What the checks of Prometheus's files share: the files, and the real promtool as judge. */

import { join } from "node:path";
import type { CheckContext, Problem } from "../../lib/check.ts";
import { type Complaint, complaints } from "../../lib/checker_output.ts";
import { readIfThere } from "../../lib/files.ts";
import { run } from "../../lib/process.ts";

/** The configuration of Prometheus, relative to the build directory. */
export const CONFIG = "prometheus/prometheus.yml";
/** What to do about a file that is not there. */
export const GENERATE = "Write the files again: deno task generate";
/** What to do about a file that Prometheus would not take. */
export const CHANGE =
  "Change what config.ts says about it; if config.ts is right, this is a fault of Vigie: report it with this message";

/** What is wrong when the configuration of Prometheus is not there; undefined when it is. */
export async function ifMissing({ buildDir }: CheckContext): Promise<Omit<Problem, "check"> | undefined> {
  if (await readIfThere(join(buildDir, CONFIG)) !== undefined) return undefined;
  return { severity: "error", file: CONFIG, message: "There is no such file", cure: GENERATE };
}

/** Runs promtool in Prometheus's own directory, where paths are the short ones of the configuration. */
export async function promtool(
  { tool, buildDir, signal }: CheckContext,
  args: readonly string[],
): Promise<{ stdout: string; complaints: readonly Complaint[] }> {
  const { code, stdout, stderr } = await run(await tool("promtool"), args, {
    cwd: join(buildDir, "prometheus"),
    signal,
  });
  const found = complaints(stderr);
  // promtool refused it without a word that we understand: what it printed is still better than silence.
  if (code !== 0 && found.length === 0) {
    found.push({
      file: "",
      message: `promtool ends with ${code}: ${`${stdout}\n${stderr}`.trim() || "no output"}`,
    });
  }
  return { stdout, complaints: found };
}
