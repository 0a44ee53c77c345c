/** What can be proved of Alertmanager's files without running it. */

import { join } from "node:path";
import type { Check, CheckContext, Problem } from "../../lib/check.ts";
import { complaints } from "../../lib/checker_output.ts";
import { readIfThere } from "../../lib/files.ts";
import { matchingFiles } from "../../lib/glob.ts";
import { run } from "../../lib/process.ts";
import { fromYaml } from "../../lib/yaml.ts";
import { WATCHDOG_RECEIVER } from "./routes.ts";

const CONFIG = "alertmanager/alertmanager.yml";
const GENERATE = "Write the files again: deno task generate";
const CHANGE =
  "Change what config.ts says under `notify`; if config.ts is right, this is a fault of Vigie: report it with this message";

interface RouteEntry {
  readonly receiver?: string;
  readonly routes?: readonly RouteEntry[];
}

interface ConfigFile {
  readonly route?: RouteEntry;
  readonly receivers?: readonly ({ name: string } & Readonly<Record<string, unknown>>)[];
  readonly templates?: readonly string[];
}

/**
 * `alertmanager/config`: Alertmanager takes alertmanager.yml and its templates.
 *
 * Runs `amtool check-config`. Finds what Alertmanager would refuse at start or at a reload, and a pattern of templates that
 * matches nothing, on which amtool itself ends with 0: messages would then be empty.
 */
const config: Check = {
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

/**
 * `alertmanager/receivers`: every receiver exists, leads somewhere and is used.
 *
 * An error for a route to a receiver that is not defined and for a receiver without any destination, to which alerts would go
 * and vanish (amtool says nothing about it); a warning for a receiver that no route leads to. The receiver of Watchdog has no
 * destination when nobody waits for it.
 */
const receivers: Check = {
  id: "alertmanager/receivers",
  title: "Every receiver exists, leads somewhere and is used",
  severity: "error",
  online: false,
  async run(context: CheckContext) {
    const text = await readIfThere(join(context.buildDir, CONFIG));
    if (text === undefined) return [missingFile(this.id)];
    const parsed = parse(text);
    if (parsed === undefined) return []; // alertmanager/config says what is wrong with it.
    const entries = parsed.receivers ?? [];
    const defined = new Set(entries.map(({ name }) => name));
    const used = new Set(receiversOf(parsed.route ?? {}));
    const problem = (
      severity: Problem["severity"],
      entry: string,
      message: string,
      cure: string,
    ): Problem => ({
      check: this.id,
      severity,
      file: CONFIG,
      line: lineOf(text, entry),
      message,
      cure,
    });
    return [
      ...[...used].filter((name) => !defined.has(name)).map((name) =>
        problem(
          "error",
          `receiver: ${name}`,
          `A route leads to the receiver "${name}", which is not defined`,
          `Define "${name}" under \`notify.receivers\` in config.ts, or correct the route`,
        )
      ),
      ...entries.filter((entry) => entry.name !== WATCHDOG_RECEIVER && !leadsSomewhere(entry)).map((
        { name },
      ) =>
        problem(
          "error",
          `name: ${name}`,
          `The receiver "${name}" has no destination: its alerts would reach nobody`,
          `Give "${name}" a destination under \`notify.receivers\` in config.ts`,
        )
      ),
      ...entries.filter(({ name }) => !used.has(name)).map(({ name }) =>
        problem(
          "warning",
          `name: ${name}`,
          `No route leads to the receiver "${name}"`,
          `Add a route to "${name}" under \`notify.routes\` in config.ts, or remove the receiver`,
        )
      ),
    ];
  },
};

/** The checks of this domain. */
export const alertmanagerChecks: readonly Check[] = [config, receivers];

function missingFile(check: string): Problem {
  return { check, severity: "error", file: CONFIG, message: "There is no such file", cure: GENERATE };
}

async function missingTemplates(check: string, text: string, directory: string): Promise<Problem[]> {
  const patterns = parse(text)?.templates ?? [];
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

function parse(text: string): ConfigFile | undefined {
  try {
    const value = fromYaml(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined; // amtool says it, with the line.
  }
}

function receiversOf({ receiver, routes = [] }: RouteEntry): string[] {
  return [...(receiver === undefined ? [] : [receiver]), ...routes.flatMap(receiversOf)];
}

function leadsSomewhere(entry: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(entry).some(([key, value]) =>
    key.endsWith("_configs") && Array.isArray(value) && value.length > 0
  );
}

/** The line that holds `entry`, with or without the dash of a list. */
function lineOf(text: string, entry: string): number | undefined {
  const index = text.split("\n").findIndex((line) => line.trim().replace(/^- /, "") === entry);
  return index === -1 ? undefined : index + 1;
}
