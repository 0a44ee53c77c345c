/** `compose/config`: Docker Compose takes compose.yaml. */

import { type Check, Skipped } from "../../lib/check.ts";
import { join } from "node:path";
import { run } from "../../lib/process.ts";

const FILE = "compose.yaml";
const ID = "compose/config";
const CONFIG_MS = 30_000;

/** `docker compose config` reads the generated file; no engine is needed for it. */
export const configCheck: Check = {
  id: ID,
  title: "Docker Compose accepts compose.yaml",
  severity: "error",
  online: false,
  async run({ files, buildDir, tool, signal }) {
    if (!files.has(FILE)) throw new Skipped(`nothing is generated as ${FILE}`);
    const docker = await tool("docker");
    const { code, stderr } = await run(docker, [
      "compose",
      "--ansi",
      "never",
      "--file",
      join(buildDir, FILE),
      "config",
      "--quiet",
    ], { timeoutMs: CONFIG_MS, signal });
    signal.throwIfAborted();
    if (code === 124) {
      throw new Skipped(`\`docker compose config\` did not end within ${CONFIG_MS / 1_000} s`);
    }
    const lines = stderr.split("\n").map((line) => line.trim()).filter(Boolean);
    if (code === 0) return lines.map((line) => problem("warning", line));
    return [problem("error", lines.join(" ") || `it ended with exit code ${code}`)];
  },
};

function problem(severity: "error" | "warning", detail: string) {
  // "yaml: line 12: …" from the parser; other refusals name the key and not the line.
  const line = /\byaml: line (\d+):/.exec(detail)?.[1];
  return {
    check: ID,
    severity,
    file: FILE,
    ...(line && { line: Number(line) }),
    message: `Docker Compose ${severity === "error" ? "refuses" : "warns about"} the file: ${detail}`,
    cure: "mend what it names in config.ts; a newer Docker Compose may be needed (2.23 or later)",
  };
}
