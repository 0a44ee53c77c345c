/** Selectors and queries that the rows of the webhook's dashboard share. */

import type { Text } from "../../../lib/text.ts";

/** Matchers of the webhook. */
export const WEBHOOK = `job="webhook"`;
/** Matchers of the channels that the reader chose. */
export const CHANNEL = `${WEBHOOK},channel=~"$channel"`;
/** Said in place of figures of channels where there is none. */
export const NO_CHANNEL: Text = {
  fr: "aucun canal : les destinataires sont ceux d'Alertmanager",
  en: "no channel: the receivers are Alertmanager's own",
};

/** A metric of the webhook. */
export function metric(name: string, matchers = WEBHOOK): string {
  return `vigie_webhook_${name}{${matchers}}`;
}

/** How full the journal is, percent of its limit. */
export const JOURNAL = `100 * ${metric("journal_size_bytes")} / ${metric("journal_limit_bytes")}`;
