/** One mail to one recipient by SMTP, and what came of it. */

import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { oneLine } from "../one_line.ts";
import type { Outcome } from "./channel.ts";

/** A mail for one recipient. */
export interface Mail {
  /** Who gets this copy. */
  readonly recipient: string;
  readonly from: string;
  /** All recipients, as the header names them. */
  readonly to: string;
  readonly subject: string;
  /** In angle brackets. */
  readonly messageId: string;
  /** The mail that this one answers to, in angle brackets. */
  readonly thread: string;
  /** Milliseconds since 1970. */
  readonly sentMs: number;
  readonly text: string;
  readonly html?: string;
}

/** A server, and how to speak to it. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  readonly tls: "STARTTLS" | "from the start" | "none";
  /** How this machine calls itself in EHLO. */
  readonly greeting: string;
  readonly user?: { readonly name: string; readonly password: string };
  /** PEM. */
  readonly ca?: string;
}

/** How long to wait for each step; the whole is ended by the signal. */
const STEP_MS = 15_000;

/**
 * Sends `mail`. Without the TLS that `server` asks for nothing is sent.
 *
 * @param signal Ends the attempt.
 * @param stepMs For the connection, the greeting, and each answer.
 */
export async function sendMail(
  mail: Mail,
  server: SmtpServer,
  signal: AbortSignal,
  stepMs = STEP_MS,
): Promise<Outcome> {
  // Most webhooks send no mail, and need neither its memory nor its time to load.
  const { createTransport } = await import("nodemailer");
  const { host, port, tls, greeting, user, ca } = server;
  const transport = createTransport({
    host,
    port,
    // Nodemailer's own way to connect asks for the machine's network interfaces, which the webhook may not know.
    getSocket: (_options, callback) =>
      connectTo(server, AbortSignal.any([signal, AbortSignal.timeout(stepMs)]), callback),
    secure: tls === "from the start",
    requireTLS: tls === "STARTTLS",
    ignoreTLS: tls === "none",
    tls: { ca },
    // By default it would ask for the machine's name, which the webhook may not know either.
    name: greeting,
    auth: user && { user: user.name, pass: user.password },
    // A server that offers no login gets no mail without one.
    forceAuth: true,
    greetingTimeout: stepMs,
    socketTimeout: stepMs,
    socketCloseTimeout: 1_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    const { recipient, from, to, subject, messageId, thread, sentMs, text, html } = mail;
    await transport.sendMail({
      envelope: { from, to: [recipient] },
      from,
      to,
      subject,
      messageId,
      inReplyTo: thread,
      references: [thread],
      date: new Date(sentMs),
      // RFC 3834: nobody's "out of office" answers to it.
      headers: { "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All" },
      text,
      html,
      signal,
    });
    return { result: "delivered", ref: messageId };
  } catch (error) {
    return judgeSmtp(error as SmtpError, server);
  } finally {
    transport.close();
  }
}

/** Opens a connection, with TLS when it starts with that; `signal` ends the try, not the connection. */
function connectTo(
  { host, port, tls, ca }: SmtpServer,
  signal: AbortSignal,
  callback: (error: Error | null, found: { connection: Socket; secured: boolean } | false) => void,
): void {
  const secured = tls === "from the start";
  const socket = secured
    ? connectTls({ host, port, ca, ...(isIP(host) === 0 && { servername: host }) })
    : connect({ host, port });
  const ended = () => void socket.destroy(new Error("The server cannot be reached in time"));
  const failed = (error: Error) => {
    signal.removeEventListener("abort", ended);
    callback(error, false);
  };
  signal.addEventListener("abort", ended);
  socket.once("error", failed);
  socket.once(secured ? "secureConnect" : "connect", () => {
    signal.removeEventListener("abort", ended);
    socket.off("error", failed);
    callback(null, { connection: socket, secured });
  });
}

/** What Nodemailer throws. */
interface SmtpError extends Error {
  readonly code?: string;
  /** The system's own code. */
  readonly originalCode?: string;
  readonly command?: string;
  /** The server's answer, when there was one, and its code. */
  readonly response?: string;
  readonly responseCode?: number;
}

const MAX_SAYING = 200;

/**
 * What a failure means. An answer 4yz passes; 5yz to the credentials, the sender or the recipient does not without a change of the
 * configuration; 5yz to the message itself is about this message. Without an answer nothing is known, and it is tried again.
 *
 * Source: RFC 5321, 4.2.1; RFC 3207, 4; RFC 4954, 6.
 */
function judgeSmtp(error: SmtpError, { tls, host, port }: SmtpServer): Outcome {
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
    const what = command === "RCPT TO"
      ? "the recipient"
      : command === "MAIL FROM"
      ? "the sender"
      : "to be spoken to";
    return { result: "gone", reason: `The server refuses ${what}: ${said}` };
  }
  const about = response === undefined
    ? `${host}:${port}: ${whyNot(error, said)}`
    : `The server answered: ${said}`;
  return { result: "retry", reason: about };
}

function whyNot({ code, originalCode = code ?? "" }: SmtpError, said: string): string {
  // Deno 2.6 says no more than "write UNKNOWN" of a certificate that it does not trust.
  if (code === "ETLS" || /CERT|TLS|SSL|SIGN|VERIFY|UNKNOWN/i.test(`${originalCode} ${said}`)) {
    return `TLS cannot be set up, or its certificate is not trusted: ${said}`;
  }
  return code === "EABORT" ? "The attempt was ended" : said;
}
