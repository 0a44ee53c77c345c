/** What the journal promises: the contract between what accepts, what delivers and what shows. */

import type { Notification } from "../payload.ts";

/** Where a notification came from: a sender, the test button, or the webhook itself. */
export type Origin = "alert" | "test" | "own";

/** A notification to be kept. */
export interface Arrival {
  /** Milliseconds since 1970. */
  readonly receivedMs: number;
  readonly origin: Origin;
  readonly notification: Notification;
  /** The body as it came, inflated: JSON in UTF-8. */
  readonly body: Uint8Array;
  /** Its group, as `groupOf` tells it. */
  readonly group: string;
  /** What two copies of one notification share, as `digestOf` tells it; without one it is never a duplicate. */
  readonly digest?: string;
  /** The channels that are to be told. */
  readonly deliveries: readonly NewDelivery[];
}

/** A delivery to be queued. */
export interface NewDelivery {
  readonly channel: string;
  /** Not before, milliseconds since 1970; at once by default. */
  readonly notBeforeMs?: number;
  /** Why this channel is told although no route names it, such as that another one failed. Holds no secret. */
  readonly because?: string;
  /** The channels that were to say it and could not, the one that its routes name first; none by default. Kept with the delivery. */
  readonly via?: readonly string[];
}

/** What became of an arrival. */
export interface Accepted {
  /** The notification's id: of the one stored before when it is a duplicate. */
  readonly id: number;
  readonly duplicate: boolean;
}

/** A notification as it is kept. */
export interface StoredNotification {
  readonly id: number;
  readonly receivedMs: number;
  readonly origin: Origin;
  readonly group: string;
  readonly body: Uint8Array;
}

/** What a delivery can be. `coalesced`: a newer one of its group spoke for it. */
export type DeliveryState = "queued" | "delivered" | "coalesced" | "dead";

/** One notification on its way to one channel. Times are milliseconds since 1970. */
export interface Delivery {
  readonly id: number;
  readonly notificationId: number;
  readonly channel: string;
  readonly group: string;
  readonly state: DeliveryState;
  readonly createdMs: number;
  /** Not to be tried before. */
  readonly nextMs: number;
  /** Attempts that failed or succeeded so far. */
  readonly attempts: number;
  /** Parts of a split message that have arrived already. */
  readonly partsDone: number;
  /** Whether only the plain-text attempt is left. */
  readonly plain: boolean;
  /** Why the last attempt failed, or why it died; `""` without one. Holds no secret. */
  readonly reason: string;
  /** As in NewDelivery; `""` without one. */
  readonly because: string;
  /** As in NewDelivery. */
  readonly via: readonly string[];
  /** When it left the queue; null while it is in it. */
  readonly settledMs: number | null;
  /** The delivery that spoke for it; null unless coalesced. */
  readonly into: number | null;
}

/** A group's deliveries to one channel that are queued, oldest first; the first one decides when the group is due. */
export interface QueuedGroup {
  readonly group: string;
  readonly deliveries: readonly Delivery[];
}

/** How an attempt, or the decision not to make one, changed a delivery. All changes of one call are on disk together. */
export type Change =
  | {
    readonly to: "delivered";
    readonly id: number;
    readonly atMs: number;
    /** How long the attempt took. */
    readonly tookMs: number;
    /** What the destination calls the message, to update it later. */
    readonly ref?: string;
    /** Older ones of the group that this one spoke for. */
    readonly coalesced?: readonly number[];
  }
  | {
    readonly to: "queued";
    readonly id: number;
    readonly atMs: number;
    /** Undefined when it was put off without an attempt. */
    readonly attempt?: { readonly tookMs: number; readonly reason: string };
    readonly nextMs: number;
    readonly partsDone: number;
    readonly plain: boolean;
  }
  | {
    readonly to: "dead";
    readonly id: number;
    readonly atMs: number;
    readonly tookMs: number;
    readonly reason: string;
    readonly coalesced?: readonly number[];
    /** Who is told instead. */
    readonly fallback?: NewDelivery;
  };

/** A body that could not be understood. */
export interface Quarantined {
  readonly receivedMs: number;
  /** Why, in a word: one of the reasons that requests are counted under. */
  readonly reason: string;
  /** The same as a sentence. */
  readonly detail: string;
  /** What came of it, cut to what may be kept of one. */
  readonly body: Uint8Array;
  /** How long it was, as far as it was read, bytes. */
  readonly bytes: number;
}

/** How full a channel's queue is. */
export interface Depth {
  readonly queued: number;
  /** When the oldest in it was queued; undefined when it is empty. */
  readonly oldestMs?: number;
  readonly dead: number;
}

/** The journal cannot be written: full, read-only, damaged, or larger than it may be. Nothing of what was asked has happened. */
export class JournalFailure extends Error {
  override readonly name = "JournalFailure";
}

/**
 * What is accepted, and how far it got. Every promise that resolves means: on disk, synced. What is written at about the same time goes
 * to the disk together.
 */
export interface Journal extends AsyncDisposable {
  /** Keeps a notification and whom it is to tell, so that its deliveries are queued, all or nothing; a copy of one that is kept waits for that one and adds nothing. */
  accept(arrival: Arrival): Promise<Accepted>;
  /** Keeps a body that was not understood. The oldest ones make room. @returns its id. */
  quarantine(body: Quarantined): Promise<number>;

  /**
   * Groups of `channel` whose oldest queued delivery is due at `nowMs`, longest due first; never one of `busy`.
   *
   * @param limit Of groups. A group comes with at most 500 deliveries.
   */
  due(channel: string, nowMs: number, limit: number, busy: ReadonlySet<string>): readonly QueuedGroup[];
  /** When the next group of `channel` that is not in `busy` is due; undefined when none waits. */
  nextDueMs(channel: string, busy: ReadonlySet<string>): number | undefined;
  /** Changes deliveries. */
  settle(changes: readonly Change[]): Promise<void>;
  /** Queues a notification that is kept for one more channel. @returns the delivery's id. */
  queue(notificationId: number, delivery: NewDelivery): Promise<number>;
  /** Queues dead deliveries again, as new. @returns how many of them were dead. */
  replay(deliveryIds: readonly number[], nowMs: number): Promise<number>;
  /** What `channel` last called its message about `group`; undefined when it was never told. */
  refOf(channel: string, group: string): string | undefined;
  /** When `channel` was told, or is to be told, that `group` changed its status, newest first, since `sinceMs`. */
  changesOf(channel: string, group: string, sinceMs: number): readonly number[];
  /** Queued and dead deliveries of every channel that has some, whether it is configured or not. */
  depths(): ReadonlyMap<string, Depth>;
  /** A notification that is kept. */
  notification(id: number): StoredNotification | undefined;

  /** A fact kept under a key, as JSON; undefined when there is none. */
  get(key: string): unknown;
  /** Keeps a fact under a key. */
  put(key: string, value: unknown): Promise<void>;

  /** Why nothing can be written now; undefined while all is well. */
  failure(): string | undefined;
  /** Bytes on disk, and what they may be. */
  size(): { readonly bytes: number; readonly limitBytes: number };
}
