/** Metrics that are read from the webhook's parts when they are scraped. */

import { type Counter, Gauge, type Registry } from "prom-client";
import type { ChannelState } from "./delivery/mod.ts";
import type { Depth } from "./journal/journal.ts";

/** What is read; what is left out, or gives undefined, has no series. Times are milliseconds since 1970. */
export interface MetricSources {
  readonly version: string;
  /** When the process started, seconds since 1970. */
  readonly startedSeconds: number;
  /** Resident memory, bytes. */
  readonly residentBytes: () => number;
  /** Ids of the active drills. */
  readonly activeDrills: () => readonly string[];
  /** The clock; Date.now by default. */
  readonly now?: () => number;
  /** How full each queue is. */
  readonly depths?: () => ReadonlyMap<string, Depth>;
  /** How the channels of the configuration are. */
  readonly channels?: () => readonly Pick<ChannelState, "name" | "circuit" | "consecutiveFailures">[];
  /** The journal on disk. */
  readonly journalSize?: () => { readonly bytes: number; readonly limitBytes: number };
  /** When a damaged journal was last set aside and salvaged. */
  readonly salvagedMs?: () => number | undefined;
  /** Notifications that the search index does not hold yet. */
  readonly indexPending?: () => number;
  /** What `/ready` answers. */
  readonly ready?: () => boolean;
  /** When the alert that must keep coming came last. */
  readonly watchdogSeenMs?: () => number | undefined;
  /** Whether it is overdue; undefined when none is expected. */
  readonly watchdogMissing?: () => boolean | undefined;
  /** When the outside heartbeat was last taken. */
  readonly heartbeatMs?: () => number | undefined;
  /** Connections that are open. */
  readonly connections?: () => number;
}

/** Values of a metric with labels. */
export type Values<Label extends string> = Iterable<readonly [Readonly<Record<Label, string>>, number]>;

/** Adds a metric that is handed its values when it is scraped: counting is then a plain number's `++`. */
export function addValues<Label extends string>(
  Metric: typeof Counter | typeof Gauge,
  registry: Registry,
  name: string,
  help: string,
  labelNames: Label[],
  values: () => Values<Label>,
): void {
  new Metric({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      // From nothing, which for a gauge is the same as to set it.
      for (const [labels, value] of values()) this.inc(labels, value);
    },
  });
}

/** Adds a gauge without labels, which has no series while there is no value. */
export function addGauge(
  registry: Registry,
  name: string,
  help: string,
  read: () => number | undefined,
): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      const value = read();
      if (value === undefined) this.remove();
      else this.set(value);
    },
  });
}

/**
 * Adds every metric that is read from `sources`.
 *
 * @param channels Names of those in use.
 * @returns what to call before each scrape.
 */
export function addScrapedMetrics(
  registry: Registry,
  sources: MetricSources,
  channels: ReadonlySet<string>,
): () => void {
  const now = sources.now ?? Date.now;
  const seconds = (ms: number | undefined) => ms === undefined ? undefined : ms / 1_000;
  const flag = (value: boolean | undefined) => value === undefined ? undefined : Number(value);
  const gauge = (name: string, help: string, read: () => number | undefined) =>
    addGauge(registry, name, help, read);

  addValues(
    Gauge,
    registry,
    "vigie_webhook_build_info",
    "A metric with a constant 1, labelled by the webhook's version",
    ["version"],
    () => [[{ version: sources.version }, 1]],
  );
  addValues(
    Gauge,
    registry,
    "vigie_drill_active",
    "1 for each drill that is active; no series otherwise",
    ["drill"],
    () => sources.activeDrills().map((drill) => [{ drill }, 1]),
  );
  gauge(
    "process_start_time_seconds",
    "When the process started, seconds since 1970",
    () => sources.startedSeconds,
  );
  gauge("process_resident_memory_bytes", "Resident memory", sources.residentBytes);

  let queues: { channel: string; queued: number; dead: number; ageMs: number }[] = [];
  const ofChannel = (name: string, help: string, read: (queue: typeof queues[number]) => number) =>
    addValues(
      Gauge,
      registry,
      name,
      help,
      ["channel"],
      () => queues.map((queue) => [{ channel: queue.channel }, read(queue)]),
    );
  ofChannel("vigie_webhook_queue_depth", "Deliveries that wait", ({ queued }) => queued);
  ofChannel(
    "vigie_webhook_queue_oldest_age_seconds",
    "How long the oldest delivery has waited; 0 when none waits",
    ({ ageMs }) => ageMs / 1_000,
  );
  ofChannel(
    "vigie_webhook_dead_letters",
    "Deliveries that were given up and can be replayed",
    ({ dead }) => dead,
  );
  let states: ReturnType<NonNullable<MetricSources["channels"]>> = [];
  addValues(
    Gauge,
    registry,
    "vigie_webhook_circuit_open",
    "1 while a channel is left alone because it keeps failing",
    ["channel"],
    () => states.map(({ name, circuit }) => [{ channel: name }, Number(circuit !== "closed")]),
  );
  addValues(
    Gauge,
    registry,
    "vigie_webhook_consecutive_failures",
    "Attempts to deliver that failed since the last one that did not",
    ["channel"],
    () => states.map(({ name, consecutiveFailures }) => [{ channel: name }, consecutiveFailures]),
  );

  gauge(
    "vigie_webhook_journal_size_bytes",
    "Size of the journal on disk",
    () => sources.journalSize?.().bytes,
  );
  gauge(
    "vigie_webhook_journal_limit_bytes",
    "Size that the journal may have",
    () => sources.journalSize?.().limitBytes,
  );
  gauge(
    "vigie_webhook_journal_salvaged_timestamp_seconds",
    "When a damaged journal was last set aside and what could be read of it taken over; no series when it never was",
    () => seconds(sources.salvagedMs?.()),
  );
  gauge(
    "vigie_webhook_search_pending",
    "Notifications that the search index does not hold yet; they are found all the same, more slowly",
    () => sources.indexPending?.(),
  );
  gauge("vigie_webhook_ready", "What /ready answers: 1 ready, 0 not", () => flag(sources.ready?.()));
  gauge(
    "vigie_webhook_watchdog_last_seen_timestamp_seconds",
    "When the alert that must keep coming came last; no series before the first, or without one",
    () => seconds(sources.watchdogSeenMs?.()),
  );
  gauge(
    "vigie_webhook_watchdog_missing",
    "1 while the alert that must keep coming is overdue; no series without one",
    () => flag(sources.watchdogMissing?.()),
  );
  gauge(
    "vigie_webhook_heartbeat_last_success_timestamp_seconds",
    "When the outside heartbeat URL last answered well; no series before the first, or without one",
    () => seconds(sources.heartbeatMs?.()),
  );
  gauge("vigie_webhook_connections", "Connections of clients that are open", () => sources.connections?.());

  return () => {
    states = sources.channels?.() ?? [];
    const depths = sources.depths?.() ?? new Map<string, Depth>();
    // A channel that was taken out of the configuration is shown as long as something of it is left.
    queues = [...new Set([...channels, ...depths.keys()])].map((channel) => {
      const { queued, dead, oldestMs } = depths.get(channel) ?? { queued: 0, dead: 0 };
      return { channel, queued, dead, ageMs: oldestMs === undefined ? 0 : Math.max(now() - oldestMs, 0) };
    });
  };
}
