/** `deno task doctor`: finds out why the stack does not work. */

import { type Command, EXIT, main } from "./cli.ts";
import { createScene, DIAGNOSES, examine } from "./doctor/mod.ts";
import { formatReport } from "./doctor/format.ts";
import { ENGINE_FLAG } from "./session.ts";

/** The command. */
export const doctor: Command = {
  name: "doctor",
  summary: "find out why the stack does not work: cause, evidence, cure; exit code 1 when something is found",
  flags: ENGINE_FLAG,
  examples: ["doctor", "doctor --json"],
  async run(invocation) {
    const { progress, print } = invocation;
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

if (import.meta.main) await main(doctor);
