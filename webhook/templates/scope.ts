/** What a template can name: the notification's fields, what the message makes of them, and in the template `alert` one alert. */

import type { TemplateInput } from "../messages/templates.ts";
import type { AlertView, Message } from "../message.ts";
import type { Alert, Notification } from "../payload.ts";

/** Which of a channel's templates. */
export type TemplateKey = "title" | "alert" | "text";

/** What a value is, as far as it can be known before there is one. `any`: nothing is known. */
export type Shape =
  | "text"
  /** Any key is right, and stands for a text. */
  | "map"
  | "any"
  | { readonly list: Shape }
  | { readonly fields: Readonly<Record<string, Shape>> };

/** Fields of the message beside the notification's own. */
type Said = Pick<Message, "title" | "severity" | "emoji" | "firing" | "resolved">;
/** How an alert would be said without the template. */
type SaidAlert = Pick<
  AlertView,
  "name" | "severity" | "emoji" | "summary" | "description" | "value" | "when"
>;

/** What every template can name. */
export type Scope = Notification & Said & { readonly alert?: Alert; readonly said?: SaidAlert };

// The compiler sees to it that no field is missing here, and none too much.
type Fields<T> = { readonly fields: { readonly [Key in keyof T]-?: Shape } };

const ALERT: Fields<Alert> = {
  fields: {
    status: "text",
    labels: "map",
    annotations: "map",
    startsAt: "text",
    endsAt: "text",
    generatorURL: "text",
    fingerprint: "text",
    grafana: {
      fields: {
        silenceURL: "text",
        dashboardURL: "text",
        panelURL: "text",
        imageURL: "text",
        values: "map",
        valueString: "text",
      },
    } satisfies Fields<NonNullable<Alert["grafana"]>>,
  },
};

const SAID: Fields<SaidAlert> = {
  fields: {
    name: "text",
    severity: "text",
    emoji: "text",
    summary: "text",
    description: "text",
    value: "text",
    when: "text",
  },
};

const COMMON: Fields<Notification & Said>["fields"] = {
  receiver: "text",
  status: "text",
  alerts: { list: ALERT },
  groupKey: "text",
  groupLabels: "map",
  commonLabels: "map",
  commonAnnotations: "map",
  externalURL: "text",
  truncatedAlerts: "text",
  grafana: {
    fields: { title: "text", message: "text", orgId: "text" },
  } satisfies Fields<NonNullable<Notification["grafana"]>>,
  reason: "text",
  title: "text",
  severity: "text",
  emoji: "text",
  firing: "text",
  resolved: "text",
};

/** Names that the template `key` can use, each with what it stands for. */
export function namesOf(key: TemplateKey): Readonly<Record<string, Shape>> {
  return key === "alert" ? { ...COMMON, alert: ALERT, said: SAID } : COMMON;
}

/** The values of the names. Texts are as they were notified: what comes out is made harmless later. */
export function scopeOf({ message, alert, view }: TemplateInput): Scope {
  const { title, severity, emoji, firing, resolved, status, notification } = message;
  return {
    ...notification,
    // A group of which alerts were left out can say "resolved" while one of them fires.
    status,
    title,
    severity,
    emoji,
    firing,
    resolved,
    alert,
    said: view && Object.fromEntries(
      Object.keys(SAID.fields).map((field) => [field, view[field as keyof SaidAlert]]),
    ) as SaidAlert,
  };
}
