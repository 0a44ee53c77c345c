/** What a delivery would say now. */

import { readBundle } from "../delivery/told.ts";
import type { Surroundings } from "../delivery/step.ts";
import type { Delivery } from "../journal/journal.ts";

/** What it takes to make a message. */
export type PlainTextOptions = Pick<
  Surroundings,
  "journal" | "clock" | "settings" | "routing" | "createMessage" | "templatesOf"
>;

/** A function that gives a delivery's message in its plain form; undefined when its channel or its notification is gone. */
export function createPlainText(
  { journal, clock, settings, routing, createMessage, templatesOf }: PlainTextOptions,
): (delivery: Delivery) => Promise<string | undefined> {
  return async (delivery) => {
    const { config, channels } = settings();
    const channel = channels.get(delivery.channel);
    if (channel === undefined) return undefined;
    const nowMs = clock.now();
    const bundle = { all: [delivery], first: delivery, speaker: delivery };
    const told = await readBundle(bundle, { journal, routing: routing(), nowMs });
    if (told === undefined) return undefined;
    const message = createMessage(told.notification, {
      id: delivery.notificationId,
      group: delivery.group,
      locale: config.locale,
      timezone: config.timezone,
      sentMs: nowMs,
      notes: told.notes,
      externalUrl: config.externalUrl,
      templates: templatesOf(channel),
    });
    const { kind, settings: own } = channel;
    return kind.preview(kind.plain(message, own), own).body;
  };
}
