/** The console: prints each notification on standard output, as the reference's receiver did. */

import type { Locale, Text } from "../../lib/text.ts";
import type { AlertView, Message } from "../message.ts";
import { oneLine } from "../one_line.ts";
import { defineChannel } from "./channel.ts";

const HEADER: Text = { fr: "ALERTE REÇUE", en: "ALERT RECEIVED" };
const NOT_SAID = "N/A";

/** The console channel. */
export const consoleChannel = defineChannel({
  kind: "console",
  about: "The standard output of the webhook: `deno task logs webhook`.",
  shape: {},
  secrets: [],
  // The output is this machine's own: nobody has to be spared.
  pace: { burst: 1_000, everyMs: 1 },
  render: (message) => [renderConsole(message, message.locale, new Date(message.sentMs))],
  plain: (message) => renderConsole(message, message.locale, new Date(message.sentMs)),
  async send(text: string, _settings, { print }) {
    try {
      await print(text);
      return { result: "delivered" };
    } catch (error) {
      return { result: "retry", reason: (error as Error).message };
    }
  },
  preview: (text) => ({ what: "standard output", body: text }),
});

/**
 * What is printed for one notification, with its last line end. A text within an alert takes no line of its own and moves no cursor.
 *
 * @param at When it was received; shown in local time.
 */
export function renderConsole(message: Message, locale: Locale, at: Date): string {
  return [
    `🚨 ${HEADER[locale]} - ${localTime(at)}`,
    "=".repeat(50),
    ...message.alerts.flatMap((alert) => alertLines(alert)),
  ].map((line) => `${line}\n`).join("");
}

function alertLines({ status, name, summary, description }: AlertView): string[] {
  return [
    `📊 Status: ${status.toUpperCase()}`,
    `🏷️  Alert: ${oneLine(name || NOT_SAID)}`,
    `📝 Summary: ${oneLine(summary || description || NOT_SAID)}`,
    "-".repeat(30),
  ];
}

function localTime(at: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const date = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
  return `${date} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(":")}`;
}
