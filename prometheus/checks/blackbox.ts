/** What can be proved of blackbox.yml without running the exporter. */

import { join } from "node:path";
import type { Check, Problem } from "../../lib/check.ts";
import { complaints } from "../../lib/checker_output.ts";
import { readIfThere } from "../../lib/files.ts";
import { run } from "../../lib/process.ts";

const CONFIG = "blackbox/blackbox.yml";

/**
 * `blackbox/config`: the blackbox exporter takes blackbox.yml.
 *
 * Runs the exporter itself with `--config.check`. Finds what it would refuse at start: above all a `body` of a probe that is a
 * regular expression for JavaScript but not for Go, such as one with a lookahead.
 */
export const blackboxCheck: Check = {
  id: "blackbox/config",
  title: "The blackbox exporter takes its modules",
  severity: "error",
  online: false,
  async run({ files, buildDir, tool, signal }) {
    if (!files.has(CONFIG)) return []; // It is switched off.
    const path = join(buildDir, CONFIG);
    const text = await readIfThere(path);
    const problem = (message: string, cure: string, line?: number): Problem => ({
      check: this.id,
      severity: "error",
      file: CONFIG,
      line,
      message,
      cure,
    });
    if (text === undefined) {
      return [problem("There is no such file", "Write the files again: deno task generate")];
    }
    const { code, stderr } = await run(await tool("blackbox_exporter"), [
      "--config.check",
      `--config.file=${path}`,
    ], {
      signal,
    });
    if (code === 0) return [];
    const { message, line } = refusal(stderr, text);
    return [problem(message, "Correct the probe in config.ts that it comes from", line)];
  },
};

/** What the exporter's last log line of level error says, and the line of the file that it is about. */
function refusal(log: string, text: string): { message: string; line?: number } {
  const quoted = [...log.matchAll(/level=ERROR .*?\berr=("(?:[^"\\]|\\.)*")/g)].at(-1)?.[1];
  const said = quoted === undefined
    ? log.trim()
    : unquoted(quoted).replace("error parsing config file: ", "");
  const pattern = /^"Could not compile regular expression" regexp=(".*")$/.exec(said)?.[1];
  if (pattern === undefined) return complaints(said)[0] ?? { message: said };
  const line = text.split("\n").findIndex((each) => each.includes(unquoted(pattern))) + 1;
  return { message: `Go does not take the regular expression ${pattern}`, line: line || undefined };
}

function unquoted(text: string): string {
  try {
    return JSON.parse(text);
  } catch {
    return text.slice(1, -1); // Go has escapes that JSON has not.
  }
}
