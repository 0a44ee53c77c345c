/** What the journal holds, for people: lists by pages, and each thing by itself. Nothing here changes anything. */

import type { AlertIndex } from "./alert_index.ts";
import type { Delivery, Origin, StoredNotification } from "./journal.ts";
import {
  listed,
  type NotificationQuery,
  pageOfNotifications,
  SUMMARY,
  type SummaryRow,
} from "./notification_page.ts";
import { DELIVERIES_PER_NOTIFICATION, STATES } from "./schema.ts";
import { statementsOf, type Store } from "./store.ts";
import { readBody, type Summary, summaryOf, UNREADABLE } from "./summary.ts";

export type { NotificationQuery } from "./notification_page.ts";

/** A part of a list, the newest first. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Goes on below this id; undefined at the end of the list. */
  readonly next?: number;
}

/** A notification in a list. */
export interface ListedNotification extends Summary {
  readonly id: number;
  readonly receivedMs: number;
  readonly origin: Origin;
}

/** An attempt that failed. */
export interface FailedAttempt {
  readonly atMs: number;
  readonly tookMs: number;
  readonly reason: string;
}

/** A delivery with what was tried. */
export interface DeliveryRecord extends Delivery {
  /** How long the attempt took that settled it; null when none did. */
  readonly tookMs: number | null;
  /** At most the last 50 that failed, oldest first. */
  readonly failures: readonly FailedAttempt[];
}

/** A body that was not understood, without it. */
export interface QuarantinedRecord {
  readonly id: number;
  readonly receivedMs: number;
  readonly reason: string;
  readonly detail: string;
  /** How long it was, as far as it was read. */
  readonly bytes: number;
  /** How much of it is kept. */
  readonly keptBytes: number;
}

/** A notification's deliveries by state. */
export type DeliveryCounts = Readonly<Record<Delivery["state"], number>>;

/** Reads the journal. Every method throws what SQLite says when it cannot. */
export interface Archive {
  notifications(query: NotificationQuery): Page<ListedNotification>;
  /** One as in a list; undefined when there is none. */
  listed(id: number): ListedNotification | undefined;
  notification(id: number): StoredNotification | undefined;
  deliveries(notificationId: number): readonly DeliveryRecord[];
  deliveryCounts(notificationId: number): DeliveryCounts;
  /** @param channels Of these, each named once. @param below Only ids below. */
  deadLetters(channels: readonly string[], below: number, limit: number): Page<DeliveryRecord>;
  deadLetterIds(channel: string, below: number, limit: number): Page<number>;
  delivery(id: number): DeliveryRecord | undefined;
  quarantine(below: number, limit: number): Page<QuarantinedRecord>;
  quarantined(id: number): (QuarantinedRecord & { readonly body: Uint8Array }) | undefined;
}

/** What an archive reads. */
export interface ArchiveStore extends Store {
  /** The deliveries of a notification that are no rows yet: all of them or none. */
  unplanned(notificationId: number): readonly Delivery[];
}

/** An archive of `store`. */
export function createArchive(store: ArchiveStore, index: Pick<AlertIndex, "upTo">): Archive {
  const sql = statementsOf(store);
  const unplanned = (notificationId: number): DeliveryRecord[] =>
    store.unplanned(notificationId).map((delivery) => ({ ...delivery, tookMs: null, failures: [] }));

  function deliveryOf(row: DeliveryRow): DeliveryRecord {
    const failures = sql(
      "SELECT at_ms AS atMs, took_ms AS tookMs, reason FROM attempt WHERE delivery_id = ? ORDER BY at_ms, slot",
    ).all(row.id) as unknown as FailedAttempt[];
    return {
      ...row,
      state: STATES[row.state]!,
      plain: row.plain === 1,
      via: row.via === "" ? [] : JSON.parse(row.via),
      failures: failures.map((failure) => ({ ...failure })),
    };
  }

  return {
    notifications: (query) => pageOfNotifications(sql, index.upTo(), query),
    listed(id) {
      const row = sql(`SELECT ${SUMMARY} FROM summary WHERE notification_id = ?`).get(id) as unknown as
        | SummaryRow
        | undefined;
      if (row !== undefined) return listed(row);
      const stored = this.notification(id);
      if (stored === undefined) return undefined;
      const { receivedMs, origin, body } = stored;
      return { id, receivedMs, origin, ...summaryOf(readBody(body) ?? UNREADABLE) };
    },
    notification(id) {
      const row = sql(
        "SELECT id, received_ms AS receivedMs, origin, grp AS 'group', body FROM notification WHERE id = ?",
      ).get(id) as unknown as StoredNotification | undefined;
      return row && { ...row };
    },
    deliveries(notificationId) {
      const first = notificationId * DELIVERIES_PER_NOTIFICATION;
      const rows = sql(`SELECT ${DELIVERY} FROM delivery WHERE id >= ? AND id < ? ORDER BY id`)
        .all(first, first + DELIVERIES_PER_NOTIFICATION) as unknown as DeliveryRow[];
      return [...rows.map(deliveryOf), ...unplanned(notificationId)];
    },
    deliveryCounts(notificationId) {
      const first = notificationId * DELIVERIES_PER_NOTIFICATION;
      const counts = { queued: 0, delivered: 0, coalesced: 0, dead: 0 };
      const rows = sql("SELECT state, count(*) AS n FROM delivery WHERE id >= ? AND id < ? GROUP BY state")
        .all(first, first + DELIVERIES_PER_NOTIFICATION) as unknown as { state: number; n: number }[];
      for (const { state, n } of rows) counts[STATES[state]!] = n;
      counts.queued += store.unplanned(notificationId).length;
      return counts;
    },
    deadLetters(channels, below, limit) {
      const rows = channels.flatMap((channel) =>
        sql(
          `SELECT ${DELIVERY} FROM delivery WHERE state = 3 AND channel = ? AND id < ? ORDER BY id DESC LIMIT ?`,
        )
          .all(channel, below, limit + 1) as unknown as DeliveryRow[]
      );
      rows.sort((a, b) => b.id - a.id);
      return page(rows.slice(0, limit + 1), limit, deliveryOf);
    },
    deadLetterIds(channel, below, limit) {
      const rows = sql(
        "SELECT id FROM delivery WHERE state = 3 AND channel = ? AND id < ? ORDER BY id DESC LIMIT ?",
      )
        .all(channel, below, limit + 1) as { id: number }[];
      return page(rows, limit, ({ id }) => id);
    },
    delivery(id) {
      const row = sql(`SELECT ${DELIVERY} FROM delivery WHERE id = ?`).get(id) as unknown as
        | DeliveryRow
        | undefined;
      if (row !== undefined) return deliveryOf(row);
      return unplanned(Math.floor(id / DELIVERIES_PER_NOTIFICATION)).find((delivery) => delivery.id === id);
    },
    quarantine(below, limit) {
      const rows = sql(`SELECT ${QUARANTINED} FROM quarantine WHERE id < ? ORDER BY id DESC LIMIT ?`)
        .all(below, limit + 1) as unknown as QuarantinedRecord[];
      return page(rows, limit, (row) => ({ ...row }));
    },
    quarantined(id) {
      const row = sql(`SELECT ${QUARANTINED}, body FROM quarantine WHERE id = ?`).get(id) as unknown as
        | QuarantinedRecord & { body: Uint8Array }
        | undefined;
      return row && { ...row };
    },
  };
}

type DeliveryRow =
  & Omit<DeliveryRecord, "state" | "plain" | "via" | "failures">
  & { readonly state: number; readonly plain: number; readonly via: string };

const DELIVERY =
  "id, notification_id AS notificationId, channel, grp AS 'group', state, created_ms AS createdMs, " +
  "next_ms AS nextMs, attempts, parts_done AS partsDone, plain, reason, because, via, settled_ms AS settledMs, " +
  "took_ms AS tookMs, into_id AS 'into'";
const QUARANTINED = "id, received_ms AS receivedMs, reason, detail, bytes, length(body) AS keptBytes";

/** One row more than `limit` tells that there is a next page. */
function page<Row extends { readonly id: number }, T>(
  rows: readonly Row[],
  limit: number,
  show: (row: Row) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  return { items: shown.map(show), next: rows.length > limit ? shown.at(-1)!.id : undefined };
}
