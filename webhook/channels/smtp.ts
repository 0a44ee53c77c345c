/** One mail by SMTP, and what came of it. */

import { Buffer } from "node:buffer";
import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { SMTPConnectionSendInfo } from "nodemailer/lib/smtp-connection";
import type { Outcome, Picture } from "./channel.ts";
import { withPicture } from "./email_html.ts";
import { judgeRefusals, judgeSmtp, type Refusal, type SmtpError } from "./smtp_judge.ts";

/** A mail. */
export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
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
const NO_PICTURE = () => Promise.resolve(undefined);

/**
 * Sends `mail`. Without the TLS that `server` asks for nothing is sent.
 *
 * @param done Recipients who have got it at an earlier attempt: they are left out, and those who get it now are added.
 * @param signal Ends the attempt.
 * @param stepMs For the connection, the greeting, and each answer.
 * @param draw Gives the picture that goes into it, in a short time or not at all; it is drawn while the server is being greeted.
 */
export async function sendMail(
  mail: Mail,
  server: SmtpServer,
  done: Set<string>,
  signal: AbortSignal,
  stepMs = STEP_MS,
  draw: () => Promise<Picture | undefined> = NO_PICTURE,
): Promise<Outcome> {
  const left = mail.to.filter((recipient) => !done.has(recipient));
  let refusals: readonly Refusal[] = [];
  try {
    if (left.length > 0) refusals = await converse(mail, left, server, signal, stepMs, draw);
  } catch (error) {
    if (signal.aborted) {
      return { result: "retry", reason: `${server.host}:${server.port}: The attempt was ended` };
    }
    const { rejectedErrors } = error as SmtpError;
    if (!rejectedErrors) return judgeSmtp(error as SmtpError, server);
    refusals = rejectedErrors;
  }
  const refused = new Set(refusals.map(({ recipient }) => recipient));
  for (const recipient of left) if (!refused.has(recipient)) done.add(recipient);
  if (refusals.length === 0) return { result: "delivered", ref: mail.messageId };
  return judgeRefusals(refusals, mail.to.length - refusals.length);
}

/**
 * Hands the mail over to those of its recipients that are left.
 *
 * @returns what those were answered who did not get it.
 * @throws {SmtpError} when nobody got it.
 */
async function converse(
  mail: Mail,
  left: string[],
  server: SmtpServer,
  signal: AbortSignal,
  stepMs: number,
  draw: () => Promise<Picture | undefined>,
): Promise<readonly Refusal[]> {
  const drawing = mail.html === undefined ? NO_PICTURE() : draw();
  // Nobody waits for it when the server cannot be reached.
  drawing.catch(() => {});
  // Most webhooks send no mail, and need neither its memory nor its time to load. Nodemailer as a whole would bring twice as much.
  const { default: MailComposer } = await import("nodemailer/lib/mail-composer");
  const { default: SMTPConnection } = await import("nodemailer/lib/smtp-connection");
  const { from } = mail;
  const { tls, greeting, user, ca } = server;
  // Nodemailer's own way to connect asks for the machine's network interfaces, which the webhook may not know.
  const connection = await open(server, AbortSignal.any([signal, AbortSignal.timeout(stepMs)]));
  const smtp = new SMTPConnection({
    connection,
    host: server.host,
    port: server.port,
    secure: tls === "from the start",
    secured: tls === "from the start",
    requireTLS: tls === "STARTTLS",
    ignoreTLS: tls === "none",
    tls: { ca },
    // By default it would ask for the machine's name, which the webhook may not know either.
    name: greeting,
    greetingTimeout: stepMs,
    socketTimeout: stepMs,
    socketCloseTimeout: 1_000,
  });
  const { promise: failed, reject } = Promise.withResolvers<never>();
  // Between two steps nobody waits for it.
  failed.catch(() => {});
  const end = () => reject(signal.reason);
  signal.addEventListener("abort", end);
  smtp.on("error", reject);
  type Done<Result> = (error?: Error | null, result?: Result) => void;
  const step = <Result>(take: (done: Done<Result>) => void): Promise<Result | undefined> => {
    const { promise, resolve, reject } = Promise.withResolvers<Result | undefined>();
    take((error, result) => error ? reject(error) : resolve(result));
    return Promise.race([failed, promise]);
  };
  try {
    if (signal.aborted) end();
    await step<void>((done) => smtp.connect(done));
    if (user) {
      const credentials = { user: user.name, pass: user.password };
      // A server that offers no login is asked for one nevertheless: without one it gets no mail.
      await step<boolean>((done) => smtp.login({ credentials }, done));
    }
    const message = await new MailComposer(composed(mail, await Promise.race([failed, drawing]))).compile()
      .build();
    const sent = await step<SMTPConnectionSendInfo>((done) => smtp.send({ from, to: left }, message, done));
    return (sent?.rejectedErrors ?? []) as readonly Refusal[];
  } finally {
    signal.removeEventListener("abort", end);
    smtp.close();
  }
}

/** What the mail is made of. */
function composed({ from, to, subject, messageId, thread, sentMs, text, html }: Mail, picture?: Picture) {
  const hasPicture = picture !== undefined && html !== undefined;
  // Within one mail, so that the mail's own id makes it one of a kind.
  const cid = `picture.${messageId.replace(/[<>]/g, "")}`;
  return {
    from,
    to: [...to],
    subject,
    messageId,
    inReplyTo: thread,
    references: [thread],
    date: new Date(sentMs),
    // RFC 3834: nobody's "out of office" answers to it.
    headers: { "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All" },
    text,
    html: hasPicture ? withPicture(html, cid, picture.alt) : html,
    ...(hasPicture && {
      attachments: [{
        filename: picture.name,
        content: Buffer.from(picture.bytes),
        contentType: "image/png",
        contentDisposition: "inline" as const,
        cid,
      }],
    }),
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** A connection, with TLS when it starts with that; `signal` ends the try, not the connection. */
function open({ host, port, tls, ca }: SmtpServer, signal: AbortSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const secured = tls === "from the start";
  // A name may have an address of a kind that this machine has no way to.
  const to = { host, port, autoSelectFamily: true };
  const socket = secured
    ? connectTls({ ...to, ca, ...(isIP(host) === 0 && { servername: host }) })
    : connect(to);
  const end = () => void socket.destroy(new Error("It cannot be reached in time"));
  signal.addEventListener("abort", end);
  socket.once("error", reject);
  socket.once(secured ? "secureConnect" : "connect", () => {
    socket.off("error", reject);
    resolve(socket);
  });
  return promise.finally(() => signal.removeEventListener("abort", end));
}
