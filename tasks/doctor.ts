/** `deno task doctor`: finds out why the stack does not work, and with `--security` what it gives away. */

import { Skipped } from "../lib/check.ts";
import { type Command, type Ending, EXIT, Failure, type Invocation, main } from "./cli.ts";
import { createScene, DIAGNOSES, examine } from "./doctor/mod.ts";
import { formatReport } from "./doctor/format.ts";
import { examineSecurity, formatSecurity } from "./security/mod.ts";
import { ENGINE_FLAG } from "./session.ts";

/** The command. */
export const doctor: Command = {
  name: "doctor",
  summary: "find out why the stack does not work: cause, evidence, cure; exit code 1 when something is found",
  flags: {
    ...ENGINE_FLAG,
    security: { type: "boolean", help: "look at what the running stack gives away, instead" },
    verbose: { type: "boolean", help: "with --security: also what is meant to be as it is, with the reason" },
  },
  examples: ["doctor", "doctor --json", "doctor --security --verbose"],
  async run(invocation) {
    const { progress, print } = invocation;
    if (invocation.flags.security === true) return await security(invocation);
    const report = await examine(
      DIAGNOSES,
      createScene(invocation),
      (fraction) => progress.step("examine the stack", fraction),
    );
    print(formatReport(report));
    const serious = report.findings.filter(({ weight }) => weight !== "note");
    const code = serious.some(({ id }) => id === "doctor/config-invalid")
      ? EXIT.usage
      : serious.length > 0
      ? EXIT.wrong
      : EXIT.done;
    return { code, json: { ok: serious.length === 0, ...report } };
  },
};

async function security(invocation: Invocation): Promise<Ending> {
  const { progress, print, flags } = invocation;
  progress.step("look at the running stack");
  try {
    const report = await examineSecurity(createScene(invocation));
    print(formatSecurity(report, flags.verbose === true));
    const ok = report.findings.length === 0;
    return { code: ok ? EXIT.done : EXIT.wrong, json: { ok, ...report } };
  } catch (error) {
    if (!(error instanceof Skipped)) throw error;
    throw new Failure(
      `Cannot look at the stack's security: ${error.message}`,
      EXIT.wrong,
      "`deno task doctor` finds out why",
    );
  }
}

if (import.meta.main) await main(doctor);
