/** The webhook's door for a test: a clock that is set by hand, a journal in memory that fails when told to, a log that is kept. */

import type { Hono } from "hono";
import { type AppEnv, createApp } from "./app.ts";
import { createAuth, type Credentials } from "./auth/mod.ts";
import { createDrills } from "./drill.ts";
import { type BodyLimits, createBodyReader } from "./http/body.ts";
import type { Rejected } from "./http/rejected.ts";
import { createIngest, type IngestOptions } from "./ingest.ts";
import { type Arrival, JournalFailure, type Quarantined } from "./journal/journal.ts";
import { limitsOf } from "./limits.ts";
import { createLog } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { defaultConfig } from "./read_config.ts";
import { createFakeClock } from "./testing/fake_clock.ts";

/** What a test may set. */
export interface TestWebhookOptions {
  readonly credentials?: Partial<Credentials>;
  readonly limits?: Partial<BodyLimits>;
  /** Requests at a time. */
  readonly requests?: number;
  readonly plan?: IngestOptions["plan"];
  readonly api?: Hono<AppEnv>;
  readonly runbooks?: Hono<AppEnv>;
}

/** A webhook without a socket and without a disk. */
export function createTestWebhook(options: TestWebhookOptions = {}) {
  const clock = createFakeClock(Date.parse("2026-11-22T10:00:00.000Z"));
  const arrivals: Arrival[] = [];
  const quarantined: Quarantined[] = [];
  const rejections: Rejected[] = [];
  const defects: unknown[] = [];
  const logged: string[] = [];
  const state = {
    stopping: false,
    failing: false,
    ready: true,
    /** What `accept` waits for, as it would for the disk. */
    synced: Promise.resolve(),
  };
  const mayFail = () => {
    if (state.failing) throw new JournalFailure("No space left on device");
  };
  const journal: IngestOptions["journal"] = {
    async accept(arrival) {
      await state.synced;
      mayFail();
      const before = arrivals.findIndex(({ digest }) => digest !== undefined && digest === arrival.digest);
      if (before >= 0) return { id: before + 1, duplicate: true };
      return { id: arrivals.push(arrival), duplicate: false };
    },
    async quarantine(body) {
      await state.synced;
      mayFail();
      return quarantined.push(body);
    },
  };
  const log = createLog((line) => void logged.push(line), clock.now);
  const drills = createDrills(clock.now);
  const metrics = createMetrics({
    version: "1.2.3",
    startedSeconds: 1,
    residentBytes: () => 2,
    activeDrills: drills.active,
  });
  const judge = createAuth({ bearers: [], users: [], hmacs: [], ...options.credentials }, clock);
  const auth = () => judge;
  const bodies = createBodyReader(() => ({ ...limitsOf(defaultConfig()), ...options.limits }));
  const ingest = createIngest({
    journal,
    plan: options.plan ?? (() => [{ channel: "console" }]),
    bodies,
    auth,
    now: clock.now,
    isStopping: () => state.stopping,
    onAccepted: (accepted, notification) => metrics.accepted(notification, accepted),
    onRejected(rejected) {
      rejections.push(rejected);
      metrics.rejected(rejected.reason);
    },
    onQuarantined: ({ reason }) => metrics.quarantined(reason),
    onDefect: (error) => void defects.push(error),
  });
  const app = createApp({
    ingest,
    bodies,
    auth,
    drills,
    metrics,
    log,
    readiness: () => ({ ready: state.ready, checks: [] }),
    requests: () => options.requests ?? 512,
    api: options.api,
    runbooks: options.runbooks,
  });
  return {
    app,
    arrivals,
    clock,
    defects,
    logged,
    metrics,
    quarantined,
    rejections,
    state,
    /** Posts `body` as JSON. */
    post: async (
      path: string,
      body: string | Uint8Array<ArrayBuffer>,
      headers: Record<string, string> = {},
    ) =>
      await app.request(path, {
        method: "POST",
        body,
        headers: { "content-type": "application/json", ...headers },
      }),
    /** The value of one series of /metrics, as written; undefined when there is none. */
    async series(name: string): Promise<number | undefined> {
      const text = await (await app.request("/metrics")).text();
      const line = text.split("\n").find((line) => line.startsWith(`${name} `));
      return line === undefined ? undefined : Number(line.slice(name.length + 1));
    },
  };
}
