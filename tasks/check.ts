/** `deno task check`: everything that can be proved without running. */

import { type Command, EXIT, main } from "./cli.ts";
import { checkOffline } from "./offline.ts";
import { countFindings } from "./report.ts";
import { ENGINE_FLAG, openToChange } from "./session.ts";
import { formatVerdict, hasErrors } from "./verify.ts";

/** The command. */
export const check: Command = {
  name: "check",
  summary: "prove what can be proved without running: configuration, rules, routes, dashboards, Compose",
  flags: ENGINE_FLAG,
  examples: ["check", "check --json"],
  async run(invocation) {
    using session = await openToChange(invocation);
    const { verdicts, directory } = await checkOffline(session, invocation);
    for (const verdict of verdicts) invocation.print(await formatVerdict(verdict, directory));
    const failed = hasErrors(verdicts);
    const problems = verdicts.flatMap((verdict) => verdict.problems);
    const skipped = verdicts.filter((verdict) => verdict.skipped !== undefined).length;
    invocation.print(
      `${verdicts.length - skipped} checks, ${countFindings(problems) || "nothing wrong"}${
        skipped ? `, ${skipped} skipped` : ""
      }`,
    );
    return { code: failed ? EXIT.wrong : EXIT.done, json: { ok: !failed, checks: verdicts } };
  },
};

if (import.meta.main) await main(check);
