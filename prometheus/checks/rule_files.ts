/** What Prometheus would miss of its rules without a word. */

import { join } from "node:path";
import type { Check, Problem } from "../../lib/check.ts";
import { matchingFiles } from "../../lib/glob.ts";
import { fromYaml } from "../../lib/yaml.ts";
import { CONFIG, GENERATE, ifMissing } from "./promtool.ts";

/**
 * `prometheus/rule-files`: every entry of `rule_files` names a file that is there.
 *
 * Prometheus and promtool take a pattern that matches nothing without a word, and then there are no alerts.
 */
export const ruleFilesCheck: Check = {
  id: "prometheus/rule-files",
  title: "Every rule file that Prometheus is told of is there",
  severity: "error",
  online: false,
  async run(context) {
    const missing = await ifMissing(context);
    if (missing) return [{ check: this.id, ...missing }];
    const text = await Deno.readTextFile(join(context.buildDir, CONFIG));
    let parsed: { rule_files?: unknown } | null;
    try {
      parsed = fromYaml(text) as typeof parsed;
    } catch {
      return []; // prometheus/config says what is wrong with it.
    }
    const given = parsed?.rule_files ?? [];
    // What is no list of text, prometheus/config names.
    if (!Array.isArray(given) || given.some((pattern) => typeof pattern !== "string")) return [];
    const patterns: readonly string[] = given;
    if (patterns.length === 0) {
      return [{
        check: this.id,
        severity: "error",
        file: CONFIG,
        message: "It names no rule file: there would be no alert",
        cure: GENERATE,
      }];
    }
    const found = await Promise.all(
      patterns.map((pattern) => matchingFiles(join(context.buildDir, "prometheus"), pattern)),
    );
    return patterns.filter((_, i) => found[i]!.length === 0).map((pattern): Problem => ({
      check: this.id,
      severity: "error",
      file: CONFIG,
      line: lineOf(text, pattern),
      message: `No file matches "${pattern}": its alerts would be missing`,
      cure: GENERATE,
    }));
  },
};

function lineOf(text: string, part: string): number | undefined {
  const index = text.split("\n").findIndex((line) => line.includes(part));
  return index === -1 ? undefined : index + 1;
}
