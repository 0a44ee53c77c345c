/** What Caddy would refuse of its configuration. */

import { join } from "node:path";
import { type Check, type Problem, Skipped } from "../../lib/check.ts";
import { run } from "../../lib/process.ts";

const FILE = "entry/Caddyfile";
const CURE =
  "Change what config.ts says about tls and entry; if config.ts is right, this is a fault of Vigie: report it with this message";

/**
 * `entry/config`: Caddy takes the Caddyfile.
 *
 * Runs `caddy validate`, which reads it, makes everything that it names, and starts nothing. The certificate's own files are judged with
 * config.ts; they lie where the entry will see them only later.
 */
export const configCheck: Check = {
  id: "entry/config",
  title: "Caddy takes the entry's configuration",
  severity: "error",
  online: false,
  async run({ files, tool, signal }) {
    const text = files.get(FILE);
    if (text === undefined) throw new Skipped("`tls` is off: there is no entry");
    const caddy = await tool("caddy");
    const directory = await Deno.makeTempDir({ prefix: "vigie-caddy-" });
    try {
      const path = join(directory, "Caddyfile");
      await Deno.writeTextFile(path, withoutFiles(text));
      const { code, stderr } = await run(caddy, ["validate", "--config", path, "--adapter", "caddyfile"], {
        cwd: directory,
        env: { HOME: directory, XDG_CONFIG_HOME: directory, XDG_DATA_HOME: directory },
        signal,
      });
      return code === 0 ? [] : [problem(this.id, stderr)];
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
};

/** The same, but for the files that are not there yet. No line is added or lost. */
function withoutFiles(text: string): string {
  return text.replace(/^(\s*)tls "[^"]*" "[^"]*" \{$/gm, "$1tls internal {")
    .replace(/^\s*trusted_roots .*$/gm, "");
}

function problem(check: string, stderr: string): Problem {
  const said = stderr.trim().split("\n").findLast((line) => line.startsWith("Error: ")) ??
    stderr.trim().split("\n").at(-1) ?? "no output";
  const message = said.replace(/^Error: (?:adapting config using caddyfile: )?/, "");
  const line = /Caddyfile:(\d+)/.exec(message)?.[1];
  return {
    check,
    severity: "error",
    file: FILE,
    ...(line !== undefined && { line: Number(line) }),
    message: `Caddy refuses it: ${message.replace(/\S*\/Caddyfile/, "Caddyfile").slice(0, 500)}`,
    cure: CURE,
  };
}
