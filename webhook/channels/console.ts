/** The console: prints each notification on standard output, as the reference's receiver did. */

import * as z from "zod";
import type { Locale, Text } from "../../lib/text.ts";
import type { Alert, Notification } from "../payload.ts";
import type { ChannelKind } from "./channel.ts";
import { oneLine } from "../one_line.ts";

const schema = z.strictObject({
  /** The standard output of the webhook: `deno task logs webhook`. */
  kind: z.literal("console").describe("The standard output of the webhook: `deno task logs webhook`."),
});

const HEADER: Text = { fr: "ALERTE REÇUE", en: "ALERT RECEIVED" };
const NOT_SAID = "N/A";

/** The console channel. */
export const consoleChannel: ChannelKind<typeof schema> = {
  schema,
  async deliver(notification, _settings, { locale, now, print }) {
    try {
      await print(renderConsole(notification, locale, new Date(now())));
      return { ok: true };
    } catch (error) {
      return { ok: false, retryable: true, reason: (error as Error).message };
    }
  },
};

/**
 * What is printed for one notification, with its last line end. A text within an alert takes no line of its own and moves no cursor.
 *
 * @param at When it was received; shown in local time.
 */
export function renderConsole(notification: Notification, locale: Locale, at: Date): string {
  return [
    `🚨 ${HEADER[locale]} - ${localTime(at)}`,
    "=".repeat(50),
    ...notification.alerts.flatMap((alert) => alertLines(alert)),
  ].map((line) => `${line}\n`).join("");
}

function alertLines({ status, labels, annotations }: Alert): string[] {
  return [
    `📊 Status: ${status.toUpperCase()}`,
    `🏷️  Alert: ${oneLine(labels.alertname || NOT_SAID)}`,
    `📝 Summary: ${oneLine(annotations.summary || annotations.description || NOT_SAID)}`,
    "-".repeat(30),
  ];
}

function localTime(at: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const date = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
  return `${date} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(":")}`;
}
