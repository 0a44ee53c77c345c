/** What config.ts says about checks. */

import * as z from "zod";
import { CHECK_IDS } from "./ids.ts";

const REASON = "expected the reason, for whoever reads it later";

const ignored = z.strictObject({
  /** The check's id, as `deno task check --list` names it. */
  check: z.enum(CHECK_IDS, "expected the id of a check, as `deno task check --list` names it")
    .describe("The check's id, as `deno task check --list` names it."),
  /** What it is about, such as the name of the alert; everything that the check says when left out. */
  subject: z.string().min(1).optional()
    .describe(
      "What it is about, such as the name of the alert; everything that the check says when left out.",
    ),
  /** Why it may be: who reads this later must be able to judge it. */
  reason: z.string({ error: REASON }).trim().min(1, REASON)
    .describe("Why it may be: who reads this later must be able to judge it."),
  /** The last day on which it holds, `2027-01-01`: after it the problem is told again. */
  until: z.iso.date({ error: 'expected a date such as "2027-01-01", the last day on which it holds' })
    .describe("The last day on which it holds, `2027-01-01`: after it the problem is told again."),
});

/** The key `checks` of config.ts. */
export const checksShape = {
  /** Problems that `deno task check` need not tell, each for a reason and a time. */
  ignore: z.array(ignored).default([]).describe(
    "Problems that `deno task check` need not tell, each for a reason and a time.",
  ),
};

/** A problem that need not be told. */
export type Ignored = z.output<typeof ignored>;
