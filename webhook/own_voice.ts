/** How the webhook's own notices get to its channels: as notifications like all others, and past the journal when that fails. */

import type { Clock } from "./clock.ts";
import type { Deliveries } from "./delivery/mod.ts";
import { groupOf } from "./identity.ts";
import { type Journal, JournalFailure } from "./journal/journal.ts";
import type { Log } from "./log.ts";
import { createOwnNotification, type OwnNotice } from "./own_notice.ts";
import type { Settings } from "./settings.ts";

/** What the voice needs. */
export interface OwnVoiceOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly settings: () => Settings;
  readonly deliveries: Pick<Deliveries, "wake" | "tellNow">;
  readonly log: Log;
}

/** Says what the webhook itself has to say. */
export interface OwnVoice {
  /**
   * Says `notice` to `channels`, to all by default. Resolves when it is on disk or, if the journal fails, when it was tried.
   *
   * @param span Since when it is so, now by default; and since when it is over, if it is. Milliseconds since 1970.
   */
  say(
    notice: OwnNotice,
    span?: { readonly startsMs?: number; readonly endsMs?: number },
    channels?: readonly string[],
  ): Promise<void>;
  /** Notes that a body was refused for its size: that is said at once, and then every 10 min with how many there were. */
  tooLarge(limitBytes: number): void;
  /** Notes that the journal failed: if it goes on for a while, that is said past the journal, and when it is over as well. */
  journalFailed(reason: string): void;
  /** Says nothing more. */
  stop(): void;
}

const TOO_LARGE_EVERY_MS = 10 * 60_000;
const JOURNAL_CHECK_MS = 10_000;

/** The webhook's voice. */
export function createOwnVoice({ journal, clock, settings, deliveries, log }: OwnVoiceOptions): OwnVoice {
  let tooLarge: { count: number; limitBytes: number } | undefined;
  let failing: { readonly sinceMs: number; reason: string; isSaid: boolean } | undefined;
  const timers = new Set<() => void>();

  function after(ms: number, action: () => void): void {
    const cancel = clock.after(ms, () => {
      timers.delete(cancel);
      action();
    });
    timers.add(cancel);
  }

  const say: OwnVoice["say"] = async (notice, { startsMs = clock.now(), endsMs } = {}, channels) => {
    const { config, channels: known } = settings();
    const { locale, timezone } = config;
    const nowMs = clock.now();
    const { notification, body } = createOwnNotification(notice, {
      locale,
      timezone,
      startsMs,
      endsMs,
      nowMs,
    });
    const told = [...known.keys()].filter((name) => channels === undefined || channels.includes(name));
    log.info("The webhook says", {
      notice: notification.commonLabels.alertname,
      status: notification.status,
    });
    try {
      await journal.accept({
        receivedMs: nowMs,
        origin: "own",
        notification,
        body,
        group: groupOf(notification),
        deliveries: told.map((channel) => ({ channel })),
      });
      deliveries.wake();
    } catch (error) {
      if (!(error instanceof JournalFailure)) throw error;
      await deliveries.tellNow(notification, told);
    }
  };

  /** As `say`, for those who cannot wait. */
  function sayLater(...args: Parameters<OwnVoice["say"]>): void {
    say(...args).catch((error) =>
      log.error("Cannot say", { notice: args[0].kind, reason: (error as Error).message })
    );
  }

  function sayTooLarge(): void {
    const { count, limitBytes } = tooLarge!;
    if (count === 0) return void (tooLarge = undefined);
    sayLater({ kind: "too-large", count, limitBytes });
    tooLarge!.count = 0;
    after(TOO_LARGE_EVERY_MS, sayTooLarge);
  }

  async function checkJournal(): Promise<void> {
    const { sinceMs, reason, isSaid } = failing!;
    try {
      // Whether it works is known only by trying.
      await journal.put("own", { journalFailedMs: sinceMs });
    } catch (error) {
      failing!.reason = (error as Error).message;
      if (!isSaid) {
        failing!.isSaid = true;
        await say({ kind: "journal-failing", reason: failing!.reason }, { startsMs: sinceMs });
      }
      return after(JOURNAL_CHECK_MS, () => void checkJournal());
    }
    failing = undefined;
    log.info("The journal can be written again");
    if (isSaid) sayLater({ kind: "journal-failing", reason }, { startsMs: sinceMs, endsMs: clock.now() });
  }

  return {
    say,
    tooLarge(limitBytes) {
      const first = tooLarge === undefined;
      tooLarge = { count: (tooLarge?.count ?? 0) + 1, limitBytes };
      if (first) sayTooLarge();
    },
    journalFailed(reason) {
      if (failing !== undefined) return void (failing.reason = reason);
      failing = { sinceMs: clock.now(), reason, isSaid: false };
      after(JOURNAL_CHECK_MS, () => void checkJournal());
    },
    stop() {
      for (const cancel of timers) cancel();
      timers.clear();
    },
  };
}
