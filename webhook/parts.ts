/** The webhook's parts, put together: everything but the socket. */

import { join } from "node:path";
import type { Hono } from "hono";
import { createApi, createPlainText } from "./api/mod.ts";
import { type App, createApp } from "./app.ts";
import type { Clock } from "./clock.ts";
import { createDelivery, type Deliveries, type DeliveryEvent } from "./delivery/mod.ts";
import { createDrills, type Drills } from "./drill.ts";
import { createHeartbeat, findIllness, type Heartbeat } from "./heartbeat.ts";
import { createBodyReader } from "./http/body.ts";
import { createIngest, type IngestOptions } from "./ingest.ts";
import { type AlertIndex, createAlertIndex } from "./journal/alert_index.ts";
import { createArchive } from "./journal/archive.ts";
import type { SqliteJournal } from "./journal/mod.ts";
import type { Log } from "./log.ts";
import { createMessage } from "./message.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import type { ServiceJournal } from "./open_journal.ts";
import { createOwnVoice, type OwnVoice } from "./own_voice.ts";
import { createFeed } from "./page/feed.ts";
import { isLoopback } from "./page/host.ts";
import type { PagesOptions } from "./page/mod.tsx";
import type { PageEnv } from "./page/view.ts";
import { lazyPictures } from "./picture/lazy.ts";
import { readinessOf } from "./readiness.ts";
import { createRunbooks } from "./runbooks/mod.ts";
import { reportOf, requeue } from "./salvaged.ts";
import type { Channel } from "./settings.ts";
import { createGate, createSessions, type Gate, openSessionFile, type Sessions } from "./sign_on/mod.ts";
import type { State } from "./state.ts";
import { VERSION } from "./version.ts";
import { createWatchdog, type Watchdog } from "./watchdog.ts";

const BURST_MS = 100;

/** What the parts are made with. */
export interface PartsOptions extends ServiceJournal {
  /** Where what is to outlive the process is kept. */
  readonly dataDir: string;
  readonly state: State;
  readonly clock: Clock;
  readonly log: Log;
  /** Writes text to standard output. */
  readonly print: (text: string) => Promise<void>;
  /** Where it listens. */
  readonly hostname: string;
  /** How many connections are open. */
  readonly connections: () => number;
}

/** The parts that the service starts, reloads and stops. */
export interface Parts {
  readonly app: App;
  readonly deliveries: Deliveries;
  readonly metrics: Metrics;
  readonly voice: OwnVoice;
  readonly watchdog: Watchdog;
  readonly heartbeat: Heartbeat;
  readonly index: AlertIndex;
  readonly gate: Gate;
}

/** Puts them together; what is queued is told from now on. */
export function createParts(options: PartsOptions): Parts {
  const { state, clock, log, print, journal } = options;
  const { now } = clock;
  const settings = () => state.setup.settings;
  const onDefect = (error: unknown) =>
    log.error("Defect", { error: (error as Error).stack ?? String(error) });
  const drills = createDrills(now);
  const feed = createFeed();
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
    connections: options.connections,
  });
  const telling = {
    journal,
    clock,
    settings,
    routing: () => state.setup.routing,
    createMessage,
    templatesOf: ({ name }: Channel) => state.setup.templates.get(name),
  };
  const pictureSource = lazyPictures({
    page: () => settings().config.page,
    directory: () => state.setup.directory,
    locale: () => settings().config.locale,
    timezone: () => settings().config.timezone,
    clock,
    fetch,
    redact: (text) => settings().redact(text),
    count: metrics.picture,
    isSource: IS_SOURCE,
    onDefect,
  });
  const deliveries = createDelivery({
    ...telling,
    fetch,
    print,
    log,
    pictureSource,
    onEvent(event) {
      metrics.delivery(event);
      noteDrill(event, drills);
      const { id, notificationId } = event.delivery;
      feed.tell({ kind: "delivery", id, notificationId });
    },
  });
  const voice = createOwnVoice({ journal, clock, settings, deliveries, log });
  const watchdog = createWatchdog({ journal, clock, settings, voice, log });
  const heartbeat = createHeartbeat({
    clock,
    settings,
    fetch,
    log,
    whatIsIll() {
      const isWatchdogMissing = watchdog.isMissing();
      return findIllness({ journal, channels: deliveries.channels(), isWatchdogMissing, nowMs: now() });
    },
  });
  // Between two requests of a burst none is under way for a moment.
  let acceptedMs = -Infinity;
  const index = createAlertIndex(journal, {
    clock,
    isBusy: () => app.underWay() > 0 || now() < acceptedMs + BURST_MS,
    onProblem: (problem) => log.error("The search index has a problem", { problem }),
  });
  const readiness = () => readinessOfService(state, journal, now);
  const bodies = createBodyReader(() => state.setup.limits);
  const auth = () => state.setup.auth;
  const isStopping = () => state.stopping;
  const noted = noteIngested({ state, log, metrics, drills, watchdog, deliveries, voice, index });
  const ingest = createIngest({
    journal,
    plan: (notification) => state.setup.routing.plan(notification),
    bodies,
    auth,
    now,
    isStopping,
    ...noted,
    onAccepted(accepted, notification) {
      acceptedMs = now();
      noted.onAccepted(accepted, notification);
      if (!accepted.duplicate) feed.tell({ kind: "notification", id: accepted.id });
    },
    onDefect,
  });
  const archive = createArchive(journal, index);
  const textOf = createPlainText(telling);
  const api = createApi({
    archive,
    journal,
    deliveries,
    locale: () => settings().config.locale,
    now,
    isStopping,
    textOf,
    version: VERSION,
    isGuarded: () => auth().challenge !== "",
    redact: (text) => settings().redact(text),
    onDefect,
  });
  const requests = () => state.setup.limits.requests;
  const runbooks = createRunbooks({
    runbooks: () => state.setup.runbooks,
    locale: () => settings().config.locale,
  });
  const sessions = createServiceSessions(options);
  const gate = createGate({
    settings: () => settings().signOn,
    locale: () => settings().config.locale,
    sessions,
    clock,
    log,
  });
  metrics.gate(gate.figures, () => settings().signOn ? sessions.count() : undefined);
  const pages = lazyPages({
    page: () => settings().config.page,
    directory: () => state.setup.directory,
    dataDir: options.dataDir,
    archive,
    index,
    journal,
    deliveries,
    drills,
    readiness,
    hasRunbook: (alert) => state.setup.runbooks.byName.has(alert),
    textOf,
    feed,
    now,
    timezone: () => settings().config.timezone,
    isStopping,
    log,
    redact: (text) => settings().redact(text),
    onDefect,
    fetch,
    externalUrl: () => settings().config.externalUrl,
    gate,
    isGated: () => settings().signOn !== undefined,
    auth,
    isLocal: () => isLoopback(options.hostname),
    locale: () => settings().config.locale,
  });
  const app = createApp({
    ingest,
    bodies,
    auth,
    drills,
    metrics,
    log,
    readiness,
    requests,
    api,
    pages,
    runbooks,
    signOn: gate.app,
  });
  options.report({
    onCommit: metrics.commit,
    onProblem: voice.journalFailed,
    onSalvaged(salvage) {
      const report = reportOf(salvage);
      log.error("The journal was damaged", { file: salvage.file, why: salvage.why, report });
      const done = Promise.all([
        requeue(salvage, journal, state.setup.routing, now()).then(() => deliveries.wake()),
        voice.say({ kind: "journal-salvaged", report }),
      ]);
      done.catch(onDefect);
    },
  });
  return { app, deliveries, metrics, voice, watchdog, heartbeat, index, gate };
}

/** Whether the webhook runs from its source files; a bundle, also the one in the compiled program, is one file of JavaScript. */
const IS_SOURCE = import.meta.url.endsWith(".ts");

/** A webhook whose pages nobody looks at does without what they are made of. */
function lazyPages(options: PagesOptions): () => Promise<Hono<PageEnv>> {
  let made: Promise<Hono<PageEnv>> | undefined;
  const make = () => made ??= import("./page/mod.tsx").then(({ createPages }) => createPages(options));
  // A bundle has everything in it. A source file that changes in the meantime would not be read later.
  if (IS_SOURCE) make().catch(options.onDefect);
  return make;
}

/** Sessions in a file beside the journal: what they bring must not wait for alerts, nor alerts for them. */
function createServiceSessions({ dataDir, state, clock, log }: PartsOptions): Sessions {
  const onProblem = (problem: string) => log.error("The sessions have a problem", { problem });
  const none = { idleMs: 0, longestMs: 0 };
  return createSessions({
    open: () => openSessionFile(join(dataDir, "sessions.sqlite"), onProblem),
    limits: () => state.setup.settings.signOn ?? none,
    now: clock.now,
    onProblem,
  });
}

type Noting = Omit<Parts, "app" | "heartbeat" | "gate"> & Pick<PartsOptions, "state" | "log"> & {
  readonly drills: Drills;
};

/** Whom an accepted or refused body concerns. */
function noteIngested(
  { state, log, metrics, drills, watchdog, deliveries, voice, index }: Noting,
): Pick<IngestOptions, "onAccepted" | "onRejected" | "onQuarantined"> {
  return {
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
      if (reason === "too_large") voice.tooLarge(state.setup.limits.bodyBytes);
      log.error("Request refused", { path, status, reason: message });
    },
    onQuarantined: ({ reason }) => metrics.quarantined(reason),
  };
}

function noteDrill({ type, channel, delivery, atMs, reason }: DeliveryEvent, drills: Drills): void {
  if (type !== "delivered" && type !== "failed" && type !== "dead") return;
  const at = new Date(atMs).toISOString();
  drills.delivered(delivery.notificationId, { channel, ok: type === "delivered", at, reason });
}

function readinessOfService(state: State, journal: SqliteJournal, now: () => number) {
  return readinessOf({
    now,
    isStopping: () => state.stopping,
    journal,
    configRefused: () => state.refused?.reason,
    salvaged() {
      const salvage = journal.salvaged();
      return salvage && { atMs: salvage.atMs, report: reportOf(salvage) };
    },
  });
}
