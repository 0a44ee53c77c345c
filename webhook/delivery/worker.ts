/** Tells one channel what is queued for it, as fast as it may be told, and sleeps when there is nothing. */

import { setImmediate } from "node:timers";
import type { QueuedGroup } from "../journal/journal.ts";
import type { Log } from "../log.ts";
import type { Channel } from "../settings.ts";
import { nextBundle } from "./bundle.ts";
import { type ChannelHealth, createChannelHealth } from "./channel_state.ts";
import type { Deadlines } from "./deadlines.ts";
import type { DeliveryEvent } from "./events.ts";
import { createPacer } from "./pacer.ts";
import { createRush } from "./rush.ts";
import { step, type Surroundings } from "./step.ts";
import { tooOldMs } from "./verdict.ts";
import type { Writer } from "./writer.ts";

/** A channel's worker. */
export interface Worker {
  readonly health: ChannelHealth;
  /** Looks for what is due. */
  wake(): void;
  /** Tells what is held of a group: it has become critical. */
  release(group: string): void;
  /** Takes its channel's new configuration; undefined when there is none any more. */
  configured(channel: Channel | undefined): void;
  /** Whether nothing is under way and nothing is about to be looked for. */
  isIdle(): boolean;
  /** Starts nothing more. */
  stop(): void;
}

/** What a worker is given. */
export interface WorkerOptions extends Surroundings {
  readonly writer: Writer;
  readonly log: Log;
  readonly deadlines: Deadlines;
  /** Milliseconds with their fractions. */
  readonly stopwatchMs: () => number;
  /** Told of everything that happened, once it is on disk. */
  readonly onEvents: (events: readonly DeliveryEvent[]) => void;
  /** Told when something has ended. */
  readonly onRest: () => void;
}

// Groups that are begun at one time, and how long that may take: senders wait for their answers meanwhile.
const GROUPS_AT_ONCE = 64;
const SLICE_MS = 2;
const MANY_GROUPS = 10_000;
// In a rush, or when somebody sends while much is to be told, senders go first: what is to be told may lag, and catches up.
const RUSH_GROUPS_AT_ONCE = 16;
const RUSH_SLICE_MS = 0.5;
const RUSH_PAUSE_MS = 5;
// Of a hundred senders one at most meets what is told meanwhile, also where each waits for the answer to the one before.
const FLOOD_PAUSE_MS = 150;
// A flood that goes on must not fill the journal with what could have been told: that would refuse senders in the end.
const ROOMY = 0.5;
const JOURNAL_AGAIN_MS = 1_000;
// Timers tell how long they waited, not what time it is: a clock that was set, or a machine that slept, is noticed after this.
const LONGEST_SLEEP_MS = 60_000;

/** A worker of `channel`. It does nothing before it is woken. */
export function createWorker(channel: Channel, options: WorkerOptions): Worker {
  const { journal, clock, writer, log, deadlines, stopwatchMs } = options;
  const { name } = channel;
  // Groups that something is under way of, or not yet noted.
  const busy = new Set<string>();
  let running = 0;
  const health = createChannelHealth(
    name,
    journal,
    clock.now(),
    (error) =>
      log.error("Cannot keep a channel's state", { channel: name, reason: (error as Error).message }),
  );
  let current: Channel | undefined = channel;
  let pacer = createPacer(channel.kind.pace, clock);
  // Groups to be released once what is under way of them has ended.
  const releasing = new Set<string>();
  let readAgainMs = 0;
  // Nothing is too old before.
  let expiryMs = 0;
  let scheduled = false;
  const rush = createRush(clock);
  // Whether more was due than was begun.
  let isBehind = false;
  const isLate = () => rush.isOn() || (isBehind && rush.isAny());
  let cancelPause: (() => void) | undefined;
  let stopped = false;
  let cancelTimer = () => {};

  function schedule(): void {
    if (scheduled || stopped) return;
    scheduled = true;
    const lookNow = () => {
      scheduled = false;
      cancelPause = undefined;
      if (!stopped) look();
      options.onRest();
    };
    if (isLate()) cancelPause = clock.after(mayLag() ? FLOOD_PAUSE_MS : RUSH_PAUSE_MS, lookNow);
    else setImmediate(lookNow);
  }

  /** What waits may wait for long, as long as the journal has room for more. */
  function mayLag(): boolean {
    if (!rush.isFlood()) return false;
    const { bytes, limitBytes } = journal.size();
    return bytes < limitBytes * ROOMY;
  }

  function sleepUntil(atMs: number | undefined): void {
    cancelTimer();
    if (atMs === undefined) return;
    cancelTimer = clock.after(Math.min(Math.max(atMs - clock.now(), 1), LONGEST_SLEEP_MS), schedule);
  }

  function look(): void {
    cancelTimer();
    try {
      if (current !== undefined) sleepUntil(begin(current));
    } catch (error) {
      unreadable(error);
    }
  }

  function unreadable(error: unknown): void {
    log.error("Cannot read what is to be told", { channel: name, reason: (error as Error).message });
    readAgainMs = clock.now() + JOURNAL_AGAIN_MS;
    sleepUntil(readAgainMs);
  }

  /** Begins what may begin now. @returns when to look again, if nothing ends before; undefined when there is nothing to wait for. */
  function begin(channel: Channel): number | undefined {
    const now = clock.now();
    const { concurrency = 1 } = channel.kind.pace;
    if (running >= concurrency) return undefined;
    const notBeforeMs = Math.max(health.pausedUntilMs(), readAgainMs, now + pacer.waitMs());
    if (notBeforeMs > now) return Math.min(notBeforeMs, expire(channel, now));
    const gate = health.circuit.gate(now);
    if (gate.kind === "probing") return undefined;
    if (gate.kind === "open") {
      const isBegun = gate.except !== undefined &&
        beginUpTo(1, new Set([...busy, gate.except]), channel, true);
      return isBegun ? undefined : Math.min(gate.untilMs, expire(channel, now));
    }
    if (gate.kind === "probe") return beginUpTo(1, busy, channel, true) ? undefined : nextDueMs();
    const most = isLate() ? RUSH_GROUPS_AT_ONCE : GROUPS_AT_ONCE;
    const limit = Math.min(concurrency - running, pacer.available(), most);
    beginUpTo(limit, busy, channel, false);
    return running < concurrency ? nextDueMs() : undefined;
  }

  function nextDueMs(): number | undefined {
    return journal.nextDueMs(name, busy);
  }

  /** Begins at most `limit` groups that are due, and not in `not`. @returns whether there was one. */
  function beginUpTo(limit: number, not: ReadonlySet<string>, channel: Channel, isProbe: boolean): boolean {
    const sliceMs = isLate() ? RUSH_SLICE_MS : SLICE_MS;
    const started = stopwatchMs();
    const groups = journal.due(name, clock.now(), limit, not);
    isBehind = groups.length >= Math.max(limit, RUSH_GROUPS_AT_ONCE);
    for (const [i, group] of groups.entries()) {
      if (i > 0 && stopwatchMs() > started + sliceMs) {
        isBehind = true;
        break;
      }
      void work(channel, group, isProbe, groups.length < limit);
    }
    return groups.length > 0;
  }

  /** What is too old dies even while its channel is left alone, so that its fallback is told. @returns when to look again. */
  function expire(channel: Channel, now: number): number {
    if (now < expiryMs) return expiryMs;
    for (const group of journal.due(name, now, GROUPS_AT_ONCE, busy)) {
      if (tooOldMs(nextBundle(group.deliveries, now), channel) <= now) {
        void work(channel, group, false, false);
      }
    }
    // What is queued later becomes too old later.
    const oldestMs = journal.depths().get(name)?.oldestMs ?? now;
    const nextMs = oldestMs + channel.maxAgeMs;
    return expiryMs = nextMs > now ? nextMs : now + LONGEST_SLEEP_MS;
  }

  /**
   * Tells what is queued of a group.
   *
   * @param alone Whether no other group waits: then all of it, one message after another.
   */
  async function work(
    channel: Channel,
    { group, deliveries }: QueuedGroup,
    isProbe: boolean,
    alone: boolean,
  ): Promise<void> {
    busy.add(group);
    running++;
    if (isProbe) health.circuit.probe();
    let written = Promise.resolve();
    try {
      for (let left = deliveries; left.length > 0;) {
        const input = { channel, health, pacer, deliveries: left, isProbe, deadlines };
        const { changes, events, done } = await step(input, options);
        if (changes.length > 0) {
          written = writer.settle(changes).then((isWritten) => {
            if (isWritten) options.onEvents(events);
          });
        }
        if (done === 0 || !alone || isProbe || stopped) break;
        left = left.slice(done);
      }
    } catch (error) {
      if (isProbe) health.circuit.probeVoid();
      unreadable(error);
    }
    running--;
    if (!stopped) schedule();
    // Before it is on disk it would be told again.
    await written;
    busy.delete(group);
    if (releasing.delete(group)) release(group);
    if (stopped) options.onRest();
    else schedule();
  }

  function release(group: string): void {
    if (health.announcedMs(group) === undefined) return;
    if (busy.has(group)) return void releasing.add(group);
    const held = journal.due(name, Number.MAX_SAFE_INTEGER, MANY_GROUPS, busy).find((one) =>
      one.group === group
    );
    const [first] = held?.deliveries ?? [];
    const atMs = clock.now();
    if (first === undefined || first.nextMs <= atMs) return;
    const { id, partsDone, plain } = first;
    void writer.settle([{ to: "queued", id, atMs, nextMs: atMs, partsDone, plain }]).then(schedule);
  }

  return {
    health,
    wake() {
      rush.note();
      schedule();
    },
    release,
    configured(channel) {
      if (channel !== undefined && current !== undefined && !isSame(channel, current)) {
        // What was wrong with it may have been its configuration.
        health.reset();
        void health.save();
      }
      if (channel !== undefined && channel.kind !== current?.kind) {
        pacer = createPacer(channel.kind.pace, clock);
      }
      current = channel;
      expiryMs = 0;
      schedule();
    },
    isIdle: () => !scheduled && busy.size === 0,
    stop() {
      stopped = true;
      cancelTimer();
      cancelPause?.();
      if (cancelPause) scheduled = false;
    },
  };
}

function isSame(a: Channel, b: Channel): boolean {
  return a.kind === b.kind && JSON.stringify(a.settings) === JSON.stringify(b.settings);
}
