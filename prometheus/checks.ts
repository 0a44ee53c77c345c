/** What can be proved of the files of Prometheus and the blackbox exporter without running them. */

import { join } from "node:path";
import type { Check, CheckContext, Problem } from "../lib/check.ts";
import { type Complaint, complaints } from "../lib/checker_output.ts";
import { readIfThere } from "../lib/files.ts";
import { matchingFiles } from "../lib/glob.ts";
import { run } from "../lib/process.ts";
import { fromYaml } from "../lib/yaml.ts";
import { blackboxCheck } from "./blackbox_check.ts";

const CONFIG = "prometheus/prometheus.yml";
const GENERATE = "Write the files again: deno task generate";
const CHANGE =
  "Change what config.ts says about it; if config.ts is right, this is a fault of Vigie: report it with this message";
// The docker engine mounts these into the container: they cannot be looked at from here.
const IN_CONTAINER = "/etc/prometheus-file-sd/";

/**
 * `prometheus/config`: Prometheus takes prometheus.yml.
 *
 * Runs `promtool check config` with its lint. Finds what Prometheus would refuse at start or at a reload, and two things that
 * promtool itself ends with 0 on: a scrape interval so long that values go stale between two scrapes, and, as a warning, a file
 * of targets that is not there.
 */
const config: Check = {
  id: "prometheus/config",
  title: "Prometheus takes its configuration",
  online: false,
  async run(context) {
    const missing = await ifMissing(context);
    if (missing) return [{ check: this.id, ...missing }];
    const output = await promtool(context, [
      "check",
      "config",
      "--lint=too-long-scrape-interval",
      "prometheus.yml",
    ]);
    const refused = output.complaints
      // What it says of rule files is for prometheus/rules.
      .filter(({ file, message }) =>
        (file === "" || CONFIG.endsWith(`/${file}`)) && !message.startsWith("WARNING")
      )
      .map(({ line, column, message }): Problem => ({
        check: this.id,
        severity: "error",
        file: CONFIG,
        line,
        column,
        message,
        cure: CHANGE,
      }));
    return [...refused, ...missingTargets(this.id, output.stdout)];
  },
};

/**
 * `prometheus/rules`: Prometheus takes every rule file.
 *
 * Runs `promtool check rules --lint=all`. Finds expressions and templates that cannot be parsed and unknown fields, each with its
 * place, and two things that promtool itself ends with 0 on: rules that are there twice, and a file without any rule.
 */
const rules: Check = {
  id: "prometheus/rules",
  title: "Prometheus takes its rules",
  online: false,
  async run(context) {
    const files = await matchingFiles(join(context.buildDir, "prometheus"), "rules/*.yml");
    if (files.length === 0) return []; // prometheus/rule-files says so.
    // Each by itself: what promtool says of several files at once does not always name the file.
    const found = await Promise.all(files.map(async (path) => {
      const file = path.slice(context.buildDir.length + 1);
      const output = await promtool(context, [
        "check",
        "rules",
        "--lint=all",
        file.slice("prometheus/".length),
      ]);
      const text = await Deno.readTextFile(path);
      const isEmpty = /SUCCESS: 0 rules found/.test(output.stdout);
      const said: readonly Complaint[] = isEmpty
        ? [{ file: "", message: "It holds no rule" }]
        : output.complaints;
      return said.map(({ line, column, message }): Problem => ({
        check: this.id,
        severity: "error",
        file,
        line: line ?? lineOfRule(text, message),
        column,
        message,
        cure: CHANGE,
      }));
    }));
    return found.flat();
  },
};

/**
 * `prometheus/rule-files`: every entry of `rule_files` names a file that is there.
 *
 * Prometheus and promtool take a pattern that matches nothing without a word, and then there are no alerts.
 */
const ruleFiles: Check = {
  id: "prometheus/rule-files",
  title: "Every rule file that Prometheus is told of is there",
  online: false,
  async run(context) {
    const missing = await ifMissing(context);
    if (missing) return [{ check: this.id, ...missing }];
    const text = await Deno.readTextFile(join(context.buildDir, CONFIG));
    let parsed: { rule_files?: string[] } | null;
    try {
      parsed = fromYaml(text) as typeof parsed;
    } catch {
      return []; // prometheus/config says what is wrong with it.
    }
    const patterns = parsed?.rule_files ?? [];
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

/** The checks of this domain. */
export const prometheusChecks: readonly Check[] = [config, rules, ruleFiles, blackboxCheck];

async function ifMissing({ buildDir }: CheckContext): Promise<Omit<Problem, "check"> | undefined> {
  if (await readIfThere(join(buildDir, CONFIG)) !== undefined) return undefined;
  return { severity: "error", file: CONFIG, message: "There is no such file", cure: GENERATE };
}

/** Runs promtool in Prometheus's own directory, where paths are the short ones of the configuration. */
async function promtool(
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

function missingTargets(check: string, stdout: string): Problem[] {
  return [...stdout.matchAll(/^\s*WARNING: file "(.*)" for file_sd in scrape job "(.*)" does not exist$/gm)]
    .filter(([, path]) => !path!.startsWith(IN_CONTAINER))
    .map(([, path, job]) => ({
      check,
      severity: "warning",
      file: CONFIG,
      message: `Job "${job}" takes its targets from "${path}", which is not there`,
      cure: "Create the file, or correct its path under `jobs` in config.ts",
    }));
}

/** The line of the rule that promtool counts, as in `rule 2, "HostDown"`: it gives no line for what is wrong in a template. */
function lineOfRule(text: string, message: string): number | undefined {
  const number = Number(/\brule (\d+), /.exec(message)?.[1]);
  const starts = text.split("\n").flatMap((line, i) => /^\s*- (?:alert|record):/.test(line) ? [i + 1] : []);
  return starts[number - 1];
}

function lineOf(text: string, part: string): number | undefined {
  const index = text.split("\n").findIndex((line) => line.includes(part));
  return index === -1 ? undefined : index + 1;
}
