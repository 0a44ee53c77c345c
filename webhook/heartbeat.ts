/** The heartbeat: an outside URL is asked while all is well, and alarms when it is not. */

import { durationMs, formatDuration } from "../lib/units.ts";
import type { Clock } from "./clock.ts";
import type { ChannelState } from "./delivery/mod.ts";
import type { Journal } from "./journal/journal.ts";
import type { Log } from "./log.ts";
import type { Settings } from "./settings.ts";

/** What the heartbeat needs. */
export interface HeartbeatOptions {
  readonly clock: Clock;
  readonly settings: () => Pick<Settings, "config" | "heartbeatUrl" | "redact">;
  readonly fetch: typeof fetch;
  /** What is not well, as a sentence; undefined while all is. */
  readonly whatIsIll: () => string | undefined;
  readonly log: Log;
  /** From 0 to 1: when the first one is sent. */
  readonly random?: () => number;
}

/** A heartbeat that beats. */
export interface Heartbeat {
  /** Takes over the settings as they are now. */
  configured(): void;
  /** When it was last taken, milliseconds since 1970; undefined before. */
  lastMs(): number | undefined;
  /** Ends it, and a request that is under way. */
  stop(): Promise<void>;
}

const REQUEST_MS = 10_000;
// Several webhooks that start together do not ask together.
const FIRST_WITHIN_MS = 10_000;

/** Starts the heartbeat that the settings name, if they name one. */
export function createHeartbeat(options: HeartbeatOptions): Heartbeat {
  const { clock, settings, fetch, whatIsIll, log, random = Math.random } = options;
  let cancel = () => {};
  let url: string | undefined;
  let underWay: { readonly ended: Promise<void>; readonly end: AbortController } | undefined;
  let lastMs: number | undefined;
  let problem: string | undefined;
  let stopped = false;

  function next(ms: number): void {
    cancel();
    cancel = clock.after(ms, () => {
      const end = new AbortController();
      const ended = beat(end).finally(() => underWay = undefined);
      underWay = { ended, end };
    });
  }

  async function beat(end: AbortController): Promise<void> {
    const { config, heartbeatUrl } = settings();
    if (config.heartbeat === undefined || heartbeatUrl === undefined) return;
    next(durationMs(config.heartbeat.every));
    const ill = whatIsIll();
    const reason = ill === undefined ? await ask(heartbeatUrl, end) : `withheld: ${ill}`;
    if (stopped) return;
    if (reason === undefined) lastMs = clock.now();
    if (reason === problem) return;
    problem = reason;
    if (reason === undefined) log.info("The heartbeat is taken again");
    else log.error("No heartbeat", { reason });
  }

  /** @returns why it was not taken. */
  async function ask(heartbeatUrl: string, end: AbortController): Promise<string | undefined> {
    const cancelTimeout = clock.after(REQUEST_MS, () => end.abort(new DOMException("", "TimeoutError")));
    try {
      const response = await fetch(heartbeatUrl, { redirect: "manual", signal: end.signal });
      await response.body?.cancel();
      return response.ok ? undefined : `the answer was ${response.status}`;
    } catch (error) {
      if ((error as Error).name === "TimeoutError") return `no answer within ${REQUEST_MS / 1_000} s`;
      // Deno's own message repeats the URL, which is a secret.
      const cause = (error as Error).cause ?? error;
      return settings().redact((cause as Error).message).replace(/\S*:\/\/\S*/g, "<secret>");
    } finally {
      cancelTimeout();
    }
  }

  function configured(): void {
    const { heartbeatUrl } = settings();
    if (heartbeatUrl === url) return;
    url = heartbeatUrl;
    cancel();
    if (url !== undefined) next(random() * FIRST_WITHIN_MS);
  }

  configured();
  return {
    configured,
    lastMs: () => lastMs,
    async stop() {
      stopped = true;
      cancel();
      underWay?.end.abort();
      await underWay?.ended;
    },
  };
}

/** A channel that leaves something untold for this long is not well. */
const UNTOLD_MS = 10 * 60_000;

/**
 * What is not well: the journal fails, the watchdog is missing, or a channel leaves what is due untold.
 *
 * @param isWatchdogMissing Undefined when none is expected.
 */
export function findIllness(
  { journal, channels, isWatchdogMissing, nowMs }: {
    readonly journal: Pick<Journal, "failure" | "nextDueMs">;
    readonly channels: readonly ChannelState[];
    readonly isWatchdogMissing: boolean | undefined;
    readonly nowMs: number;
  },
): string | undefined {
  const failure = journal.failure();
  if (failure !== undefined) return `the journal fails: ${failure}`;
  if (isWatchdogMissing) return "the watchdog is missing";
  for (const { name, oldestMs, consecutiveFailures } of channels) {
    if (oldestMs === undefined || nowMs - oldestMs < UNTOLD_MS) continue;
    // What is held because it flaps is old, and well.
    const dueMs = journal.nextDueMs(name, new Set()) ?? Infinity;
    if (consecutiveFailures === 0 && nowMs - dueMs < UNTOLD_MS) continue;
    return `channel "${name}" leaves something untold for more than ${formatDuration(UNTOLD_MS)}`;
  }
  return undefined;
}
