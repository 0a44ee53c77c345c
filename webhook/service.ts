/** The running webhook: its parts put together. */

import { isDeepStrictEqual } from "node:util";
import { type Clock, systemClock } from "./clock.ts";
import { keepCertificate, type KeptCertificate, readCertificate } from "./http/certificate.ts";
import { serve } from "./http/server.ts";
import { listenTls } from "./http/tls.ts";
import { type Log, withoutSecrets } from "./log.ts";
import { openServiceJournal } from "./open_journal.ts";
import { createParts, type Parts } from "./parts.ts";
import { readSetup } from "./setup.ts";
import type { State } from "./state.ts";
import { VERSION } from "./version.ts";

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
 * @throws {BadConfig} when the configuration cannot be used. @throws {BadTls} when its certificate cannot.
 * @throws {JournalFailure} when the journal cannot be opened. @throws {Deno.errors.AddrInUse} when the port is taken.
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { hostname, port, configPath, dataDir, print, clock = systemClock } = options;
  const state: State = { setup: await readSetup(configPath, clock), stopping: false };
  const log = withoutSecrets(options.log, (text) => state.setup.settings.redact(text));
  const { tls } = state.setup.settings.config;
  const material = tls && await readCertificate(tls);
  const opened = await openServiceJournal(dataDir, { state, clock, log });
  const connections = () => server.connections();
  const parts = createParts({ ...opened, hostname, dataDir, state, clock, log, print, connections });
  noteConfigured(parts, state, clock, log);

  const onError = (error: unknown) =>
    log.error("Cannot serve a connection", { error: (error as Error).stack ?? String(error) });
  const { connections: handshakes, headMs: handshakeMs } = state.setup.limits;
  const listener = material &&
    await listenTls({ hostname, port, material, handshakes, handshakeMs, onError });
  const limits = () => state.setup.limits;
  const server = serve({ hostname, port, listener, limits, answer: parts.app.answer, onError });
  const certificate = listener && keepCertificate({ files: tls!, listener, clock, log });
  log.info("Listening", { address: server.address, version: VERSION, config: configPath });

  return {
    address: server.address,
    async reload() {
      if (configPath === undefined) return log.info("Nothing to reload: started without --config");
      await reload({ configPath, state, parts, certificate, clock, log });
    },
    async shutdown(graceMs) {
      state.stopping = true;
      log.info("Shutting down");
      const { deliveries, gate, heartbeat, index, voice, watchdog } = parts;
      watchdog.stop();
      voice.stop();
      certificate?.stop();
      await index.stop();
      await Promise.all([server.shutdown(graceMs), deliveries.stop(graceMs), heartbeat.stop()]);
      gate.close();
      await opened.journal[Symbol.asyncDispose]();
      log.info("Stopped");
    },
  };
}

interface ReloadOptions {
  readonly configPath: string;
  readonly state: State;
  readonly parts: Parts;
  readonly certificate: KeptCertificate | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Reads the configuration again. One that is refused is said on the channels, and so is that it is good again. */
async function reload({ configPath, state, parts, certificate, clock, log }: ReloadOptions): Promise<void> {
  const say = (reason: string, startsMs: number, endsMs?: number) => {
    parts.voice.say({ kind: "config-refused", reason }, { startsMs, endsMs })
      .catch((error) => log.error("Cannot say that a configuration was refused", { reason: String(error) }));
  };
  try {
    const setup = await readSetup(configPath, clock);
    if (!isDeepStrictEqual(setup.settings.config.tls, state.setup.settings.config.tls)) {
      log.error("What the configuration says of TLS takes effect after a restart");
    }
    state.setup = setup;
  } catch (error) {
    const reason = (error as Error).message;
    parts.metrics.notConfigured();
    log.error("Cannot reload: the configuration before stays in use", { error: reason });
    if (!state.refused) say(reason, clock.now());
    state.refused = { atMs: state.refused?.atMs ?? clock.now(), reason };
    return;
  }
  await certificate?.reload();
  parts.deliveries.configured();
  parts.watchdog.configured();
  parts.heartbeat.configured();
  noteConfigured(parts, state, clock, log);
  log.info("Configuration reloaded", { config: configPath });
  if (state.refused) say("", state.refused.atMs, clock.now());
  state.refused = undefined;
}

function noteConfigured({ metrics }: Parts, { setup }: State, { now }: Clock, log: Log): void {
  metrics.configured([...setup.settings.channels.keys()], now());
  if (setup.runbooks.problem !== undefined) log.error("No runbooks", { reason: setup.runbooks.problem });
}
