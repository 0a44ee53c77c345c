/** What the failures of an SMTP conversation mean. */

import { oneLine } from "../one_line.ts";
import type { Outcome } from "./channel.ts";
import type { SmtpServer } from "./smtp.ts";

/** What Nodemailer throws. */
export interface SmtpError extends Error {
  readonly code?: string;
  /** The system's own code. */
  readonly originalCode?: string;
  readonly command?: string;
  /** What was answered for each recipient, when all of them were refused. */
  readonly rejectedErrors?: readonly Refusal[];
  /** The server's answer, when there was one, and its code. */
  readonly response?: string;
  readonly responseCode?: number;
}

/** What the server answered for one recipient who did not get the mail. */
export interface Refusal extends SmtpError {
  readonly recipient: string;
}

const MAX_SAYING = 200;

/**
 * What a failure means. An answer 4yz passes; 5yz to the credentials, the sender or the recipient does not without a change of the
 * configuration; 5yz to the message itself is about this message. Without an answer nothing is known, and it is tried again.
 *
 * Source: RFC 5321, 4.2.1; RFC 3207, 4; RFC 4954, 6.
 */
export function judgeSmtp(error: SmtpError, { tls, host, port }: SmtpServer): Outcome {
  const { code, command = "", message, response, responseCode = 0 } = error;
  const said = oneLine(response ?? message, MAX_SAYING);
  const permanent = responseCode >= 500;
  if (tls === "STARTTLS" && permanent && (command === "STARTTLS" || command === "EHLO")) {
    return { result: "gone", reason: `The server offers no TLS, and nothing is sent in plain: ${said}` };
  }
  if (code === "EAUTH" && (permanent || response === undefined)) {
    return { result: "gone", reason: `The server refuses the login: ${said}` };
  }
  if (command === "DATA" && permanent) {
    return { result: "refused", reason: `The server refuses the mail: ${said}` };
  }
  // 503 means that the conversation went wrong, not that the server refuses anything.
  if (permanent && responseCode !== 503) {
    const what = command === "MAIL FROM" ? "the sender" : "to be spoken to";
    return { result: "gone", reason: `The server refuses ${what}: ${said}` };
  }
  const about = response === undefined
    ? `${host}:${port}: ${whyNot(error, said)}`
    : `The server answered: ${said}`;
  return { result: "retry", reason: about };
}

/**
 * What it means that not all recipients got a mail. While one of them may get it later it is tried again, for those alone; otherwise it is
 * dead, so that it is not forgotten that somebody has not got it.
 *
 * @param got How many have got it.
 */
export function judgeRefusals(refusals: readonly Refusal[], got: number): Outcome {
  const later = refusals.filter(({ responseCode = 0 }) => responseCode < 500);
  const told = (later.length > 0 ? later : refusals)
    .map(({ recipient, response, message }) => `${recipient}: ${oneLine(response ?? message, MAX_SAYING)}`)
    .join("; ");
  const rest = got === 0 ? "" : `; ${got} of ${got + refusals.length} recipients have got it`;
  if (later.length > 0) {
    return { result: "retry", reason: `The server answered for ${told}${rest}`, others: "welcome" };
  }
  return { result: "gone", reason: `The server refuses ${told}${rest}` };
}

function whyNot({ code, originalCode = code ?? "" }: SmtpError, said: string): string {
  // Deno 2.6 says no more than "write UNKNOWN" of a certificate that it does not trust.
  if (code === "ETLS" || /CERT|TLS|SSL|SIGN|VERIFY|UNKNOWN/i.test(`${originalCode} ${said}`)) {
    return `TLS cannot be set up, or its certificate is not trusted: ${said}`;
  }
  return said;
}
