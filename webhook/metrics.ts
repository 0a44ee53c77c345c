/** The webhook's own metrics, as Prometheus scrapes them. */

import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { DeliveryEvent } from "./delivery/events.ts";
import { PICTURE_RESULTS, type PictureResult } from "./delivery/pictures.ts";
import type { Notification } from "./payload.ts";
import type { Figures } from "./sign_on/mod.ts";
import {
  addGauge,
  addScrapedMetrics,
  addValues,
  type MetricSources,
  type Values,
} from "./scraped_metrics.ts";

export type { MetricSources } from "./scraped_metrics.ts";

/** Why a request was refused: the values of the label `reason`. */
export const REJECTIONS = [
  "unauthorized",
  "media_type",
  "encoding",
  "too_large",
  "cut_short",
  "not_utf8",
  "not_json",
  "not_a_notification",
  "overloaded",
  "journal_failing",
  "shutting_down",
] as const;

/** Why a request was refused. */
export type Rejection = typeof REJECTIONS[number];

/** Why a body was quarantined: the refusals after which there is one to keep. */
export const QUARANTINES = ["encoding", "cut_short", "not_utf8", "not_json", "not_a_notification"] as const;

/** How a delivery can end: the values of the label `result`. `failed`: it is a dead letter now. */
const RESULTS = ["delivered", "failed", "coalesced"] as const;
const RESULT_OF: { readonly [Type in DeliveryEvent["type"]]?: typeof RESULTS[number] } = {
  delivered: "delivered",
  dead: "failed",
  coalesced: "coalesced",
};

/** What is counted of what happens to a delivery. */
export type CountedEvent = Pick<DeliveryEvent, "type" | "channel" | "atMs" | "receivedMs" | "tookMs">;

/** Where the webhook counts what it does. */
export type Metrics = ReturnType<typeof createMetrics>;

/** A registry with every metric of the webhook; series that are known beforehand start at 0. */
export function createMetrics(sources: MetricSources) {
  const registry = new Registry();
  const now = sources.now ?? Date.now;
  const channels = new Set<string>();
  const beforeScrape = addScrapedMetrics(registry, sources, channels);
  const counter = <Label extends string>(
    name: string,
    help: string,
    labelNames: Label[],
    values: () => Values<Label>,
  ) => addValues(Counter, registry, name, help, labelNames, values);

  const received = new Map([["firing", 0], ["resolved", 0]]);
  counter(
    "vigie_webhook_notifications_received_total",
    "Notifications accepted, duplicates included, by the status of their group",
    ["status"],
    () => [...received].map(([status, count]) => [{ status }, count]),
  );
  const alerts = { firing: 0, resolved: 0 };
  counter(
    "vigie_webhook_alerts_received_total",
    "Alerts in accepted notifications, by status",
    ["status"],
    () => Object.entries(alerts).map(([status, count]) => [{ status }, count]),
  );
  let stored = 0;
  counter(
    "vigie_webhook_notifications_stored_total",
    "Notifications that were kept and queued",
    [],
    () => [[{}, stored]],
  );
  let duplicates = 0;
  counter(
    "vigie_webhook_notifications_duplicate_total",
    "Notifications that were kept before: retries, or those of the other one of a pair of Alertmanagers",
    [],
    () => [[{}, duplicates]],
  );
  const rejected = counts(REJECTIONS);
  counter(
    "vigie_webhook_rejected_total",
    "Requests refused, by reason",
    ["reason"],
    () => [...rejected].map(([reason, count]) => [{ reason }, count]),
  );
  const quarantined = counts(QUARANTINES);
  counter(
    "vigie_webhook_quarantined_total",
    "Bodies that were not understood and are kept, by reason",
    ["reason"],
    () => [...quarantined].map(([reason, count]) => [{ reason }, count]),
  );
  let lastNotificationMs: number | undefined;
  addGauge(
    registry,
    "vigie_webhook_last_notification_timestamp_seconds",
    "When the last notification was accepted; no series before the first",
    // A 0 would read as the year 1970.
    () => lastNotificationMs === undefined ? undefined : lastNotificationMs / 1_000,
  );

  const ended = new Map<string, Map<string, number>>();
  counter(
    "vigie_webhook_deliveries_total",
    "Deliveries by how they ended: delivered, failed (a dead letter now), coalesced (a newer one spoke for it)",
    ["channel", "result"],
    () => [...ended].flatMap(([channel, ends]) => [...ends].map(([result, n]) => [{ channel, result }, n])),
  );
  const retries = new Map<string, number>();
  counter(
    "vigie_webhook_retries_total",
    "Attempts to deliver that failed and are made again",
    ["channel"],
    () => [...retries].map(([channel, count]) => [{ channel }, count]),
  );
  const attemptSeconds = new Histogram({
    name: "vigie_webhook_delivery_duration_seconds",
    help: "How long an attempt to deliver to a channel took",
    labelNames: ["channel"],
    buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  });
  const endToEndSeconds = new Histogram({
    name: "vigie_webhook_end_to_end_duration_seconds",
    help: "From the acceptance of a notification to its delivery to a channel",
    labelNames: ["channel"],
    buckets: [0.01, 0.05, 0.25, 1, 5, 15, 60, 300, 900, 3_600, 21_600, 86_400],
    registers: [registry],
  });
  const pictures = counts(PICTURE_RESULTS);
  counter(
    "vigie_webhook_pictures_total",
    "Pictures that were to go with messages, by how they ended: sent, or why there was none",
    ["result"],
    () => [...pictures].map(([result, count]) => [{ result }, count]),
  );
  const commitSeconds = new Histogram({
    name: "vigie_webhook_journal_commit_duration_seconds",
    help: "How long it took to write what was waiting to the journal, and to sync it",
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5],
    registers: [registry],
  });
  let writes = 0;
  counter(
    "vigie_webhook_journal_writes_total",
    "What was written to the journal: notifications, changes of deliveries, and the like; many of them share a commit",
    [],
    () => [[{}, writes]],
  );
  const reloadSuccessful = new Gauge({
    name: "vigie_webhook_config_last_reload_successful",
    help:
      "Whether the configuration was read the last time it was asked for (1) or the one before is still in use (0)",
    registers: [registry],
  });
  const reloadTime = new Gauge({
    name: "vigie_webhook_config_last_reload_success_timestamp_seconds",
    help: "When the configuration in use was read",
    registers: [registry],
  });

  return {
    /** The content type that `expose` is to be served with. */
    contentType: registry.contentType,
    /** Every series as text. */
    expose(): Promise<string> {
      beforeScrape();
      return registry.metrics();
    },
    /** Notes a notification that was acknowledged. */
    accepted(notification: Notification, { duplicate }: { readonly duplicate: boolean }): void {
      increase(received, notification.status);
      for (const { status } of notification.alerts) alerts[status]++;
      if (duplicate) duplicates++;
      else stored++;
      lastNotificationMs = now();
    },
    /** Notes a request that was refused. */
    rejected: (reason: Rejection): void => increase(rejected, reason),
    /** Notes a body that was put into quarantine. */
    quarantined: (reason: string): void => increase(quarantined, reason),
    /** Notes that the journal wrote so many things together. */
    commit(seconds: number, written: number): void {
      commitSeconds.observe(seconds);
      writes += written;
    },
    /** Notes what happened to a delivery. */
    delivery({ type, channel, atMs, receivedMs, tookMs }: CountedEvent): void {
      if (tookMs !== undefined) attemptSeconds.observe({ channel }, tookMs / 1_000);
      if (type === "failed") return increase(retries, channel);
      const result = RESULT_OF[type];
      if (result === undefined) return;
      if (!ended.has(channel)) ended.set(channel, counts(RESULTS));
      increase(ended.get(channel)!, result);
      if (type !== "delivered" || receivedMs === undefined) return;
      // A clock that was set back must not count as less than nothing.
      endToEndSeconds.observe({ channel }, Math.max(atMs - receivedMs, 0) / 1_000);
    },
    /** Notes how a picture that was to go with a message ended. */
    picture: (result: PictureResult): void => increase(pictures, result),
    /** Notes that a configuration came into use, with the names of its channels. */
    configured(names: readonly string[], atMs: number): void {
      reloadSuccessful.set(1);
      reloadTime.set(atMs / 1_000);
      channels.clear();
      for (const channel of names) {
        channels.add(channel);
        if (ended.has(channel)) continue;
        ended.set(channel, counts(RESULTS));
        retries.set(channel, retries.get(channel) ?? 0);
        attemptSeconds.zero({ channel });
        endToEndSeconds.zero({ channel });
      }
    },
    /** Adds what the gate counts. @param sessions How many are signed in; undefined while nobody has to. */
    gate({ signIns, refusals, forbidden }: Figures, sessions: () => number | undefined): void {
      const isOn = () => sessions() !== undefined;
      const add = (name: string, help: string, label: string, counts: ReadonlyMap<string, number>) =>
        counter(
          name,
          help,
          [label],
          () => isOn() ? [...counts].map(([value, count]) => [{ [label]: value }, count]) : [],
        );
      add("vigie_webhook_sign_ins_total", "Sign-ins, by where the user is known", "source", signIns);
      add(
        "vigie_webhook_sign_in_refusals_total",
        "Sign-ins that were refused, by reason",
        "reason",
        refusals,
      );
      add(
        "vigie_webhook_forbidden_total",
        "Requests refused because the role does not suffice, by role",
        "role",
        forbidden,
      );
      addGauge(registry, "vigie_webhook_sessions", "Browsers that are signed in", sessions);
    },
    /** Notes that a new configuration was refused. */
    notConfigured: (): void => reloadSuccessful.set(0),
  };
}

function counts(keys: readonly string[]): Map<string, number> {
  return new Map(keys.map((key) => [key, 0]));
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
