import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Depth } from "./journal/journal.ts";
import { createMetrics, type MetricSources } from "./metrics.ts";
import { decodeNotification } from "./payload.ts";

const NOW = Date.parse("2026-11-22T10:00:00.000Z");

function metricsOf(sources: Partial<MetricSources> = {}) {
  const metrics = createMetrics({
    version: "1.2.3",
    startedSeconds: 1,
    residentBytes: () => 2,
    activeDrills: () => [],
    now: () => NOW,
    ...sources,
  });
  return {
    metrics,
    /** Value of one series; undefined when there is none. */
    async series(name: string): Promise<number | undefined> {
      const line = (await metrics.expose()).split("\n").find((line) => line.startsWith(`${name} `));
      return line === undefined ? undefined : Number(line.slice(name.length + 1));
    },
  };
}

const PAIR = decodeNotification({ status: "firing", alerts: [{ status: "firing" }, { status: "resolved" }] });

Deno.test("createMetrics counts what was received, stored and a duplicate", async () => {
  const { metrics, series } = metricsOf();
  equal(await series("vigie_webhook_last_notification_timestamp_seconds"), undefined);
  metrics.accepted(PAIR, { duplicate: false });
  metrics.accepted(PAIR, { duplicate: true });
  equal(await series('vigie_webhook_notifications_received_total{status="firing"}'), 2);
  equal(await series('vigie_webhook_notifications_received_total{status="resolved"}'), 0);
  equal(await series('vigie_webhook_alerts_received_total{status="resolved"}'), 2);
  equal(await series("vigie_webhook_notifications_stored_total"), 1);
  equal(await series("vigie_webhook_notifications_duplicate_total"), 1);
  equal(await series("vigie_webhook_last_notification_timestamp_seconds"), NOW / 1_000);
});

Deno.test("createMetrics gives the same counts at every scrape", async () => {
  const { metrics, series } = metricsOf();
  metrics.rejected("too_large");
  metrics.quarantined("not_json");
  for (let scrape = 0; scrape < 3; scrape++) {
    equal(await series('vigie_webhook_rejected_total{reason="too_large"}'), 1);
    equal(await series('vigie_webhook_quarantined_total{reason="not_json"}'), 1);
    equal(await series('vigie_webhook_quarantined_total{reason="not_utf8"}'), 0);
  }
});

Deno.test("createMetrics tells ends of deliveries from attempts that are made again", async () => {
  const { metrics, series } = metricsOf();
  metrics.configured(["slack"], NOW);
  const common = { channel: "slack", atMs: NOW, receivedMs: NOW - 70_000 };
  metrics.delivery({ ...common, type: "failed", tookMs: 3_000 });
  metrics.delivery({ ...common, type: "held" });
  metrics.delivery({ ...common, type: "coalesced" });
  metrics.delivery({ ...common, type: "delivered", tookMs: 200 });
  metrics.delivery({ ...common, type: "dead", tookMs: 300 });
  metrics.delivery({ ...common, type: "fallback" });
  equal(await series('vigie_webhook_retries_total{channel="slack"}'), 1);
  for (const result of ["delivered", "failed", "coalesced"]) {
    equal(await series(`vigie_webhook_deliveries_total{channel="slack",result="${result}"}`), 1, result);
  }
  equal(await series('vigie_webhook_delivery_duration_seconds_count{channel="slack"}'), 3);
  equal(await series('vigie_webhook_end_to_end_duration_seconds_sum{channel="slack"}'), 70);
});

Deno.test("createMetrics keeps a channel's counts when the configuration is read again", async () => {
  const { metrics, series } = metricsOf();
  metrics.configured(["slack"], NOW);
  metrics.delivery({ type: "delivered", channel: "slack", atMs: NOW, tookMs: 1_000 });
  metrics.notConfigured();
  equal(await series("vigie_webhook_config_last_reload_successful"), 0);
  metrics.configured(["slack", "mail"], NOW);
  equal(await series("vigie_webhook_config_last_reload_successful"), 1);
  equal(await series('vigie_webhook_delivery_duration_seconds_count{channel="slack"}'), 1);
  equal(await series('vigie_webhook_deliveries_total{channel="slack",result="delivered"}'), 1);
  equal(await series('vigie_webhook_deliveries_total{channel="mail",result="failed"}'), 0);
});

Deno.test("createMetrics shows the queue of every channel that is configured or has something left", async () => {
  const depths = new Map<string, Depth>([
    ["slack", { queued: 3, oldestMs: NOW - 90_000, dead: 1 }],
    ["gone", { queued: 0, dead: 2 }],
  ]);
  const states = [
    { name: "slack", circuit: "open", consecutiveFailures: 7 },
    { name: "mail", circuit: "closed", consecutiveFailures: 0 },
  ] as const;
  const { metrics, series } = metricsOf({ depths: () => depths, channels: () => states });
  metrics.configured(["slack", "mail"], NOW);
  const shown = async (name: string) =>
    await Promise.all(["slack", "mail", "gone"].map((channel) => series(`${name}{channel="${channel}"}`)));
  deepEqual(await shown("vigie_webhook_queue_depth"), [3, 0, 0]);
  deepEqual(await shown("vigie_webhook_queue_oldest_age_seconds"), [90, 0, 0]);
  deepEqual(await shown("vigie_webhook_dead_letters"), [1, 0, 2]);
  deepEqual(await shown("vigie_webhook_circuit_open"), [1, 0, undefined]);
  deepEqual(await shown("vigie_webhook_consecutive_failures"), [7, 0, undefined]);
  depths.delete("gone");
  deepEqual(await shown("vigie_webhook_dead_letters"), [1, 0, undefined]);
});

Deno.test("createMetrics has no series for what is not there", async () => {
  const watchdog: { seenMs?: number } = {};
  const { series } = metricsOf({ watchdogSeenMs: () => watchdog.seenMs, ready: () => false });
  equal(await series("vigie_webhook_watchdog_last_seen_timestamp_seconds"), undefined);
  equal(await series("vigie_webhook_journal_size_bytes"), undefined);
  equal(await series("vigie_webhook_ready"), 0);
  watchdog.seenMs = NOW;
  equal(await series("vigie_webhook_watchdog_last_seen_timestamp_seconds"), NOW / 1_000);
});

Deno.test("createMetrics counts commits and what they held", async () => {
  const { metrics, series } = metricsOf();
  metrics.commit(0.002, 40);
  metrics.commit(0.004, 2);
  equal(await series("vigie_webhook_journal_writes_total"), 42);
  equal(await series("vigie_webhook_journal_commit_duration_seconds_count"), 2);
  equal(await series('vigie_webhook_journal_commit_duration_seconds_bucket{le="0.0025"}'), 1);
});

Deno.test("createMetrics gives every metric a help text and a type", async () => {
  const lines = (await metricsOf().metrics.expose()).split("\n");
  const names = new Set(
    lines.flatMap((line) => /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(line)?.[1] ?? []),
  );
  ok(names.size >= 25);
  for (const line of lines.filter((line) => line !== "" && !line.startsWith("#"))) {
    const name = /^[a-z_0-9]+/.exec(line)![0];
    ok(names.has(name) || names.has(name.replace(/_(bucket|sum|count)$/, "")), line);
  }
  for (const name of names) {
    match(lines.find((line) => line.startsWith(`# HELP ${name} `))!, / \S+ \S+ [A-Z1]/);
  }
});
