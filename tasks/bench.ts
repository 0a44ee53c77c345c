/** `deno task bench`: figures, and what they are measured against. */

import pc from "picocolors";
import { availabilityBench } from "../tests/bench/availability.ts";
import { type Bench, type Options, type Row, Skip } from "../tests/bench/bench.ts";
import { checkBench } from "../tests/bench/check.ts";
import { generateBench } from "../tests/bench/generate.ts";
import { pageBench } from "../tests/bench/page.ts";
import { stackBenches } from "../tests/bench/stack.ts";
import { webhookBench } from "../tests/bench/webhook.ts";
import { nearest } from "../lib/nearest.ts";
import { type Command, EXIT, main, UsageError } from "./cli.ts";
import { formatTable } from "./report.ts";

const BENCHES: readonly Bench[] = [
  generateBench,
  checkBench,
  webhookBench,
  pageBench,
  ...stackBenches,
  availabilityBench,
];

/** The command. */
export const bench: Command = {
  name: "bench",
  summary:
    "how fast and how large it is, beside what was aimed for; a miss on a busy machine is a hint, not a failure",
  usage: "[NAME...]",
  maxArgs: BENCHES.length,
  flags: {
    minutes: { type: "string", value: "N", help: "how long availability is measured; 60 by default" },
    every: { type: "string", value: "SECONDS", help: "time between two of its troubles; 60 by default" },
    engine: { type: "string", value: "NAME", help: "its engine, `local` or `docker`; local by default" },
  },
  examples: ["bench", "bench generate", "bench availability --minutes 10 --every 30 --engine docker"],
  async run({ flags, args, progress, print, signal }) {
    const options = optionsOf(flags);
    const chosen = args.length === 0 ? BENCHES.filter(({ isLong }) => !isLong) : args.map(benchOf);
    const results: { bench: string; rows: Row[]; skipped?: string }[] = [];
    for (const one of chosen) {
      const rows: Row[] = [];
      let skipped: string | undefined;
      try {
        for await (const row of one.run((what) => progress.step(`${one.name}: ${what}`), signal, options)) {
          rows.push(row);
        }
      } catch (error) {
        if (!(error instanceof Skip)) throw error;
        skipped = error.message;
      }
      results.push({ bench: one.name, rows, skipped });
      print(`${pc.bold(one.summary)}\n`);
      if (rows.length > 0) {
        print(
          formatTable(rows.map(({ what, figure, aim, reached }) => [mark(reached), what, figure, aim]), "  "),
        );
      }
      print(skipped === undefined ? "" : `  skipped: ${skipped}\n`);
    }
    return { code: EXIT.done, json: results };
  },
};

function optionsOf(flags: Readonly<Record<string, unknown>>): Options {
  const { engine } = flags;
  if (engine !== undefined && engine !== "local" && engine !== "docker") {
    throw new UsageError(`Cannot use --engine "${engine}": expected "local" or "docker"`);
  }
  return { minutes: numberOf(flags, "minutes", 60), everySeconds: numberOf(flags, "every", 60), engine };
}

function numberOf(flags: Readonly<Record<string, unknown>>, name: string, byDefault: number): number {
  const value = flags[name];
  if (value === undefined) return byDefault;
  const number = Number(value);
  if (Number.isFinite(number) && number > 0) return number;
  throw new UsageError(`Cannot use --${name} "${value}": expected a number above zero`);
}

function mark(reached: boolean | undefined): string {
  if (reached === undefined) return " ";
  return reached ? pc.green("✓") : pc.yellow("!");
}

function benchOf(name: string): Bench {
  const found = BENCHES.find((candidate) => candidate.name === name);
  if (found) return found;
  const names = BENCHES.map((candidate) => candidate.name);
  const near = nearest(name, names);
  throw new UsageError(
    `Cannot run the benchmark "${name}": there is none of that name; ${
      near ? `did you mean "${near}"?` : `expected one of ${names.join(", ")}`
    }`,
  );
}

if (import.meta.main) await main(bench);
