/** `deno task test`: the unit tests, then the ones that start the real programs, and what came of all of them. */

import { join } from "node:path";
import pc from "picocolors";
import { type Command, EXIT, Failure, main } from "./cli.ts";

/** What a suite of tests came to. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const ROOT = join(import.meta.dirname!, "..");
// Everything a test may do; tests start the real programs and talk to them on this machine only.
const PERMISSIONS = [
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-run",
  "--allow-net",
  "--allow-sys",
];
// On by default before Deno 2.8, which does not know the flags nor the setting in deno.json.
const SANITIZERS = isBefore(Deno.version.deno, 2, 8) ? [] : ["--sanitize-ops", "--sanitize-resources"];
const UNIT = [
  "lib",
  "backup",
  "entry",
  "compose",
  "prometheus",
  "grafana",
  "webhook",
  "tasks",
  "tests/*_test.ts",
  "tests/bench",
  "tests/configs",
  "tests/mutants",
];
const END_TO_END = ["tests/e2e", "tests/crash"];

/** The command. */
export const test: Command = {
  name: "test",
  summary:
    "the unit tests, then the ones that start the real programs; a Docker engine is used when one answers",
  usage: "[FILE...]",
  maxArgs: 100,
  flags: {
    unit: { type: "boolean", help: "only the unit tests" },
    e2e: { type: "boolean", help: "only the tests that start the real programs" },
    filter: { type: "string", value: "TEXT", help: "only tests with TEXT, or /REGEXP/, in their names" },
  },
  examples: ["test", "test --unit", "test lib/files_test.ts", "test --filter docker"],
  async run({ flags, args, json, print }) {
    const filter = typeof flags.filter === "string" ? [`--filter=${flags.filter}`] : [];
    const suites = args.length > 0
      ? [args]
      : [...(flags.e2e ? [] : [UNIT]), ...(flags.unit ? [] : [END_TO_END])];
    const counts: Counts[] = [];
    for (const suite of suites) counts.push(await runSuite([...filter, ...suite], json));
    const sum = (key: keyof Counts) => counts.reduce((all, one) => all + one[key], 0);
    const total = { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") };
    if (total.passed + total.failed + total.skipped === 0) {
      throw new Failure("No test was run: nothing has that name", EXIT.usage);
    }
    print(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
    return { code: total.failed === 0 ? EXIT.done : EXIT.wrong, json: total };
  },
};

/** Runs `deno test` with `args`. @param quiet Leaves standard output to the one JSON document. */
async function runSuite(args: readonly string[], quiet: boolean): Promise<Counts> {
  const report = await Deno.makeTempFile({ suffix: ".xml" });
  try {
    const { code } = await new Deno.Command(Deno.execPath(), {
      args: [
        "test",
        "--quiet",
        ...PERMISSIONS,
        ...SANITIZERS,
        "--permit-no-files",
        `--junit-path=${report}`,
        ...args,
      ],
      cwd: ROOT,
      stdout: quiet ? "null" : "inherit",
      stderr: "inherit",
    }).output();
    const counts = countsOf(await Deno.readTextFile(report));
    // A test file that does not load is a failure without a test case.
    return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
  } finally {
    await Deno.remove(report);
  }
}

function isBefore(version: string, major: number, minor: number): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split(".").map(Number);
  return ownMajor < major || (ownMajor === major && ownMinor < minor);
}

/** The totals of a JUnit report. */
export function countsOf(xml: string): Counts {
  const count = (pattern: RegExp) => [...xml.matchAll(pattern)].length;
  // Not by the attributes of the suites, which count the tests that a filter left out as skipped.
  const all = count(/<testcase\s/g);
  const failed = count(/<(?:failure|error)[\s>]/g);
  const skipped = count(/<skipped\b/g);
  return { passed: all - failed - skipped, failed, skipped };
}

if (import.meta.main) {
  if (Deno.stdout.isTerminal()) {
    console.error(pc.dim("The real programs are fetched on first use; see docs/engines.md"));
  }
  await main(test);
}
