/** The webhook's parts for a test: a clock that is set by hand, an output and a log that are kept. */

import { createApp } from "./app.ts";
import type { BodyLimits } from "./body.ts";
import { createDispatcher } from "./dispatch.ts";
import { createDrills } from "./drill.ts";
import { createLog } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { parseConfig } from "./read_config.ts";

/** What a test may set. */
export interface TestWebhookOptions {
  /** webhook.json as an object. */
  readonly config?: unknown;
  readonly limits?: BodyLimits;
  /** Takes what is printed; kept in `printed` by default. */
  readonly print?: (text: string) => Promise<void>;
}

/** A webhook without a socket. */
export function createTestWebhook(options: TestWebhookOptions = {}) {
  const clock = { ms: Date.parse("2026-11-22T10:00:00.000Z") };
  const now = () => clock.ms;
  const printed: string[] = [];
  const logged: string[] = [];
  const state = { stopping: false, config: parseConfig(JSON.stringify(options.config ?? {}), "test") };
  const log = createLog((line) => void logged.push(line), now);
  const drills = createDrills(now);
  const metrics = createMetrics({
    version: "1.2.3",
    startedSeconds: 1,
    residentBytes: () => 2,
    activeDrills: drills.active,
  });
  metrics.configured(state.config.channels.map(({ name }) => name), clock.ms);
  const inbox = createDispatcher({
    config: () => state.config,
    context: { now, fetch, print: options.print ?? ((text) => Promise.resolve(void printed.push(text))) },
    drills,
    metrics,
    log,
  });
  const app = createApp({
    inbox,
    drills,
    metrics,
    log,
    now,
    isStopping: () => state.stopping,
    limits: options.limits,
  });
  return {
    app,
    clock,
    inbox,
    logged,
    metrics,
    printed,
    state,
    /** Posts `body` as JSON. */
    post: (path: string, body: BodyInit | null, headers: Record<string, string> = {}) =>
      app.request(path, {
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
