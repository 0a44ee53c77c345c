/** The JSON that a webhook of one's own gets. */

import type { Link, Message, Severity } from "../message.ts";
import { alertLinks } from "../messages/links.ts";
import { severityOf } from "../messages/severity.ts";
import type { Alert, GrafanaAlert, Notification } from "../payload.ts";

type Map = Readonly<Record<string, string>>;
type Status = Notification["status"];

/** Go's zero time, which Alertmanager writes for a time that there is none of. */
const NO_TIME = "0001-01-01T00:00:00Z";

/** One alert: Alertmanager's fields, Grafana's when it has them, and what Vigie makes of them. */
export interface WebhookAlert extends GrafanaAlert {
  readonly status: Status;
  readonly labels: Map;
  readonly annotations: Map;
  /** RFC 3339. */
  readonly startsAt: string;
  /** RFC 3339; Go's zero time while it fires. */
  readonly endsAt: string;
  readonly generatorURL: string;
  readonly fingerprint: string;
  readonly vigie?: {
    readonly severity: Severity;
    /** Runbook, source, silence, dashboard: those that it has. */
    readonly links: readonly Link[];
  };
}

/**
 * The body. What Alertmanager's own webhook has is there under the same names and with the same meaning (version 4), so that its receivers
 * work; `vigie` holds the rest.
 */
export interface WebhookBody {
  readonly version: "4";
  readonly groupKey: string;
  readonly truncatedAlerts: number;
  readonly status: Status;
  readonly receiver: string;
  readonly groupLabels: Map;
  readonly commonLabels: Map;
  readonly commonAnnotations: Map;
  readonly externalURL: string;
  readonly notification_reason?: string;
  readonly alerts: readonly WebhookAlert[];
  /** Not there in the plain form, which is for a receiver that refuses what it does not know. */
  readonly vigie?: {
    /** Version of what is within `vigie`. */
    readonly version: "1";
    /** The notification's number in this webhook's history. */
    readonly id: number;
    /** What notifications about the same alerts share. */
    readonly group: string;
    readonly title: string;
    readonly severity: Severity;
    readonly firing: number;
    readonly resolved: number;
    /** What the channel's template says; not there without one. */
    readonly text?: string;
    /** Remarks: late, incomplete, flapping, said for another channel. */
    readonly notes: readonly string[];
    /** To the whole message, to Alertmanager. */
    readonly links: readonly Link[];
  };
}

/**
 * The body for `message`.
 *
 * @param full Whether with what is Vigie's own.
 */
export function webhookBody(message: Message, full: boolean): WebhookBody {
  const { notification, status, id, group, title, severity, firing, resolved, text, notes, links } = message;
  const { reason, groupKey, truncatedAlerts, receiver, groupLabels, commonLabels, commonAnnotations } =
    notification;
  return {
    version: "4",
    groupKey,
    truncatedAlerts,
    status,
    receiver,
    groupLabels,
    commonLabels,
    commonAnnotations,
    externalURL: webUrl(notification.externalURL),
    ...(reason !== "" && { notification_reason: reason }),
    alerts: notification.alerts.map((alert) => ({
      ...alertmanagerAlert(alert),
      ...(full && {
        vigie: {
          severity: severityOf(alert.labels.severity),
          links: alertLinks(alert, notification, message.locale),
        },
      }),
    })),
    ...(full && {
      vigie: {
        version: "1",
        id,
        group,
        title,
        severity,
        firing,
        resolved,
        ...(text !== "" && { text }),
        notes,
        links,
      },
    }),
  };
}

function alertmanagerAlert(alert: Alert): WebhookAlert {
  const { status, labels, annotations, startsAt, endsAt, generatorURL, fingerprint, grafana } = alert;
  return {
    status,
    labels,
    annotations,
    startsAt: startsAt || NO_TIME,
    endsAt: endsAt || NO_TIME,
    generatorURL: webUrl(generatorURL),
    fingerprint,
    ...(grafana && grafanaFields(grafana)),
  };
}

function grafanaFields(grafana: GrafanaAlert): GrafanaAlert {
  return Object.fromEntries(
    Object.entries(grafana).map((
      [key, value],
    ) => [key, key.endsWith("URL") ? webUrl(value as string) : value]),
  );
}

/** An address as it came; `""` for one that is none of the web's, such as `javascript:`. */
function webUrl(text: string): string {
  return /^https?:$/.test(URL.parse(text)?.protocol ?? "") ? text : "";
}

/**
 * `body` as JSON in which nothing is invisible or reorders text, should somebody look at it: such characters within texts are written as
 * escapes, which mean the same.
 */
export function bodyJson(body: WebhookBody): string {
  return JSON.stringify(body).replace(
    /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) =>
      character.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  );
}
