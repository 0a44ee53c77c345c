/** The notification that Alertmanager posts to a webhook. Source: `notify/webhook/webhook.go` and `template/template.go` of Alertmanager 0.33. */

/** One alert of a notification. */
export interface Alert {
  readonly status: "firing" | "resolved";
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** RFC 3339, up to nanoseconds; `""` when unknown. */
  readonly startsAt: string;
  /** RFC 3339; `""` while it fires. */
  readonly endsAt: string;
  readonly generatorURL: string;
  readonly fingerprint: string;
}

/** One group of alerts that one receiver is told about. */
export interface Notification {
  /** Receiver as named in config.ts (Alertmanager sends it regexp-quoted). */
  readonly receiver: string;
  readonly status: "firing" | "resolved";
  readonly alerts: readonly Alert[];
  readonly groupKey: string;
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly commonLabels: Readonly<Record<string, string>>;
  readonly commonAnnotations: Readonly<Record<string, string>>;
  readonly externalURL: string;
  /** Alerts that the sender left out of `alerts`. */
  readonly truncatedAlerts: number;
  /** Why it was sent, such as `first notification` (Alertmanager 0.32 and later); `""` when unknown. */
  readonly reason: string;
}
