/** What a test of a channel says. */

import type { Locale, Text } from "../../lib/text.ts";
import { decodeNotification, type Notification } from "../payload.ts";

const SUMMARY: Text = {
  fr: "Message d'essai : ce canal reçoit les alertes",
  en: "Test message: this channel receives alerts",
};

/** Receiver of test messages. */
export const TEST_RECEIVER = "test";

/**
 * A notification like Alertmanager's, and the body that it would have come in.
 *
 * @param text What it says; a sentence of its own by default.
 */
export function createTestNotification(
  { channel, locale, nowMs, text }: {
    readonly channel: string;
    readonly locale: Locale;
    /** Milliseconds since 1970. */
    readonly nowMs: number;
    readonly text?: string;
  },
): { readonly notification: Notification; readonly body: Uint8Array } {
  const labels = { alertname: "VigieTest", severity: "info", channel };
  const annotations = { summary: text ?? SUMMARY[locale] };
  const json = JSON.stringify({
    version: "4",
    // No other message belongs to it: each test is a group of its own.
    groupKey: `{}/{test}:{id="${crypto.randomUUID()}"}`,
    receiver: TEST_RECEIVER,
    status: "firing",
    groupLabels: { alertname: labels.alertname },
    commonLabels: labels,
    commonAnnotations: annotations,
    alerts: [{ status: "firing", labels, annotations, startsAt: new Date(nowMs).toISOString() }],
  });
  return { notification: decodeNotification(JSON.parse(json)), body: new TextEncoder().encode(json) };
}
