/** The console: prints each notification on standard output, as the reference's receiver did. */

import type { Text } from "../../lib/text.ts";
import type { AlertView, Message } from "../message.ts";
import { oneLine } from "../one_line.ts";
import { defineChannel } from "./channel.ts";

const HEADER: Text = { fr: "ALERTE REÇUE", en: "ALERT RECEIVED" };
const NOT_SAID = "N/A";
const RULE = "-".repeat(30);

/** The console channel. */
export const consoleChannel = defineChannel({
  kind: "console",
  about: "The standard output of the webhook: `deno task logs webhook`.",
  shape: {},
  secrets: [],
  // The output is this machine's own: nobody has to be spared.
  pace: { burst: Infinity, everyMs: 0, concurrency: 64 },
  render: (message) => [renderConsole(message)],
  plain: renderConsole,
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
 * What is printed for one message, with its last line end: the notes, then status, alert and summary of each alert, as the reference prints
 * them, under the local time. A text within an alert takes no line of its own and moves no cursor.
 */
export function renderConsole({ locale, sentMs, notes, text, alerts }: Message): string {
  return [
    `🚨 ${HEADER[locale]} - ${localTime(new Date(sentMs))}`,
    "=".repeat(50),
    ...notes.map((note) => `ℹ️  ${oneLine(note)}`),
    ...(text === "" ? alerts.flatMap(alertLines) : [...text.split("\n").map((line) => oneLine(line)), RULE]),
  ].map((line) => `${line}\n`).join("");
}

function alertLines({ status, name, summary, description }: AlertView): string[] {
  return [
    `📊 Status: ${status.toUpperCase()}`,
    `🏷️  Alert: ${oneLine(name || NOT_SAID)}`,
    `📝 Summary: ${oneLine(summary || description || NOT_SAID)}`,
    RULE,
  ];
}

function localTime(at: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const date = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
  return `${date} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(":")}`;
}
