/** Pictures that go with messages, beside the deliveries: nothing waits for them, and a picture that fails is a message without one. */

import type { Outcome, Picture, SendContext } from "../channels/mod.ts";
import type { Log } from "../log.ts";
import type { Notification } from "../payload.ts";
import { subjectKey, subjectOf } from "../picture/subject.ts";
import type { Channel } from "../settings.ts";
import { defect, REQUEST_MS } from "./attempt.ts";
import type { Bundle } from "./bundle.ts";
import type { ChannelHealth } from "./channel_state.ts";
import type { Pacer } from "./pacer.ts";
import { shownReason, type Surroundings, withoutSecrets } from "./step.ts";
import { readBundle } from "./told.ts";

/** How a picture can end: the values of the label `result`. `dropped`: the destination or the webhook had no room for it. */
export const PICTURE_RESULTS = [
  "sent",
  "no_graph",
  "no_data",
  "late",
  "failed",
  "refused",
  "dropped",
] as const;

/** How a picture can end. */
export type PictureResult = typeof PICTURE_RESULTS[number];

/** A picture, or why there is none; `reason` is one line for the operator. */
export type DrawnPicture =
  | { readonly picture: Picture }
  | { readonly missing: Exclude<PictureResult, "sent" | "refused">; readonly reason: string };

/** Where pictures come from. */
export interface PictureSource {
  /** Whether there is anything to draw from. */
  isOn(): boolean;
  /** The picture of what fires in `notification`, within `budgetMs` or not at all. */
  draw(notification: Notification, budgetMs: number, signal: AbortSignal): Promise<DrawnPicture>;
  /** Counts how one ended. */
  count(result: PictureResult): void;
  /** Ends what is being drawn. */
  stop(): void;
}

/** A message that was told, and whose picture may follow. */
export interface ToldMessage {
  readonly channel: Channel;
  readonly health: ChannelHealth;
  readonly pacer: Pacer;
  readonly bundle: Bundle;
  /** The request that told it, and what the destination calls it. */
  readonly out: unknown;
  readonly ref: string;
}

/** Sends pictures. */
export interface PictureDelivery {
  /** Sends the picture of a message that was told. It returns at once. */
  after(told: ToldMessage): void;
  /** The picture to put into a message that is about to be told; undefined when there is none in time. */
  within(channel: Channel, bundle: Bundle): Promise<Picture | undefined>;
  /** Ends everything. */
  stop(): Promise<void>;
}

type PictureOptions =
  & Pick<Surroundings, "journal" | "clock" | "routing" | "settings" | "fetch" | "print">
  & { readonly log: Log; readonly source: PictureSource };

const BUDGET_MS = 2_000;
const BUDGET_WITHIN_MS = 1_000;
/** A mail with more is refused by some servers, and read by nobody on the way. */
const MAX_WITHIN_BYTES = 1_000_000;
/** Messages whose pictures are under way; those of further ones are left out. */
const MAX_UNDER_WAY = 16;
/** For so long a picture waits until its destination has rested: later nobody looks for it. */
const PATIENCE_MS = 30_000;
/** Within so long nobody needs the same alert's picture twice. */
const SAME_MS = 3_600_000;
const MAX_KNOWN = 1_000;
/** A reason is logged once in this time. */
const SAID_MS = 3_600_000;

/** Starts with none under way. */
export function createPictureDelivery(options: PictureOptions): PictureDelivery {
  const { clock, log, source } = options;
  const stopped = new AbortController();
  const underWay = new Set<Promise<void>>();
  // One at a time to each channel.
  const last = new Map<string, Promise<void>>();
  const sentMs = new Map<string, number>();
  const saidMs = new Map<string, number>();
  const pausedUntilMs = new Map<string, number>();

  function end(result: PictureResult, channel: string, reason?: string): void {
    source.count(result);
    if (reason === undefined || stopped.signal.aborted) return;
    const key = `${channel} ${reason}`;
    if (clock.now() < (saidMs.get(key) ?? -Infinity) + SAID_MS) return;
    remember(saidMs, key, clock.now());
    log.info("A message has no picture", { channel, reason });
  }

  function isWanted({ settings }: Channel): boolean {
    return !stopped.signal.aborted && settings.pictures !== false && source.isOn();
  }

  /** What a picture can be made of. */
  async function notificationOf(bundle: Bundle): Promise<Notification | undefined> {
    const { journal, routing } = options;
    const told = await readBundle(bundle, { journal, routing: routing(), nowMs: clock.now() });
    // A test has no curve, and neither has what the webhook itself says.
    return told?.origin === "alert" ? told.notification : undefined;
  }

  async function draw(notification: Notification, budgetMs: number, { name }: Channel) {
    const drawn = await source.draw(notification, budgetMs, stopped.signal);
    if ("picture" in drawn) return drawn.picture;
    end(drawn.missing, name, shownReason(drawn.reason, redact));
    return undefined;
  }

  function redact(text: string): string {
    return options.settings().redact(text);
  }

  async function follow(told: ToldMessage): Promise<void> {
    const { channel, bundle, out, ref } = told;
    const { name, kind, settings } = channel;
    if (stopped.signal.aborted) return;
    const way = kind.pictureAfter!;
    const notification = await notificationOf(bundle);
    const subject = notification && subjectOf(notification);
    if (notification === undefined || subject === undefined) return;
    const key = `${name} ${bundle.speaker.group} ${subjectKey(subject)}`;
    if (clock.now() < (sentMs.get(key) ?? -Infinity) + SAME_MS) return;
    const picture = await draw(notification, BUDGET_MS, channel);
    if (picture === undefined) return;
    if (picture.bytes.length > way.maxBytes) return end("dropped", name, "The picture is too large");
    if (!await isTurn(told)) return end("dropped", name, "The destination had no room for a picture");
    const outcome = withoutSecrets(
      await within(REQUEST_MS, (context) => way.send(picture, { out, ref }, settings, context)),
      redact,
    );
    if (outcome.result === "delivered") {
      remember(sentMs, key, clock.now());
      return end("sent", name);
    }
    if (outcome.result === "retry" && outcome.afterMs !== undefined) {
      pausedUntilMs.set(name, clock.now() + outcome.afterMs);
    }
    end("refused", name, outcome.reason);
  }

  /** Waits until the destination has rested; false when it does not in time, or wants to be left alone. */
  async function isTurn({ channel: { name }, health, pacer }: ToldMessage): Promise<boolean> {
    const untilMs = clock.now() + PATIENCE_MS;
    for (;;) {
      const now = clock.now();
      const isLeftAlone = health.circuit.gate(now).kind !== "closed" ||
        Math.max(health.pausedUntilMs(), pausedUntilMs.get(name) ?? 0) > now;
      if (stopped.signal.aborted || isLeftAlone) return false;
      const restMs = pacer.restedMs();
      if (restMs <= 0) break;
      if (now + restMs > untilMs) return false;
      await pause(restMs);
    }
    pacer.takeSpare();
    return true;
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        cancel();
        stopped.signal.removeEventListener("abort", done);
        resolve();
      };
      const cancel = clock.after(ms, done);
      stopped.signal.addEventListener("abort", done);
    });
  }

  /** What `work` gives, and undefined when it takes longer than `ms`, whatever it does, or everything stops. */
  function inTime<Result>(ms: number, work: Promise<Result>): Promise<Result | undefined> {
    const late = Promise.withResolvers<undefined>();
    const give = () => late.resolve(undefined);
    const cancel = clock.after(ms, give);
    stopped.signal.addEventListener("abort", give);
    return Promise.race([work, late.promise]).finally(() => {
      cancel();
      stopped.signal.removeEventListener("abort", give);
    });
  }

  /** Sends, and gives up after `ms`, whatever the kind does. */
  async function within(ms: number, send: (context: SendContext) => Promise<Outcome>): Promise<Outcome> {
    const { fetch, print } = options;
    const given = new AbortController();
    const late = Promise.withResolvers<Outcome>();
    const give = (reason: string) => {
      given.abort(new DOMException("", "TimeoutError"));
      late.resolve({ result: "retry", reason });
    };
    const stop = () => give("The webhook stops");
    const cancel = clock.after(ms, () => give(`No answer within ${ms / 1_000} s`));
    stopped.signal.addEventListener("abort", stop);
    try {
      const context = { fetch, print, now: clock.now, signal: given.signal };
      return await Promise.race([send(context).catch(defect), late.promise]);
    } finally {
      cancel();
      stopped.signal.removeEventListener("abort", stop);
    }
  }

  return {
    after(told) {
      const { channel } = told;
      const { name, settings, kind } = channel;
      if (!isWanted(channel) || kind.pictureAfter?.isOpen?.(settings) === false) return;
      if (underWay.size >= MAX_UNDER_WAY) {
        return end("dropped", name, "Too many messages are told at a time for pictures");
      }
      const before = last.get(name) ?? Promise.resolve();
      const done = before.then(() => follow(told)).catch((error) => {
        log.error("Defect", { error: (error as Error).stack ?? String(error) });
        end("failed", name);
      }).finally(() => {
        underWay.delete(done);
        if (last.get(name) === done) last.delete(name);
      });
      underWay.add(done);
      last.set(name, done);
    },
    async within(channel, bundle) {
      if (!isWanted(channel)) return undefined;
      try {
        const notification = await notificationOf(bundle);
        if (notification === undefined || subjectOf(notification) === undefined) return undefined;
        const picture = await inTime(BUDGET_WITHIN_MS, draw(notification, BUDGET_WITHIN_MS, channel));
        if (picture !== undefined && picture.bytes.length > MAX_WITHIN_BYTES) {
          end("dropped", channel.name, "The picture is too large");
          return undefined;
        }
        if (picture !== undefined) end("sent", channel.name);
        return picture;
      } catch (error) {
        // The message goes without it.
        log.error("Defect", { error: (error as Error).stack ?? String(error) });
        return undefined;
      }
    },
    async stop() {
      stopped.abort();
      source.stop();
      await Promise.all(underWay);
    },
  };
}

/** Notes when something was, and forgets what is oldest. */
function remember(times: Map<string, number>, key: string, atMs: number): void {
  times.delete(key);
  times.set(key, atMs);
  for (const oldest of times.keys()) {
    if (times.size <= MAX_KNOWN) break;
    times.delete(oldest);
  }
}
