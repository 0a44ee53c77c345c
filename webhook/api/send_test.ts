/** Tries one channel, for the API and the pages. */

import type { Locale } from "../../lib/text.ts";
import { groupOf } from "../identity.ts";
import { type ApiOptions, mustRun } from "./options.ts";
import { Problem } from "./problem.ts";
import { createTestNotification } from "./test_notification.ts";

/**
 * Accepts a test message for the channel `name`; it takes the way of every alert.
 *
 * @param text What it says; a sentence of its own by default.
 * @returns the notification's id.
 * @throws {Problem} 404 when there is no such channel, 503 when the process is ending.
 */
export async function sendTest(
  options: Pick<ApiOptions, "journal" | "deliveries" | "now" | "isStopping"> & { readonly locale: Locale },
  name: string,
  text?: string,
): Promise<number> {
  mustRun(options);
  const { journal, deliveries, now, locale } = options;
  if (!deliveries.channels().some((channel) => channel.name === name)) {
    throw new Problem(404, `No channel of the configuration is called ${JSON.stringify(name)}`);
  }
  const nowMs = now();
  const { notification, body } = createTestNotification({ channel: name, locale, nowMs, text });
  const { id } = await journal.accept({
    receivedMs: nowMs,
    origin: "test",
    notification,
    body,
    group: groupOf(notification),
    deliveries: [{ channel: name }],
  });
  deliveries.wake(notification);
  return id;
}
