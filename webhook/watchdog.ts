/** The dead man's switch: an alert that always fires must keep coming, otherwise the webhook itself alarms. */

import { durationMs } from "../lib/units.ts";
import type { Clock } from "./clock.ts";
import type { Journal } from "./journal/journal.ts";
import type { Log } from "./log.ts";
import type { OwnVoice } from "./own_voice.ts";
import type { Notification } from "./payload.ts";
import type { Settings } from "./settings.ts";

/** What the watchdog needs. */
export interface WatchdogOptions {
  readonly journal: Pick<Journal, "get" | "put">;
  readonly clock: Clock;
  readonly settings: () => Pick<Settings, "config">;
  readonly voice: Pick<OwnVoice, "say">;
  readonly log: Log;
}

/** Waits for the alert that must keep coming. */
export interface Watchdog {
  /** Notes what was accepted, duplicates too. */
  seen(notification: Notification): void;
  /** Takes over the configuration as it is now. */
  configured(): void;
  /** When the alert last came, milliseconds since 1970; undefined when it never did, or none is expected. */
  seenMs(): number | undefined;
  /** Whether it is overdue; undefined when none is expected. */
  isMissing(): boolean | undefined;
  stop(): void;
}

interface Kept {
  readonly alertname: string;
  readonly seenMs?: number;
  /** Since when it is said to be missing. */
  readonly missingMs?: number;
}

const KEY = "watchdog";
// It may come often, from each of several Alertmanagers.
const KEEP_EVERY_MS = 30_000;

/** Starts waiting, from now or from when the alert last came, whichever is later. */
export function createWatchdog({ journal, clock, settings, voice, log }: WatchdogOptions): Watchdog {
  let sinceMs = clock.now();
  let seenMs: number | undefined;
  let missingMs: number | undefined;
  let keptMs = -Infinity;
  let expected: string | undefined;
  let cancel = () => {};

  function keep(): Promise<void> {
    keptMs = clock.now();
    return journal.put(KEY, { alertname: expected, seenMs, missingMs })
      .catch((error) => log.error("Cannot keep the watchdog's state", { reason: (error as Error).message }));
  }

  /** Says that it is missing, or comes again, and keeps that it was said. */
  function tell(startsMs: number, endsMs?: number): void {
    const { watchdog } = settings().config;
    if (watchdog === undefined) return;
    const { alertname, within, channels } = watchdog;
    const notice = { kind: "watchdog", alertname, withinMs: durationMs(within), lastMs: seenMs } as const;
    // Asked for at one time, both are on disk together: a restart neither repeats the alarm nor forgets it.
    Promise.all([voice.say(notice, { startsMs, endsMs }, channels), keep()])
      .catch((error) =>
        log.error("Cannot say that the watchdog is missing", { reason: (error as Error).message })
      );
  }

  function look(): void {
    cancel();
    const { watchdog } = settings().config;
    if (watchdog === undefined || missingMs !== undefined) return;
    const dueMs = Math.max(sinceMs, seenMs ?? 0) + durationMs(watchdog.within);
    const now = clock.now();
    if (now < dueMs) return void (cancel = clock.after(dueMs - now, look));
    missingMs = now;
    log.error("The watchdog is missing", { alertname: watchdog.alertname, within: watchdog.within });
    tell(now);
  }

  function configured(): void {
    const alertname = settings().config.watchdog?.alertname;
    if (alertname !== expected) {
      expected = alertname;
      sinceMs = clock.now();
      const kept = journal.get(KEY) as Kept | undefined;
      const isKept = kept !== undefined && kept.alertname === alertname;
      seenMs = isKept ? kept.seenMs : undefined;
      missingMs = isKept ? kept.missingMs : undefined;
    }
    look();
  }

  configured();
  return {
    seen({ alerts }) {
      if (expected === undefined) return;
      // A resolved one says that it does not fire any more, and that must not be.
      if (!alerts.some(({ status, labels }) => status === "firing" && labels.alertname === expected)) return;
      seenMs = clock.now();
      if (missingMs !== undefined) {
        const startsMs = missingMs;
        missingMs = undefined;
        log.info("The watchdog is back", { alertname: expected });
        tell(startsMs, seenMs);
        look();
      } else if (seenMs - keptMs >= KEEP_EVERY_MS) {
        void keep();
      }
    },
    configured,
    seenMs: () => seenMs,
    isMissing: () => expected === undefined ? undefined : missingMs !== undefined,
    stop: () => cancel(),
  };
}
