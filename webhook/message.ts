/** What is to be said, before it is put into a destination's own form. */

import type { Locale } from "../lib/text.ts";
import type { Notification } from "./payload.ts";

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
