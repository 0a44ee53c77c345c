/** `alertmanager/config`: Alertmanager takes alertmanager.yml and its templates. */

import { join } from "node:path";
import type { Check, Problem } from "../../../lib/check.ts";
import { complaints } from "../../../lib/checker_output.ts";
import { readIfThere } from "../../../lib/files.ts";
import { matchingFiles } from "../../../lib/glob.ts";
import { run } from "../../../lib/process.ts";
import { CONFIG, parseConfigFile } from "../config_file.ts";

const GENERATE = "Write the files again: deno task generate";
const CHANGE =
  "Change what config.ts says under `notify`; if config.ts is right, this is a fault of Vigie: report it with this message";

/**
 * Runs `amtool check-config`. Finds what Alertmanager would refuse at start or at a reload, and a pattern of templates that
 * matches nothing, on which amtool itself ends with 0: messages would then be empty.
 */
export const configCheck: Check = {
  id: "alertmanager/config",
  title: "Alertmanager takes its configuration",
  severity: "error",
  online: false,
  async run(context) {
    const text = await readIfThere(join(context.buildDir, CONFIG));
    if (text === undefined) return [missingFile(this.id)];
    const { tool, signal, buildDir } = context;
    const cwd = join(buildDir, "alertmanager");
    const { code, stdout, stderr } = await run(await tool("amtool"), ["check-config", "alertmanager.yml"], {
      cwd,
      signal,
    });
    // Exit code 0 with words about the new matcher syntax is no refusal.
    const found = code === 0 ? [] : complaints(`${stdout}\n${stderr}`);
    if (code !== 0 && found.length === 0) {
      found.push({
        file: "",
        message: `amtool ends with ${code}: ${`${stdout}\n${stderr}`.trim() || "no output"}`,
      });
    }
    return [
      ...found.map(({ line, message }): Problem => ({
        check: this.id,
        severity: "error",
        file: CONFIG,
        line,
        message,
        cure: CHANGE,
      })),
      ...await missingTemplates(this.id, text, cwd),
    ];
  },
};

function missingFile(check: string): Problem {
  return { check, severity: "error", file: CONFIG, message: "There is no such file", cure: GENERATE };
}

async function missingTemplates(check: string, text: string, directory: string): Promise<Problem[]> {
  const patterns = parseConfigFile(text)?.templates ?? [];
  const found = await Promise.all(patterns.map((pattern) => matchingFiles(directory, pattern)));
  return patterns.filter((_, i) => found[i]!.length === 0).map((pattern) => ({
    check,
    severity: "error",
    file: CONFIG,
    line: lineOf(text, pattern),
    message: `No file matches "${pattern}": messages would be empty`,
    cure: GENERATE,
  }));
}

/** The line that holds `entry`, with or without the dash of a list. */
function lineOf(text: string, entry: string): number | undefined {
  const index = text.split("\n").findIndex((line) => line.trim().replace(/^- /, "") === entry);
  return index === -1 ? undefined : index + 1;
}
