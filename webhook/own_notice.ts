/** What the webhook itself has to say: notifications of its own, which go the way of all others. */

import type { Locale, Text } from "../lib/text.ts";
import { formatBytes } from "../lib/units.ts";
import { formatLasting, formatTime } from "./messages/when.ts";
import { formatNumber } from "./messages/words.ts";
import { decodeNotification, type Notification } from "./payload.ts";

/** Receiver of the webhook's own notifications. */
export const OWN_RECEIVER = "webhook";

/** Something that the webhook has to say. */
export type OwnNotice =
  /** The alert that must keep coming does not. `lastMs`: when it last came, milliseconds since 1970; undefined if it never did. */
  | {
    readonly kind: "watchdog";
    readonly alertname: string;
    readonly withinMs: number;
    readonly lastMs?: number;
  }
  /** Bodies were refused because they were too large; what they said is lost. */
  | { readonly kind: "too-large"; readonly count: number; readonly limitBytes: number }
  /** Nothing can be accepted. */
  | { readonly kind: "journal-failing"; readonly reason: string }
  /** The journal was damaged. `report`: what became of it. */
  | { readonly kind: "journal-salvaged"; readonly report: string }
  /** A new configuration was refused. */
  | { readonly kind: "config-refused"; readonly reason: string };

/** When something is and was. */
export interface OwnNoticeContext {
  readonly locale: Locale;
  readonly timezone?: string;
  /** Since when it is so, milliseconds since 1970. */
  readonly startsMs: number;
  /** Since when it is over; undefined while it is so. */
  readonly endsMs?: number;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** A notification of the webhook's own, and the body that it would have come in. */
export interface OwnNotification {
  readonly notification: Notification;
  /** JSON in UTF-8. */
  readonly body: Uint8Array;
}

const NAMES: Readonly<Record<OwnNotice["kind"], string>> = {
  "watchdog": "WebhookWatchdogMissing",
  "too-large": "WebhookBodyTooLarge",
  "journal-failing": "WebhookJournalFailing",
  "journal-salvaged": "WebhookJournalSalvaged",
  "config-refused": "WebhookConfigRefused",
};
const CRITICAL: ReadonlySet<OwnNotice["kind"]> = new Set(["watchdog", "journal-failing"]);

/** The notification that says `notice`. */
export function createOwnNotification(notice: OwnNotice, context: OwnNoticeContext): OwnNotification {
  const { locale, startsMs, endsMs } = context;
  const alertname = NAMES[notice.kind];
  const labels = { alertname, severity: CRITICAL.has(notice.kind) ? "critical" : "warning" };
  const status = endsMs === undefined ? "firing" : "resolved";
  const { summary, description } = sayNotice(notice, context);
  const annotations = { summary: summary[locale], description: description[locale] };
  const text = JSON.stringify({
    version: "4",
    groupKey: `{}/{webhook}:{alertname="${alertname}"}`,
    receiver: OWN_RECEIVER,
    status,
    groupLabels: { alertname },
    commonLabels: labels,
    commonAnnotations: annotations,
    alerts: [{
      status,
      labels,
      annotations,
      startsAt: new Date(startsMs).toISOString(),
      endsAt: endsMs === undefined ? "" : new Date(endsMs).toISOString(),
      fingerprint: alertname,
    }],
  });
  return { notification: decodeNotification(JSON.parse(text)), body: new TextEncoder().encode(text) };
}

type Saying = { readonly summary: Text; readonly description: Text };

function sayNotice(notice: OwnNotice, context: OwnNoticeContext): Saying {
  switch (notice.kind) {
    case "watchdog":
      return sayWatchdog(notice, context);
    case "too-large":
      return sayTooLarge(notice, context.locale);
    case "journal-failing":
      return context.endsMs === undefined ? sayFailing(notice.reason) : JOURNAL_IS_BACK;
    case "journal-salvaged":
      return saySalvaged(notice.report);
    case "config-refused":
      return context.endsMs === undefined ? sayRefused(notice.reason) : CONFIG_IS_GOOD;
  }
}

function sayWatchdog(
  { alertname, withinMs, lastMs }: Extract<OwnNotice, { kind: "watchdog" }>,
  { locale, timezone, nowMs, endsMs }: OwnNoticeContext,
): Saying {
  const within = formatLasting(withinMs, locale);
  if (endsMs !== undefined) {
    return {
      summary: {
        fr: `L'alerte « ${alertname} » arrive de nouveau`,
        en: `The alert "${alertname}" comes again`,
      },
      description: {
        fr:
          "La chaîne d'alerte fonctionne de nouveau. Ce qui s'est passé entre-temps n'a peut-être pas été annoncé.",
        en: "The way of alerts works again. What happened meanwhile may not have been told.",
      },
    };
  }
  const last = lastMs === undefined ? undefined : formatTime(lastMs, { locale, timezone, sentMs: nowMs });
  return {
    summary: {
      fr: `L'alerte « ${alertname} » n'est pas arrivée depuis ${within}`,
      en: `The alert "${alertname}" has not come for ${within}`,
    },
    description: {
      fr: `Elle se déclenche toujours : si elle n'arrive plus, aucune autre alerte n'arrive. ` +
        (last === undefined ? "Elle n'est jamais arrivée. " : `Dernière arrivée : ${last}. `) +
        "Vérifier Prometheus, Alertmanager et le réseau entre eux et ce webhook.",
      en: `It always fires: while it does not come, no other alert does. ` +
        (last === undefined ? "It has never come. " : `It last came at ${last}. `) +
        "Look at Prometheus, Alertmanager, and the network between them and this webhook.",
    },
  };
}

function sayTooLarge(
  { count, limitBytes }: Extract<OwnNotice, { kind: "too-large" }>,
  locale: Locale,
): Saying {
  const bodies = formatNumber(count, locale);
  const limit = formatBytes(limitBytes);
  return {
    summary: count === 1
      ? {
        fr: "Une notification trop grande a été refusée",
        en: "A notification was refused because it was too large",
      }
      : {
        fr: `${bodies} notifications trop grandes ont été refusées`,
        en: `${bodies} notifications were refused because they were too large`,
      },
    description: {
      fr: `Leurs alertes n'ont pas été annoncées : les voir dans Alertmanager. Limite : ${limit} ; ` +
        "grouper plus finement (group_by), ou relever limits.body et limits.inflated.",
      en: `Their alerts were not told: see them in Alertmanager. The limit is ${limit}; ` +
        "group by more labels (group_by), or raise limits.body and limits.inflated.",
    },
  };
}

function sayFailing(reason: string): Saying {
  return {
    summary: {
      fr: "Le webhook ne peut plus enregistrer d'alertes",
      en: "The webhook cannot keep alerts any more",
    },
    description: {
      fr: `${reason}. Aucune alerte n'est acceptée avant que cela ne soit réparé ; Alertmanager les renvoie.`,
      en: `${reason}. No alert is accepted before that is repaired; Alertmanager sends them again.`,
    },
  };
}

const JOURNAL_IS_BACK: Saying = {
  summary: {
    fr: "Le webhook enregistre de nouveau les alertes",
    en: "The webhook keeps alerts again",
  },
  description: {
    fr: "Alertmanager renvoie ce qui est encore en cours. Ce qui a été résolu entre-temps n'est pas annoncé.",
    en: "Alertmanager sends again what still fires. What was resolved meanwhile is not told.",
  },
};

function saySalvaged(report: string): Saying {
  return {
    summary: {
      fr: "Le journal du webhook était endommagé",
      en: "The webhook's journal was damaged",
    },
    description: {
      fr: `Il a été mis de côté, et ce qui était lisible a été repris : ${report}`,
      en: `It was set aside, and what could be read of it was taken over: ${report}`,
    },
  };
}

function sayRefused(reason: string): Saying {
  return {
    summary: {
      fr: "La nouvelle configuration du webhook a été refusée",
      en: "The webhook's new configuration was refused",
    },
    description: {
      fr: `La précédente reste en service. ${reason}`,
      en: `The one before stays in use. ${reason}`,
    },
  };
}

const CONFIG_IS_GOOD: Saying = {
  summary: {
    fr: "La configuration du webhook est de nouveau valide",
    en: "The webhook's configuration is valid again",
  },
  description: {
    fr: "La configuration actuelle a été prise en compte.",
    en: "The configuration as it is now is in use.",
  },
};
