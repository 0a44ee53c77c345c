/** Telling without the journal: when it is the journal that fails. */

import type { Outcome } from "../channels/mod.ts";
import { groupOf } from "../identity.ts";
import type { Notification } from "../payload.ts";
import type { Channel } from "../settings.ts";
import { attempt, defect } from "./attempt.ts";
import type { Deadlines } from "./deadlines.ts";
import { createPacer } from "./pacer.ts";
import { type Surroundings, withoutSecrets } from "./step.ts";

/**
 * Tells a channel once, past the journal.
 *
 * @returns why it was not delivered; undefined when it was.
 */
export async function tellOnce(
  { kind, settings }: Channel,
  notification: Notification,
  { clock, fetch, print, deadlines, ...around }: Surroundings & { readonly deadlines: Deadlines },
): Promise<string | undefined> {
  const { config, redact } = around.settings();
  const pacer = createPacer({ burst: 1, everyMs: 0 }, clock);
  let outcome: Outcome;
  try {
    const message = around.createMessage(notification, {
      // It is none of the journal's.
      id: 0,
      group: groupOf(notification),
      locale: config.locale,
      timezone: config.timezone,
      sentMs: clock.now(),
      notes: [{ kind: "own" }],
    });
    const parts = kind.render(message, settings);
    ({ outcome } = await attempt(parts, 0, { kind, settings, clock, fetch, print, pacer, deadlines }));
  } catch (error) {
    outcome = defect(error);
  }
  const cleaned = withoutSecrets(outcome, redact);
  return cleaned.result === "delivered" ? undefined : cleaned.reason;
}
