/** The webhook's own metrics, as Prometheus scrapes them. */

import { Counter, Gauge, Histogram, Registry } from "prom-client";

/** Why a request was refused: the values of the label `reason`. */
export const REJECTIONS = [
  "media_type",
  "encoding",
  "too_large",
  "cut_short",
  "not_utf8",
  "not_json",
  "not_a_notification",
  "overloaded",
  "shutting_down",
] as const;

/** Why a request was refused. */
export type Rejection = typeof REJECTIONS[number];

/** Where the webhook counts what it does. */
export type Metrics = ReturnType<typeof createMetrics>;

/** What some metrics are read from when they are scraped. */
export interface MetricSources {
  readonly version: string;
  /** When the process started, seconds since 1970. */
  readonly startedSeconds: number;
  /** Resident memory, bytes. */
  readonly residentBytes: () => number;
  /** Ids of the active drills. */
  readonly activeDrills: () => readonly string[];
}

/** A registry with every metric of the webhook; series that are known beforehand start at 0. */
export function createMetrics(sources: MetricSources) {
  const registry = new Registry();
  const registers = [registry];

  new Gauge({
    name: "vigie_webhook_build_info",
    help: "A metric with a constant 1, labelled by the webhook's version",
    labelNames: ["version"],
    registers,
  }).set({ version: sources.version }, 1);
  const notifications = new Counter({
    name: "vigie_webhook_notifications_received_total",
    help: "Notifications accepted, by the status of their group",
    labelNames: ["status"],
    registers,
  });
  const alerts = new Counter({
    name: "vigie_webhook_alerts_received_total",
    help: "Alerts in accepted notifications, by status",
    labelNames: ["status"],
    registers,
  });
  for (const status of ["firing", "resolved"]) {
    notifications.inc({ status }, 0);
    alerts.inc({ status }, 0);
  }
  const rejected = new Counter({
    name: "vigie_webhook_rejected_total",
    help: "Requests refused, by reason",
    labelNames: ["reason"],
    registers,
  });
  for (const reason of REJECTIONS) rejected.inc({ reason }, 0);
  const deliveries = new Counter({
    name: "vigie_webhook_deliveries_total",
    help: "Deliveries to channels, by how they ended",
    labelNames: ["channel", "result"],
    registers,
  });
  const deliverySeconds = new Histogram({
    name: "vigie_webhook_delivery_duration_seconds",
    help: "How long a delivery to a channel took",
    labelNames: ["channel"],
    buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const lastNotification = new Gauge({
    name: "vigie_webhook_last_notification_timestamp_seconds",
    help: "When the last notification was accepted; no series before the first",
    registers,
  });
  // A 0 would read as the year 1970.
  lastNotification.remove();
  const reloadSuccessful = new Gauge({
    name: "vigie_webhook_config_last_reload_successful",
    help:
      "Whether the configuration was read the last time it was asked for (1) or the one before is still in use (0)",
    registers,
  });
  const reloadTime = new Gauge({
    name: "vigie_webhook_config_last_reload_success_timestamp_seconds",
    help: "When the configuration in use was read",
    registers,
  });
  new Gauge({
    name: "vigie_drill_active",
    help: "1 for each drill that is active; no series otherwise",
    labelNames: ["drill"],
    registers,
    collect() {
      this.reset();
      for (const drill of sources.activeDrills()) this.set({ drill }, 1);
    },
  });
  new Gauge({
    name: "process_start_time_seconds",
    help: "When the process started, seconds since 1970",
    registers,
  }).set(sources.startedSeconds);
  new Gauge({
    name: "process_resident_memory_bytes",
    help: "Resident memory",
    registers,
    collect() {
      this.set(sources.residentBytes());
    },
  });

  return {
    notifications,
    alerts,
    rejected,
    deliveries,
    deliverySeconds,
    lastNotification,
    /** The content type that `expose` is to be served with. */
    contentType: registry.contentType,
    /** Every series as text. */
    expose: () => registry.metrics(),
    /** Notes that a configuration came into use, with its channels. */
    configured(channels: readonly string[], atMs: number): void {
      reloadSuccessful.set(1);
      reloadTime.set(atMs / 1_000);
      for (const channel of channels) {
        for (const result of ["delivered", "failed"]) deliveries.inc({ channel, result }, 0);
        deliverySeconds.zero({ channel });
      }
    },
    /** Notes that a new configuration was refused. */
    notConfigured: () => reloadSuccessful.set(0),
  };
}
