/** E-mail, by any SMTP server. */

import * as z from "zod";
import type { Message } from "../message.ts";
import { defineChannel, picturesSetting, secretSetting } from "./channel.ts";
import { byteLength, cutUnits, fitMessage, type Fitted } from "./cut.ts";
import { deliveryId } from "./delivery_id.ts";
import { emailHtml } from "./email_html.ts";
import { blocksOf, COLON, plainest, plainText } from "./lines.ts";
import { type Mail, sendMail, type SmtpServer } from "./smtp.ts";

const MAX_SUBJECT_UNITS = 250;
// Gmail hides what is beyond 102 KB.
const MAX_HTML_BYTES = 95_000;
const MAX_ALERTS = 100;
const IMPLICIT_TLS_PORT = 465;

const address = z.email({ error: 'expected an e-mail address such as "ops@example.org"' });

const SMARTHOST = 'expected an SMTP server with its port, such as "smtp.example.org:587"';

/** The e-mail channel. */
export const emailChannel = defineChannel({
  kind: "email",
  about: "An e-mail, by any SMTP server.",
  shape: {
    /** Address to send to, or a list of them. What one of them is refused does not keep it from the others. */
    to: z.union([address, z.array(address).min(1).max(50)]).describe(
      "Address to send to, or a list of them. What one of them is refused does not keep it from the others.",
    ),
    /** Address to send from. */
    from: address.describe("Address to send from."),
    /** SMTP server, `host:port`. */
    smarthost: z.string(SMARTHOST).refine(isSmarthost, SMARTHOST).describe("SMTP server, `host:port`."),
    /** User name, when the server wants one. */
    username: z.string().min(1).optional().describe("User name, when the server wants one."),
    ...secretSetting("password", "the user's password"),
    /** Whether to insist on TLS: STARTTLS, or TLS from the start on port 465. Without, everything goes in plain. */
    tls: z.boolean().default(true).describe(
      "Whether to insist on TLS: STARTTLS, or TLS from the start on port 465. Without, everything goes in plain.",
    ),
    ...secretSetting("ca", "the authority that signed the server's certificate, PEM, when no public one did"),
    ...picturesSetting,
  },
  // The authority is public, but comes from a file just as secrets do.
  secrets: ["password", "ca"],
  secretForms: { ca: { pattern: /-----BEGIN CERTIFICATE-----/, wanted: "a certificate, PEM" } },
  check({ username, password, tls, smarthost }) {
    if ((username === undefined) !== (password === undefined)) return "give username and password together";
    if (password !== undefined && !tls && !/^(localhost|127\.[\d.]+|\[::1\]):/.test(smarthost)) {
      return "a password is not sent in plain: leave tls on, or name a smarthost on this machine";
    }
  },
  pace: { burst: 10, everyMs: 1_000, concurrency: 2 },
  render(message, settings) {
    const fitted = fitMessage(
      message,
      (fitted) => byteLength(emailHtml(fitted)) <= MAX_HTML_BYTES,
      MAX_ALERTS,
    );
    return [mailOf(message, settings, textOf(fitted), emailHtml(fitted))];
  },
  plain: (message, settings): Mail => mailOf(message, settings, plainest(message)),
  send: (out: Mail, settings, { signal, picture }) =>
    sendMail(out, serverOf(settings), doneOf(settings, out.messageId), signal, undefined, picture),
  pictureWithin: true,
  preview: ({ from, to, subject, messageId, thread, text }, { smarthost }) => ({
    what: `SMTP to ${smarthost}`,
    body: [
      `From: ${from}`,
      `To: ${to.join(", ")}`,
      `Subject: ${subject}`,
      `Message-ID: ${messageId}`,
      `In-Reply-To: ${thread}`,
      "",
      text,
    ].join("\n"),
  }),
});

function isSmarthost(text: string): boolean {
  const [, port] = /^(?:\[[0-9a-fA-F:.]+\]|[^\s:[\]]+):(\d{1,5})$/.exec(text) ?? [];
  return Number(port) >= 1 && Number(port) <= 65_535;
}

interface Settings {
  readonly to: string | readonly string[];
  readonly from: string;
  readonly smarthost: string;
  readonly username?: string;
  readonly password?: string;
  readonly tls: boolean;
  readonly ca?: string;
}

function mailOf(message: Message, { to, from }: Settings, text: string, html?: string): Mail {
  const domain = from.slice(from.lastIndexOf("@") + 1);
  return {
    from,
    to: [to].flat(),
    subject: cutUnits(`${message.emoji} ${message.title}`, MAX_SUBJECT_UNITS),
    messageId: `<${deliveryId(message)}@${domain}>`,
    // Nobody ever sent the mail that all mails of a group answer to; it makes them one thread.
    thread: `<vigie_${message.group}@${domain}>`,
    sentMs: message.sentMs,
    text,
    ...(html !== undefined && { html }),
  };
}

// Who has got which mail, so that those who have not do not make it come twice to those who have. After a restart it may: known by its id.
const done = new WeakMap<object, Map<string, Set<string>>>();
const MAX_MAILS = 1_000;

/** The recipients of a channel who have got a mail already. */
function doneOf(settings: object, messageId: string): Set<string> {
  const mails = done.get(settings) ?? new Map<string, Set<string>>();
  done.set(settings, mails);
  const recipients = mails.get(messageId) ?? new Set<string>();
  mails.set(messageId, recipients);
  for (const oldest of mails.keys()) {
    if (mails.size <= MAX_MAILS) break;
    mails.delete(oldest);
  }
  return recipients;
}

function textOf(fitted: Fitted): string {
  const { head, alerts, foot } = blocksOf(fitted);
  return `${plainText([head, ...alerts, foot], COLON[fitted.message.locale])}\n`;
}

/** What of the settings is about the server. */
export function serverOf({ smarthost, username, password, tls, ca, from }: Settings): SmtpServer {
  const colon = smarthost.lastIndexOf(":");
  const port = Number(smarthost.slice(colon + 1));
  return {
    host: smarthost.slice(0, colon).replace(/^\[|\]$/g, ""),
    port,
    tls: port === IMPLICIT_TLS_PORT ? "from the start" : tls ? "STARTTLS" : "none",
    greeting: from.slice(from.lastIndexOf("@") + 1),
    ...(username !== undefined && password !== undefined && { user: { name: username, password } }),
    ...(ca !== undefined && { ca }),
  };
}
