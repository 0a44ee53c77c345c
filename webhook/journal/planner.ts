/** Queues the deliveries of what was accepted, after its sender was answered. */

import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "../clock.ts";
import { insertDeliveries, type LineOf } from "./deliveries.ts";
import type { Delivery } from "./journal.ts";
import type { Statements } from "./statements.ts";
import { readUnplanned, type Unplanned, UnplannedQueue } from "./unplanned.ts";

/** What planning needs. Functions give what is in use now. */
export interface PlannerOptions {
  readonly clock: Clock;
  readonly database: () => DatabaseSync;
  readonly sql: () => Statements;
  readonly lineOf: LineOf;
  /** Called before a transaction begins; what it throws is a failure of it. */
  readonly onBegin: () => void;
  /** Called after one is on disk or on its way there: what it gave in memory holds. */
  readonly onCommit: () => void;
  /** Called after one was rolled back. */
  readonly onRollback: () => void;
  /** Called when the disk failed. */
  readonly onFailure: (error: unknown) => void;
}

// Deliveries of so many notifications are queued together: senders wait for half a millisecond meanwhile …
const AT_ONCE = 64;
// … and all that wait, when they are not more than this.
const FEW = 512;
// So many may wait; whoever sends more waits until the oldest of them are queued.
const MOST = 20_000;
const FOR_ROOM = 256;
const AGAIN_MS = 1_000;

/**
 * Makes rows of the deliveries that notifications name, many at a time: a sender is answered as soon as its notification is on disk, in which
 * they are named. Those of one notification come all together, and none before those of an older one.
 *
 * This is not synced by itself. It follows from what is synced, so that it is done again when it was lost, under the same ids; and the next
 * sync of something new takes it along.
 */
export class Planner {
  readonly #options: PlannerOptions;
  #waiting = new UnplannedQueue(0);
  #notBeforeMs = 0;
  #isSyncing = true;

  constructor(options: PlannerOptions) {
    this.#options = options;
  }

  /** Begins with a database that was just opened. @param newest Its newest notification. @returns what waits in it. */
  opened(newest: number): readonly Unplanned[] {
    this.#isSyncing = true;
    this.#notBeforeMs = 0;
    this.#waiting = new UnplannedQueue(newest);
    const found = readUnplanned(this.#options.database());
    for (const one of found) this.#waiting.add(one);
    return found;
  }

  /** Takes note of a new notification that is on disk. */
  add(one: Unplanned): void {
    this.#waiting.add(one);
  }

  /** About what waits to be written, bytes. */
  get waitingBytes(): number {
    return this.#waiting.bytes;
  }

  /** Every notification up to this id has its deliveries. */
  get upTo(): number {
    return this.#waiting.plannedUpTo;
  }

  /** The deliveries of a notification that are no rows yet: all of them or none. */
  waitingOf(notificationId: number): readonly Delivery[] {
    return this.#waiting.deliveriesOf(notificationId);
  }

  /** When the oldest delivery to `channel` that is no row yet was queued; undefined when there is none. */
  oldestMs(channel: string): number | undefined {
    return this.#waiting.oldestMs(channel);
  }

  /** When what waits for `channel` can be looked for; undefined when nothing does. */
  nextMs(channel: string): number | undefined {
    const oldestMs = this.#waiting.oldestMs(channel);
    return oldestMs === undefined ? undefined : this.#isPaused() ? this.#notBeforeMs : oldestMs;
  }

  /** Sees to it that not too many wait. @returns whether one more may. */
  hasRoom(): boolean {
    return this.#waiting.length < MOST || this.#plan(FOR_ROOM);
  }

  /** Plans the next ones, if some of them are for `channel`; all of them when they are few. @returns whether more can be planned. */
  planFor(channel: string): boolean {
    if (this.#waiting.countOf(channel) === 0) return false;
    const { length } = this.#waiting;
    return this.#plan(length <= FEW ? length : AT_ONCE) && this.#waiting.countOf(channel) > 0;
  }

  /** Sees to it that the deliveries of a notification, and of all before it, are rows. @returns whether they are. */
  planUpTo(notificationId: number): boolean {
    while (this.#waiting.length > 0 && this.#waiting.plannedUpTo < notificationId) {
      if (!this.#plan(AT_ONCE)) return false;
    }
    return true;
  }

  /** Plans all that waits, as far as it can. */
  planAll(): void {
    while (this.#waiting.length > 0 && this.#plan(FOR_ROOM));
  }

  /** Has the next transaction synced again. To be called before anything is written that was not there before. */
  sync(): void {
    if (this.#isSyncing) return;
    this.#options.database().exec("PRAGMA synchronous = FULL");
    this.#isSyncing = true;
  }

  #isPaused(): boolean {
    const leftMs = this.#notBeforeMs - this.#options.clock.now();
    // A clock that was set back makes no longer pause of it.
    return leftMs > 0 && leftMs <= AGAIN_MS;
  }

  #plan(most: number): boolean {
    if (this.#isPaused()) return false;
    const { clock, sql, lineOf, onBegin, onCommit, onRollback, onFailure } = this.#options;
    const planned = this.#waiting.oldest(most);
    const database = this.#options.database();
    try {
      onBegin();
      this.#isSyncing = false;
      database.exec("PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE");
      for (const { id, group, status, receivedMs, deliveries } of planned) {
        insertDeliveries(sql(), id, group, lineOf(group, id), status, receivedMs, deliveries);
      }
      database.exec("COMMIT");
    } catch (error) {
      onRollback();
      if (database.isOpen && database.isTransaction) database.exec("ROLLBACK");
      this.#notBeforeMs = clock.now() + AGAIN_MS;
      onFailure(error);
      return false;
    }
    onCommit();
    this.#waiting.planned(planned.length);
    return true;
  }
}
