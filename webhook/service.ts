/** The running webhook: its parts put together. */

import { createApp } from "./app.ts";
import { createDispatcher } from "./dispatch.ts";
import { createDrills } from "./drill.ts";
import type { Log } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { defaultConfig, readConfig } from "./read_config.ts";
import { serve, type ServerLimits } from "./http/server.ts";
import { VERSION } from "./version.ts";

/** How to run the webhook. */
export interface ServiceOptions {
  readonly hostname: string;
  /** TCP port; 0 picks a free one. */
  readonly port: number;
  /** webhook.json; without it every notification goes to the console. */
  readonly configPath?: string;
  readonly log: Log;
  /** Writes text to standard output. */
  readonly print: (text: string) => Promise<void>;
  /** Milliseconds since 1970; the clock by default. */
  readonly now?: () => number;
  readonly limits?: Partial<ServerLimits>;
}

/** A webhook that runs. */
export interface Service {
  /** Where it listens, `host:port`. */
  readonly address: string;
  /** Reads the configuration again; a bad one is logged, and the one before stays in use. */
  reload(): Promise<void>;
  /** Ends within `graceMs`: no new requests; those in flight, and deliveries under way, end. */
  shutdown(graceMs: number): Promise<void>;
}

/**
 * Starts the webhook.
 *
 * @throws {BadConfig} when the configuration cannot be used. @throws {Deno.errors.AddrInUse} when the port is taken.
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { configPath, log, print, now = Date.now } = options;
  let config = configPath === undefined ? defaultConfig() : await readConfig(configPath);
  let stopping = false;
  const drills = createDrills(now);
  const metrics = createMetrics({
    version: VERSION,
    startedSeconds: performance.timeOrigin / 1_000,
    residentBytes: () => Deno.memoryUsage().rss,
    activeDrills: drills.active,
  });
  const configured = () => metrics.configured(config.channels.map(({ name }) => name), now());
  configured();
  const inbox = createDispatcher({
    config: () => config,
    context: { now, print, fetch },
    drills,
    metrics,
    log,
  });
  const app = createApp({ inbox, drills, metrics, log, now, isStopping: () => stopping });
  const server = serve({
    hostname: options.hostname,
    port: options.port,
    limits: options.limits,
    answer: (request, exchange) => app.fetch(request, exchange),
    onError: (error) =>
      log.error("Cannot serve a connection", { error: (error as Error).stack ?? String(error) }),
  });
  log.info("Listening", { address: server.address, version: VERSION, config: configPath });

  return {
    address: server.address,
    async reload() {
      if (configPath === undefined) return log.info("Nothing to reload: started without --config");
      try {
        config = await readConfig(configPath);
        configured();
        log.info("Configuration reloaded", { config: configPath });
      } catch (error) {
        metrics.notConfigured();
        log.error("Cannot reload: the configuration before stays in use", {
          error: (error as Error).message,
        });
      }
    },
    async shutdown(graceMs) {
      stopping = true;
      log.info("Shutting down");
      const late = Promise.withResolvers<void>();
      const timer = setTimeout(() => {
        log.error("Deliveries were still under way");
        late.resolve();
      }, graceMs);
      await server.shutdown(graceMs);
      await Promise.race([inbox.idle(), late.promise]);
      clearTimeout(timer);
      log.info("Stopped");
    },
  };
}
