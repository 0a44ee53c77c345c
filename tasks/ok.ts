/** `deno task ok`: the one gate before a commit. */

import { join } from "node:path";
import pc from "picocolors";
import { formatElapsed } from "../lib/units.ts";
import { type Command, EXIT, main } from "./cli.ts";

const ROOT = join(import.meta.dirname!, "..");

/** One part of the gate: a name, the arguments for deno, and what mends it. */
interface Gate {
  readonly name: string;
  readonly args: readonly string[];
  readonly cure: string;
}

const GATES: readonly Gate[] = [
  { name: "format", args: ["fmt", "--check", "--quiet"], cure: "deno fmt" },
  { name: "lint", args: ["lint", "--quiet"], cure: "mend what it names" },
  { name: "types", args: ["check", "--quiet", "."], cure: "mend what it names" },
  {
    name: "examples in docstrings",
    args: ["check", "--quiet", "--doc-only", "lib"],
    cure: "mend what it names",
  },
];
const TESTS: Gate = { name: "tests", args: ["task", "--quiet", "test"], cure: "mend what it names" };

/** The command. */
export const ok: Command = {
  name: "ok",
  summary: "the one gate before a commit: format, lint, types, docs and tests",
  flags: { "no-tests": { type: "boolean", help: "all but the tests" } },
  examples: ["ok", "ok --no-tests"],
  async run({ flags, print, json }) {
    const results = [];
    for (const gate of flags["no-tests"] ? GATES : [...GATES, TESTS]) {
      const started = performance.now();
      const { code } = await new Deno.Command(Deno.execPath(), {
        args: [...gate.args],
        cwd: ROOT,
        stdout: json ? "null" : "inherit",
        stderr: "inherit",
      }).output();
      const passed = code === 0;
      const time = pc.dim(`(${formatElapsed(performance.now() - started)})`);
      print(
        passed
          ? `${pc.green("ok  ")} ${gate.name} ${time}`
          : `${pc.red("FAIL")} ${gate.name} ${time}: ${gate.cure}`,
      );
      results.push({ name: gate.name, passed });
    }
    const allPassed = results.every(({ passed }) => passed);
    return { code: allPassed ? EXIT.done : EXIT.wrong, json: { ok: allPassed, gates: results } };
  },
};

if (import.meta.main) await main(ok);
