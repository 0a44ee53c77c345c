/** What Prometheus would refuse of its configuration. */

import { join } from "node:path";
import type { Check, CheckContext, Problem } from "../../lib/check.ts";
import { readIfThere } from "../../lib/files.ts";
import { CHANGE, CONFIG, ifMissing, promtool } from "./promtool.ts";

// The docker engine mounts these into the container: they cannot be looked at from here.
const IN_CONTAINER = "/etc/prometheus-file-sd/";

/**
 * `prometheus/config`: Prometheus takes prometheus.yml.
 *
 * Runs `promtool check config` with its lint. Finds what Prometheus would refuse at start or at a reload, and two things that
 * promtool itself ends with 0 on: a scrape interval so long that values go stale between two scrapes, and, as a warning, a file
 * of targets that is not there.
 */
export const configCheck: Check = {
  id: "prometheus/config",
  title: "Prometheus takes its configuration",
  severity: "error",
  online: false,
  async run(context) {
    const missing = await ifMissing(context);
    if (missing) return [{ check: this.id, ...missing }];
    const output = await checked(context);
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

async function checked(context: CheckContext) {
  const args = ["check", "config", "--lint=too-long-scrape-interval", "prometheus.yml"];
  const text = await readIfThere(join(context.buildDir, CONFIG)) ?? "";
  const without = withoutSecretFiles(text);
  if (without === text) return await promtool(context, args);
  const buildDir = await Deno.makeTempDir({ prefix: "vigie-promtool-" });
  try {
    await Deno.mkdir(join(buildDir, "prometheus"));
    await Deno.writeTextFile(join(buildDir, CONFIG), without);
    return await promtool({ ...context, buildDir }, args);
  } finally {
    await Deno.remove(buildDir, { recursive: true });
  }
}

/** The same, but for client certificates and tokens: `up` puts them where Prometheus sees them, and promtool wants them here and now. No line is lost. */
function withoutSecretFiles(text: string): string {
  return text.replace(/^[ \t]*(?:cert|key|credentials)_file: .*$/gm, "");
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
