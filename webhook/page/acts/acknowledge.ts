/** The forms by which an alert is acknowledged, and that is taken back. */

import { auditTo } from "../audit.ts";
import type { AlertsContext } from "../alerts/context.ts";
import type { PageContext } from "../view.ts";
import { AcknowledgementsFailure } from "./acknowledgements.ts";
import { WORDS } from "./words.ts";

/** Characters of a note. */
export const MAX_NOTE = 500;

/** Why it was not done, with the status that says so. */
export interface Refusal {
  readonly text: string;
  readonly status: 409 | 422 | 502 | 503;
}

/** What the form asks for. */
export type Wanted = "acknowledge" | "withdraw-acknowledgement";

/** Does what the form asks for. @returns why not, otherwise. */
export async function acknowledge(
  c: PageContext,
  { options, held, acknowledgements }: AlertsContext,
  fingerprint: string,
  act: Wanted,
): Promise<Refusal | undefined> {
  const { form, visitor } = c.var;
  const words = WORDS[visitor.language];
  const audit = auditTo(options);
  const note = (form.get("note") ?? "").trim();
  const startsMs = Number(form.get("starts"));
  const refused = (text: string, status: Refusal["status"]): Refusal => {
    audit.refused(visitor, { act, what: fingerprint }, text);
    return { text, status };
  };

  if ([...note].length > MAX_NOTE) return refused(words.tooLong, 422);
  const firing = await held();
  if (typeof firing === "string") return refused(firing, 502);
  const alert = firing.find((one) => one.fingerprint === fingerprint);
  if (!alert) return refused(words.over, 409);
  if (alert.startsAt !== startsMs) return refused(words.anew, 409);
  try {
    const atMs = options.now();
    if (act === "withdraw-acknowledgement") acknowledgements.withdraw(fingerprint, startsMs, atMs);
    else acknowledgements.add({ fingerprint, startsMs, by: visitor.user ?? "", note, atMs });
  } catch (error) {
    if (!(error instanceof AcknowledgementsFailure)) throw error;
    options.log.error("An acknowledgement cannot be kept", { problem: error.message });
    return refused(error.message, 503);
  }
  audit.done(visitor, { act, what: fingerprint, ...note !== "" && { note: options.redact(note) } });
  return undefined;
}
