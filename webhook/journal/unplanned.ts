/** Notifications that are on disk and whose deliveries are not rows yet. */

import type { DatabaseSync } from "node:sqlite";
import type { Delivery, NewDelivery } from "./journal.ts";
import { DELIVERIES_PER_NOTIFICATION } from "./schema.ts";

/** A notification whose deliveries are to be queued. */
export interface Unplanned {
  readonly id: number;
  readonly receivedMs: number;
  readonly group: string;
  readonly status: string;
  /** At least one. */
  readonly deliveries: readonly NewDelivery[];
}

interface Row {
  readonly id: number;
  readonly receivedMs: number;
  readonly grp: string;
  readonly status: string;
  readonly plan: string;
}

/** About what a delivery takes on disk once it is a row, with its places in the indexes, bytes. */
const DELIVERY_BYTES = 250;
// What was taken from the front is cut off together: to shift thousands of entries one by one would copy all that follow.
const CUT_AT = 4_096;

/**
 * What waits to be planned, in the order of arrival. The rows of a notification's deliveries are written after its sender was answered, many
 * at a time: whom they are to tell stands in the notification itself (`plan`) until then.
 */
export class UnplannedQueue {
  #entries: Unplanned[] = [];
  #first = 0;
  #bytes = 0;
  #newest: number;
  readonly #byChannel = new Map<string, number>();

  /** @param newest The newest notification. */
  constructor(newest: number) {
    this.#newest = newest;
  }

  get length(): number {
    return this.#entries.length - this.#first;
  }

  /** About what their deliveries will take on disk, bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Every notification up to this id has its deliveries. */
  get plannedUpTo(): number {
    return this.length === 0 ? this.#newest : this.#entries[this.#first]!.id - 1;
  }

  /** How many deliveries to `channel` are among them. */
  countOf(channel: string): number {
    return this.#byChannel.get(channel) ?? 0;
  }

  /** Takes note of a new notification, the newest of all; one without deliveries needs no planning. */
  add(one: Unplanned): void {
    this.#newest = Math.max(this.#newest, one.id);
    if (one.deliveries.length === 0) return;
    this.#entries.push(one);
    this.#count(one, 1);
  }

  /** The oldest ones, at most `most`. */
  oldest(most: number): readonly Unplanned[] {
    return this.#entries.slice(this.#first, this.#first + most);
  }

  /** The oldest `count` are planned. */
  planned(count: number): void {
    for (const one of this.oldest(count)) this.#count(one, -1);
    this.#first += count;
    if (this.length > 0 && this.#first < CUT_AT) return;
    this.#entries = this.#entries.slice(this.#first);
    this.#first = 0;
  }

  /** When the oldest delivery to `channel` was queued; undefined when there is none. */
  oldestMs(channel: string): number | undefined {
    if (this.countOf(channel) === 0) return undefined;
    for (let i = this.#first; i < this.#entries.length; i++) {
      const { deliveries, receivedMs } = this.#entries[i]!;
      if (deliveries.some((one) => one.channel === channel)) return receivedMs;
    }
    return undefined;
  }

  /** The deliveries of a notification as they will be queued; none when it is planned. */
  deliveriesOf(id: number): readonly Delivery[] {
    let [low, high] = [this.#first, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#entries[middle]!.id < id) low = middle + 1;
      else high = middle;
    }
    const found = this.#entries[low];
    return found?.id === id ? found.deliveries.map((delivery, i) => asQueued(found, delivery, i)) : [];
  }

  #count({ deliveries }: Unplanned, sign: 1 | -1): void {
    this.#bytes += sign * DELIVERY_BYTES * deliveries.length;
    for (const { channel } of deliveries) this.#byChannel.set(channel, this.countOf(channel) + sign);
  }
}

function asQueued({ id, group, receivedMs }: Unplanned, delivery: NewDelivery, which: number): Delivery {
  const { channel, notBeforeMs = receivedMs, because = "", via = [] } = delivery;
  return {
    id: id * DELIVERIES_PER_NOTIFICATION + which,
    notificationId: id,
    channel,
    group,
    state: "queued",
    createdMs: receivedMs,
    nextMs: notBeforeMs,
    attempts: 0,
    partsDone: 0,
    plain: false,
    reason: "",
    because,
    via,
    settledMs: null,
    into: null,
  };
}

const texts = new WeakMap<readonly NewDelivery[], string>();

/** Deliveries as the column `plan` has them; null for none. */
export function planText(deliveries: readonly NewDelivery[]): string | null {
  if (deliveries.length === 0) return null;
  let text = texts.get(deliveries);
  // Routing gives the same few lists again and again.
  if (text === undefined) texts.set(deliveries, text = JSON.stringify(deliveries));
  return text;
}

/**
 * Reads back what was not planned when the journal was left: the notifications above the newest that has a delivery. Deliveries are
 * written in the order of notifications and go only together with theirs, so that no other ones lack them.
 */
export function readUnplanned(database: DatabaseSync): Unplanned[] {
  const { last } = database.prepare("SELECT max(id) AS last FROM delivery").get() as { last: number | null };
  const above = last === null ? 0 : Math.floor(last / DELIVERIES_PER_NOTIFICATION);
  const rows = database.prepare(
    `SELECT id, received_ms AS receivedMs, grp, status, plan FROM notification WHERE id > ? AND plan IS NOT NULL ORDER BY id`,
  ).all(above) as unknown as Row[];
  return rows.map(({ id, receivedMs, grp: group, status, plan }) => {
    return { id, receivedMs, group, status, deliveries: JSON.parse(plan) };
  });
}
