/** What is to be said, before it is put into a destination's own form. */

import type { Locale } from "../lib/text.ts";
import { alertView, nameOf } from "./messages/alert_view.ts";
import { own, sharedLabels, subjectOf, toldLabels } from "./messages/labels.ts";
import { messageLinks } from "./messages/links.ts";
import { type MessageNote, sayNote } from "./messages/notes.ts";
import { bySeverity, lookOf, severityOf, worst } from "./messages/severity.ts";
import { type Templates, withTemplates } from "./messages/templates.ts";
import { formatTitle } from "./messages/title.ts";
import type { Alert, Notification } from "./payload.ts";

export type { MessageNote } from "./messages/notes.ts";
export type { TemplateInput, Templates } from "./messages/templates.ts";

/** How bad it is, as the label `severity` says; `none` when it does not. */
export type Severity = "critical" | "warning" | "info" | "none";

/** A name and what it stands for, both as text of strangers made harmless. */
export type Pair = readonly [name: string, value: string];

/** A link that a person may follow: http or https, percent-encoded where need be. */
export interface Link {
  readonly label: string;
  readonly url: string;
}

/** One alert, ready to be said. */
export interface AlertView {
  readonly status: Notification["status"];
  readonly severity: Severity;
  readonly emoji: string;
  /** `#rrggbb`. */
  readonly color: string;
  /** Its name; never empty. */
  readonly name: string;
  /** One line; `""` when it has none. */
  readonly summary: string;
  /** May have several lines; `""` when it has none or repeats the summary. */
  readonly description: string;
  /** The measured value; `""` when it is not told. */
  readonly value: string;
  /** Labels that tell it from the others of its message. */
  readonly labels: readonly Pair[];
  /** Since when, or from when to when, and how long: `since 10:02 (3 min)`. */
  readonly when: string;
  /** Milliseconds since 1970; undefined when unknown. */
  readonly startsMs?: number;
  readonly endsMs?: number;
  /** Runbook, source, silence, dashboard: those that it has. */
  readonly links: readonly Link[];
}

/**
 * A message: everything a channel needs to render it, in the reader's language. Texts are plain: control and bidi characters are written
 * out, line ends stand only in descriptions and texts of templates; nothing is escaped for a destination yet.
 */
export interface Message {
  /** The notification's id in the journal. */
  readonly id: number;
  /** Its group, as the journal names it: fit for a deduplication key or a Message-ID. */
  readonly group: string;
  readonly locale: Locale;
  /** When it is sent, milliseconds since 1970. */
  readonly sentMs: number;
  readonly status: Notification["status"];
  /** The worst of the alerts that fire; of all when none does. */
  readonly severity: Severity;
  readonly emoji: string;
  /** `#rrggbb`. */
  readonly color: string;
  /** One line: `[FIRING 2] HostDiskAlmostFull · db-1`. */
  readonly title: string;
  /** What the channel's own template says instead of the alerts; `""` without one. */
  readonly text: string;
  /** Firing before resolved, the worst first. */
  readonly alerts: readonly AlertView[];
  /** How many of the alerts fire, and how many are resolved. */
  readonly firing: number;
  readonly resolved: number;
  /** Labels that all alerts share, those in the title left out. */
  readonly labels: readonly Pair[];
  /** Remarks, one sentence each: late, incomplete, flapping, said for another channel. */
  readonly notes: readonly string[];
  /** To the whole message, to Alertmanager: those that there are. */
  readonly links: readonly Link[];
  /** What was notified, as it was decoded: for destinations that take data. Its texts are a stranger's, as they came. */
  readonly notification: Notification;
}

/** What a message needs besides what was notified. */
export interface MessageContext {
  /** The notification's id in the journal. */
  readonly id: number;
  readonly group: string;
  readonly locale: Locale;
  /** Time zone of times, as the IANA names it; the machine's by default, and then every time says its own. */
  readonly timezone?: string;
  /** When it is sent, milliseconds since 1970. */
  readonly sentMs: number;
  /** What is to be remarked; that alerts are missing is remarked without being told. */
  readonly notes: readonly MessageNote[];
  /** Address of this webhook as readers reach it. */
  readonly externalUrl?: string;
  /** The channel's own texts. */
  readonly templates?: Templates;
}

/**
 * What is to be said of `notification`. Total: whatever it holds, and whatever a template does, there is a message.
 *
 * A group of which the sender left alerts out counts as firing: one of those may be.
 */
export function createMessage(notification: Notification, context: MessageContext): Message {
  const { locale, notes } = context;
  const unknown = notification.truncatedAlerts;
  const alerts = notification.alerts.map((alert) => ({
    alert,
    severity: severityOf(own(alert.labels, "severity")),
  }))
    .sort((a, b) => order(a.alert, b.alert) || bySeverity(a.severity, b.severity));
  const sorted = alerts.map(({ alert }) => alert);
  const firing = sorted.filter(({ status }) => status === "firing");
  const status = firing.length > 0 || unknown > 0
    ? "firing"
    : sorted.length > 0
    ? "resolved"
    : notification.status;
  const labels = sorted.length > 0 ? sharedLabels(sorted) : notification.commonLabels;
  const severity = worst(
    alerts.filter(({ alert }) => firing.length === 0 || alert.status === "firing").map(({ severity }) =>
      severity
    ),
  );
  const subject = subjectOf(sorted);
  const inTitle = new Set(subject?.values.length === 1 ? [subject.name] : []);
  const shared = new Set(Object.keys(labels));
  const message: Message = {
    id: context.id,
    group: context.group,
    locale,
    sentMs: context.sentMs,
    status,
    severity,
    ...lookOf(status, severity),
    title: formatTitle({
      locale,
      status,
      firing: firing.length,
      resolved: sorted.length - firing.length,
      unknown,
      names: [
        ...new Set(
          sorted.length > 0
            ? sorted.map((alert) => nameOf(alert.labels, context))
            : [nameOf(labels, context)],
        ),
      ],
      subjects: subject?.values ?? [],
    }),
    text: "",
    alerts: sorted.map((alert) => alertView(alert, notification, shared, context)),
    firing: firing.length,
    resolved: sorted.length - firing.length,
    labels: toldLabels(labels, inTitle),
    notes: [...notes, ...incomplete(notes, unknown)].map((note) => sayNote(note, locale))
      .filter((note) => note !== ""),
    links: messageLinks(notification, context),
    notification,
  };
  return context.templates ? withTemplates(message, sorted, context.templates) : message;
}

function order(a: Alert, b: Alert): number {
  return Number(a.status === "resolved") - Number(b.status === "resolved");
}

function incomplete(notes: readonly MessageNote[], leftOut: number): MessageNote[] {
  return leftOut > 0 && !notes.some(({ kind }) => kind === "incomplete")
    ? [{ kind: "incomplete", leftOut }]
    : [];
}
