/** The running webhook: its parts put together. */

import { isDeepStrictEqual } from "node:util";
import { createApi, createPlainText } from "./api/mod.ts";
import { createApp } from "./app.ts";
import { type Clock, systemClock } from "./clock.ts";
import { createDelivery, type DeliveryEvent } from "./delivery/mod.ts";
import { createDrills } from "./drill.ts";
import { createHeartbeat, findIllness } from "./heartbeat.ts";
import { createBodyReader } from "./http/body.ts";
import { keepCertificate, readCertificate } from "./http/certificate.ts";
import { serve } from "./http/server.ts";
import { listenTls } from "./http/tls.ts";
import { createIngest } from "./ingest.ts";
import { createAlertIndex } from "./journal/alert_index.ts";
import { createArchive } from "./journal/archive.ts";
import { openJournal, type Salvage } from "./journal/mod.ts";
import type { Log } from "./log.ts";
import { createMessage } from "./message.ts";
import { createMetrics } from "./metrics.ts";
import { createOwnVoice } from "./own_voice.ts";
import { readinessOf } from "./readiness.ts";
import type { Channel } from "./settings.ts";
import { reportOf, requeue } from "./salvaged.ts";
import { readSetup } from "./setup.ts";
import { VERSION } from "./version.ts";
import { createWatchdog } from "./watchdog.ts";

/** How to run the webhook. */
export interface ServiceOptions {
  readonly hostname: string;
  /** TCP port; 0 picks a free one. */
  readonly port: number;
  /** webhook.json; without it every notification goes to the console. */
  readonly configPath?: string;
  /** Where what is accepted is kept; made when it is not there. */
  readonly dataDir: string;
  readonly log: Log;
  /** Writes text to standard output. */
  readonly print: (text: string) => Promise<void>;
  readonly clock?: Clock;
}

/** A webhook that runs. */
export interface Service {
  /** Where it listens, `host:port`. */
  readonly address: string;
  /** Reads the configuration again; a bad one is logged, and the one before stays in use. */
  reload(): Promise<void>;
  /** Ends within `graceMs`: no new requests; those in flight, and attempts under way, end; the rest stays in the journal. */
  shutdown(graceMs: number): Promise<void>;
}

/**
 * Starts the webhook.
 *
 * @throws {BadConfig} when the configuration cannot be used. @throws {JournalFailure} when the journal cannot be opened.
 * @throws {Deno.errors.AddrInUse} when the port is taken.
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { hostname, port, configPath, log, print, clock = systemClock } = options;
  const now = clock.now;
  let setup = await readSetup(configPath, clock);
  let stopping = false;
  const isStopping = () => stopping;
  let refused: { readonly atMs: number; readonly reason: string } | undefined;
  const config = () => setup.settings.config;
  // What opening the journal comes upon is in the log; who fails later is told on the channels as well.
  let tellJournalFailed: (problem: string) => void = () => {};
  const salvages: Salvage[] = [];
  let onSalvaged = (salvage: Salvage) => void salvages.push(salvage);
  const journal = await openJournal(options.dataDir, {
    clock,
    get limitBytes() {
      return setup.limits.journalBytes;
    },
    get duplicateWindowMs() {
      return setup.limits.duplicateWindowMs;
    },
    get ageMs() {
      return setup.limits.ageMs;
    },
    get deadAgeMs() {
      return setup.limits.deadAgeMs;
    },
    settleWithinMs: 10,
    onCommit: (seconds, rows) => metrics.commit(seconds, rows),
    onProblem(problem) {
      log.error("The journal has a problem", { problem });
      tellJournalFailed(problem);
    },
    onSalvaged: (salvage) => onSalvaged(salvage),
  });
  const drills = createDrills(now);
  const metrics = createMetrics({
    version: VERSION,
    startedSeconds: performance.timeOrigin / 1_000,
    residentBytes: () => Deno.memoryUsage().rss,
    activeDrills: drills.active,
    now,
    depths: () => journal.depths(),
    channels: () => deliveries.channels(),
    journalSize: () => journal.size(),
    ready: () => readiness().ready,
    indexPending: () => index.pending(),
    salvagedMs: () => journal.salvaged()?.atMs,
    watchdogSeenMs: () => watchdog.seenMs(),
    watchdogMissing: () => watchdog.isMissing(),
    heartbeatMs: () => heartbeat.lastMs(),
    connections: () => server.connections(),
  });
  const settings = () => setup.settings;
  const surroundings = {
    journal,
    clock,
    settings,
    routing: () => setup.routing,
    createMessage,
    templatesOf: ({ name }: Channel) => setup.templates.get(name),
  };
  const deliveries = createDelivery({
    ...surroundings,
    fetch,
    print,
    log,
    onEvent(event) {
      metrics.delivery(event);
      noteDrill(event);
    },
  });
  const voice = createOwnVoice({ journal, clock, settings, deliveries, log });
  tellJournalFailed = voice.journalFailed;
  const watchdog = createWatchdog({ journal, clock, settings, voice, log });
  const heartbeat = createHeartbeat({
    clock,
    settings,
    fetch,
    log,
    whatIsIll: () => {
      const isWatchdogMissing = watchdog.isMissing();
      return findIllness({ journal, channels: deliveries.channels(), isWatchdogMissing, nowMs: now() });
    },
  });
  const noteDrill = ({ type, channel, delivery, atMs, reason }: DeliveryEvent) => {
    if (type !== "delivered" && type !== "failed" && type !== "dead") return;
    const at = new Date(atMs).toISOString();
    drills.delivered(delivery.notificationId, { channel, ok: type === "delivered", at, reason });
  };
  const readiness = () =>
    readinessOf({
      now,
      isStopping,
      journal,
      configRefused: () => refused?.reason,
      salvaged: () => {
        const salvage = journal.salvaged();
        return salvage && { atMs: salvage.atMs, report: reportOf(salvage) };
      },
    });
  const index = createAlertIndex(journal, {
    clock,
    isBusy: () => app.underWay() > 0,
    onProblem: (problem) => log.error("The search index has a problem", { problem }),
  });
  const onDefect = (error: unknown) =>
    log.error("Defect", { error: setup.settings.redact((error as Error).stack ?? String(error)) });
  const bodies = createBodyReader(() => setup.limits);
  const ingest = createIngest({
    journal,
    plan: (notification) => setup.routing.plan(notification),
    bodies,
    auth: () => setup.auth,
    now,
    isStopping,
    onAccepted(accepted, notification) {
      metrics.accepted(notification, accepted);
      watchdog.seen(notification);
      if (accepted.duplicate) return;
      drills.received(accepted.id, notification);
      deliveries.wake(notification);
      index.wake();
    },
    onRejected({ status, reason, message }, { path }) {
      metrics.rejected(reason);
      if (reason === "too_large") voice.tooLarge(setup.limits.bodyBytes);
      log.error("Request refused", { path, status, reason: message });
    },
    onQuarantined: ({ reason }) => metrics.quarantined(reason),
    onDefect,
  });
  const app = createApp({
    ingest,
    bodies,
    auth: () => setup.auth,
    drills,
    metrics,
    log,
    readiness,
    requests: () => setup.limits.requests,
    api: createApi({
      archive: createArchive(journal, index),
      journal,
      deliveries,
      locale: () => config().locale,
      now,
      isStopping,
      textOf: createPlainText(surroundings),
      version: VERSION,
      isGuarded: () => setup.auth.challenge !== "",
      redact: (text) => setup.settings.redact(text),
      onDefect,
    }),
  });
  onSalvaged = (salvage) => {
    const report = reportOf(salvage);
    log.error("The journal was damaged", { file: salvage.file, why: salvage.why, report });
    const done = Promise.all([
      requeue(salvage, journal, setup.routing, now()).then(() => deliveries.wake()),
      voice.say({ kind: "journal-salvaged", report }),
    ]);
    done.catch(onDefect);
  };
  salvages.forEach(onSalvaged);
  const configured = () => metrics.configured([...setup.settings.channels.keys()], now());
  configured();
  const onError = (error: unknown) =>
    log.error("Cannot serve a connection", { error: (error as Error).stack ?? String(error) });
  const { tls } = setup.settings.config;
  const listener = tls && await listenTls({
    hostname,
    port,
    material: await readCertificate(tls),
    handshakes: setup.limits.connections,
    handshakeMs: setup.limits.headMs,
    onError,
  });
  const server = serve({
    hostname,
    port,
    listener,
    limits: () => setup.limits,
    answer: app.answer,
    onError,
  });
  const certificate = listener && keepCertificate({ files: tls!, listener, clock, log });
  const say = (reason: string, startsMs: number, endsMs?: number) => {
    voice.say({ kind: "config-refused", reason }, { startsMs, endsMs })
      .catch((error) => log.error("Cannot say that a configuration was refused", { reason: String(error) }));
  };
  log.info("Listening", { address: server.address, version: VERSION, config: configPath });

  return {
    address: server.address,
    async reload() {
      if (configPath === undefined) return log.info("Nothing to reload: started without --config");
      try {
        const next = await readSetup(configPath, clock);
        if (!isDeepStrictEqual(next.settings.config.tls, tls)) {
          log.error("What the configuration says of TLS takes effect after a restart");
        }
        setup = next;
        await certificate?.reload();
        deliveries.configured();
        watchdog.configured();
        heartbeat.configured();
        configured();
        log.info("Configuration reloaded", { config: configPath });
        if (refused) say("", refused.atMs, now());
        refused = undefined;
      } catch (error) {
        const reason = (error as Error).message;
        metrics.notConfigured();
        log.error("Cannot reload: the configuration before stays in use", { error: reason });
        if (!refused) say(reason, now());
        refused = { atMs: refused?.atMs ?? now(), reason };
      }
    },
    async shutdown(graceMs) {
      stopping = true;
      log.info("Shutting down");
      watchdog.stop();
      voice.stop();
      certificate?.stop();
      await index.stop();
      await Promise.all([server.shutdown(graceMs), deliveries.stop(graceMs), heartbeat.stop()]);
      await journal[Symbol.asyncDispose]();
      log.info("Stopped");
    },
  };
}
