/** Alertmanager's face to the generator. */

import type { Files } from "../../lib/files.ts";
import type { Locale } from "../../lib/text.ts";
import type { NativeDestination, Routing } from "./schema.ts";

/** A receiver, split by who serves it. */
export interface Receiver {
  readonly name: string;
  /** Whether the webhook has channels for it. */
  readonly webhook: boolean;
  /** Destinations that Alertmanager serves by itself; a secret is given as the path at which Alertmanager sees its file. */
  readonly native: readonly NativeDestination[];
}

/** What Alertmanager has to know of the other services. */
export interface AlertmanagerLinks {
  /** URL of the webhook's endpoint, as Alertmanager reaches it. */
  readonly webhookUrl: string;
}

/** `alertmanager/alertmanager.yml` and its templates. */
export function renderAlertmanager(
  _routing: Routing,
  _receivers: readonly Receiver[],
  _locale: Locale,
  _links: AlertmanagerLinks,
): Files {
  throw new Error("not yet");
}
