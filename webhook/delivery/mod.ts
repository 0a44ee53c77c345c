/** From the journal to the channels: whatever is queued is told, in the order of its group, until it is delivered or dead. */

import { setImmediate } from "node:timers/promises";
import { groupOf } from "../identity.ts";
import type { Change } from "../journal/journal.ts";
import type { Log } from "../log.ts";
import type { Notification } from "../payload.ts";
import { REQUEST_MS } from "./attempt.ts";
import type { ChannelState } from "./channel_state.ts";
import { createDeadlines } from "./deadlines.ts";
import type { DeliveryEvent } from "./events.ts";
import { createPictureDelivery, type PictureSource } from "./pictures.ts";
import type { Surroundings } from "./step.ts";
import { tellOnce } from "./tell_once.ts";
import { isCritical } from "./told.ts";
import { createWorker, type Worker } from "./worker.ts";
import { createWriter } from "./writer.ts";

export type { ChannelState } from "./channel_state.ts";
export type { DeliveryEvent } from "./events.ts";
export { PICTURE_RESULTS, type PictureResult, type PictureSource } from "./pictures.ts";

/** What deliveries need. */
export interface DeliveryOptions extends Omit<Surroundings, "random" | "templatesOf" | "pictures"> {
  readonly templatesOf?: Surroundings["templatesOf"];
  readonly log: Log;
  /** Told of everything that happened, once it is on disk. */
  readonly onEvent: (event: DeliveryEvent) => void;
  /** From 0 to 1; spreads attempts over time. */
  readonly random?: () => number;
  /** Milliseconds with their fractions; by it work is cut into slices. `performance.now` by default. */
  readonly stopwatchMs?: () => number;
  /** Where pictures come from; messages go without them otherwise. */
  readonly pictureSource?: PictureSource;
}

/** Deliveries that run. */
export interface Deliveries {
  /** Looks for what is due in every channel. @param accepted What has just been accepted, if that is why. */
  wake(accepted?: Notification): void;
  /** Takes over the settings and the routing as they are now. */
  configured(): void;
  /**
   * Tells `notification` to channels at once, past the journal: for the news that the journal fails. Each is tried once; what fails is logged.
   */
  tellNow(notification: Notification, channels: readonly string[]): Promise<void>;
  /** The channels of the configuration. */
  channels(): ChannelState[];
  /** Resolves when nothing is under way and nothing is due. */
  idle(): Promise<void>;
  /**
   * Starts no more attempts. Those under way may end; what has not ended shortly before `graceMs` is ended, and stays queued as it was. After
   * that nothing is written to the journal any more.
   */
  stop(graceMs: number): Promise<void>;
}

// What is left of the grace for attempts that are ended to say so, and for that to be written.
const LAST_MS = 1_000;
const ORPHANS_AT_ONCE = 100;

/** Starts delivering what is queued. */
export function createDelivery(options: DeliveryOptions): Deliveries {
  const { journal, clock, settings, log, onEvent } = options;
  const writer = createWriter(journal, clock, log);
  const deadlines = createDeadlines(REQUEST_MS, clock);
  const workers = new Map<string, Worker>();
  let resting: (() => void)[] = [];
  let burying: Promise<void> | undefined;
  let stopped = false;

  const { pictureSource } = options;
  const pictures = pictureSource && createPictureDelivery({ ...options, source: pictureSource });
  const around = {
    ...options,
    pictures,
    templatesOf: options.templatesOf ?? (() => undefined),
    random: options.random ?? Math.random,
    stopwatchMs: options.stopwatchMs ?? (() => performance.now()),
    writer,
    deadlines,
    onEvents,
    onRest,
  };

  function onEvents(events: readonly DeliveryEvent[]): void {
    for (const event of events) {
      logEvent(event, log);
      if (event.type === "fallback") workers.get(event.to!)?.wake();
      try {
        onEvent(event);
      } catch (error) {
        // Whoever watches must not be able to stop what is watched.
        log.error("Defect", { error: (error as Error).stack ?? String(error) });
      }
    }
  }

  function onRest(): void {
    if (resting.length === 0 || !isIdle()) return;
    const waiting = resting;
    resting = [];
    waiting.forEach((done) => done());
  }

  function isIdle(): boolean {
    return burying === undefined && [...workers.values()].every((worker) => worker.isIdle());
  }

  function rest(): Promise<void> {
    return isIdle() ? Promise.resolve() : new Promise((done) => resting.push(done));
  }

  function configured(): void {
    const { channels } = settings();
    for (const [name, channel] of channels) {
      if (!workers.has(name)) workers.set(name, createWorker(channel, around));
    }
    for (const [name, worker] of workers) worker.configured(channels.get(name));
    buryOrphans();
  }

  /** What is queued for channels that the configuration does not have any more is dead; it can be replayed when they are back. */
  function buryOrphans(): void {
    burying ??= bury().catch((error) => {
      log.error("Cannot note what is queued for channels that are gone", {
        reason: (error as Error).message,
      });
    }).finally(() => {
      burying = undefined;
      onRest();
    });
  }

  async function bury(): Promise<void> {
    for (const [channel, { queued }] of journal.depths()) {
      for (let left = queued; left > 0 && !stopped && !settings().channels.has(channel);) {
        const groups = journal.due(channel, Number.MAX_SAFE_INTEGER, ORPHANS_AT_ONCE, new Set());
        const deliveries = groups.flatMap(({ deliveries }) => deliveries);
        if (deliveries.length === 0) {
          // Behind others there may be some that are not in the queue yet.
          if ((journal.nextDueMs(channel, new Set()) ?? Infinity) > clock.now()) break;
          await setImmediate();
          continue;
        }
        const atMs = clock.now();
        const reason = "No channel has that name any more";
        const changes = deliveries.map(({ id }): Change => ({ to: "dead", id, atMs, tookMs: 0, reason }));
        if (!await writer.settle(changes)) return;
        onEvents(deliveries.map((delivery) => ({ type: "dead", channel, delivery, atMs, reason })));
        left -= deliveries.length;
        await setImmediate();
      }
    }
  }

  configured();
  return {
    wake(accepted) {
      for (const worker of workers.values()) worker.wake();
      if (accepted === undefined || ![...workers.values()].some(({ health }) => health.hasAnnounced())) {
        return;
      }
      if (!isCritical(accepted)) return;
      const group = groupOf(accepted);
      for (const worker of workers.values()) worker.release(group);
    },
    configured,
    async tellNow(notification, channels) {
      await Promise.all(channels.map(async (name) => {
        const channel = settings().channels.get(name);
        if (channel === undefined) return;
        const reason = await tellOnce(channel, notification, around);
        if (reason !== undefined) log.error("Cannot deliver past the journal", { channel: name, reason });
      }));
    },
    channels() {
      const depths = journal.depths();
      return [...settings().channels.values()].map(({ name, kind }) => ({
        name,
        kind: kind.kind,
        ...depths.get(name) ?? { queued: 0, dead: 0 },
        ...workers.get(name)!.health.shown(clock.now()),
      }));
    },
    idle: rest,
    async stop(graceMs) {
      stopped = true;
      writer.stop();
      for (const worker of workers.values()) worker.stop();
      const withoutPictures = pictures?.stop();
      const cancel = clock.after(Math.max(graceMs - LAST_MS, 0), () => deadlines.stop());
      await Promise.all([rest(), withoutPictures]);
      cancel();
    },
  };
}

function logEvent({ type, channel, delivery, reason, to }: DeliveryEvent, log: Log): void {
  const facts = { channel, notification: delivery.notificationId, attempts: delivery.attempts + 1, reason };
  if (type === "failed") log.error("Cannot deliver yet", facts);
  if (type === "dead") log.error("Cannot deliver: a dead letter now", facts);
  if (type === "fallback") log.info("Told another channel instead", { ...facts, to });
  if (type === "held") {
    log.info("Group is flapping: held back", { channel, notification: facts.notification });
  }
}
