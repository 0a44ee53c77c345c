/** What is left of a webhook after it was killed, and whether it kept its promise. */

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { MARKER } from "./notification.ts";

/** A delivery as the journal has it. */
export interface Kept {
  readonly id: number;
  readonly state: State;
  readonly into: number | null;
}

// As webhook/journal/schema.ts writes them.
const STATES = ["queued", "delivered", "coalesced", "dead"] as const;
type State = typeof STATES[number];
const DELIVERIES_PER_NOTIFICATION = 1_024;

/** What a journal holds. */
export interface JournalContent {
  /** How many notifications there are of each marker. */
  readonly copies: ReadonlyMap<string, number>;
  /** Markers in the order in which they were accepted. */
  readonly order: readonly string[];
  /** By marker, then by channel. */
  readonly deliveries: ReadonlyMap<string, ReadonlyMap<string, Kept>>;
  readonly byId: ReadonlyMap<number, Kept>;
}

/** What is known from outside. */
export interface Witness {
  /** Markers that were answered 200. */
  readonly acknowledged: Iterable<string>;
  readonly channels: readonly string[];
  /** Whether the destination of `channel` has taken the notification. */
  readonly arrived: (channel: string, marker: string) => boolean;
}

/** Reads the journal of a webhook that is not running, from a copy: opening it would repair it. */
export async function readJournal(directory: string): Promise<JournalContent> {
  const copy = await Deno.makeTempDir({ prefix: "vigie-journal-" });
  try {
    for (const name of ["journal.db", "journal.db-wal"]) {
      await Deno.copyFile(join(directory, name), join(copy, name)).catch(ignoreMissing);
    }
    const database = new DatabaseSync(join(copy, "journal.db"));
    try {
      return contentOf(database);
    } finally {
      database.close();
    }
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
}

function contentOf(database: DatabaseSync): JournalContent {
  const [integrity] = database.prepare("PRAGMA integrity_check").all();
  if (integrity?.integrity_check !== "ok") {
    throw new Error(`The journal is damaged: ${JSON.stringify(integrity)}`);
  }
  const markers = new Map<number, string>();
  const plans = new Map<number, readonly { readonly channel: string }[]>();
  const copies = new Map<string, number>();
  const order: string[] = [];
  for (
    const { id, body, plan } of database.prepare("SELECT id, body, plan FROM notification ORDER BY id").all()
  ) {
    if (plan !== null) plans.set(Number(id), JSON.parse(String(plan)));
    const marker = new TextDecoder().decode(body as Uint8Array).match(MARKER)?.[0];
    if (marker === undefined) continue;
    markers.set(Number(id), marker);
    copies.set(marker, (copies.get(marker) ?? 0) + 1);
    order.push(marker);
  }
  const deliveries = new Map<string, Map<string, Kept>>();
  const byId = new Map<number, Kept>();
  const add = (notification: number, channel: string, kept: Kept) => {
    byId.set(kept.id, kept);
    const marker = markers.get(notification);
    if (marker === undefined) return;
    const ofMarker = deliveries.get(marker) ?? new Map<string, Kept>();
    ofMarker.set(channel, kept);
    deliveries.set(marker, ofMarker);
  };
  const rows = database.prepare("SELECT id, notification_id, channel, state, into_id FROM delivery").all();
  for (const { id, notification_id, channel, state, into_id } of rows) {
    add(Number(notification_id), String(channel), {
      id: Number(id),
      state: STATES[Number(state)]!,
      into: into_id === null ? null : Number(into_id),
    });
  }
  // What is newer than all that has deliveries gets them when it is looked at next: it is queued for whom it names.
  const newest = Math.max(0, ...byId.keys());
  for (const [id, plan] of plans) {
    if (id * DELIVERIES_PER_NOTIFICATION <= newest) continue;
    for (const [i, { channel }] of plan.entries()) {
      add(id, channel, { id: id * DELIVERIES_PER_NOTIFICATION + i, state: "queued", into: null });
    }
  }
  return { copies, order, deliveries, byId };
}

/**
 * Broken promises, one a line; none when what was accepted is delivered, queued or dead.
 *
 * - Whatever was acknowledged has, for each channel, arrived or is queued, dead, or spoken for by one of which that is true.
 * - Nothing is called delivered that did not arrive.
 * - A notification is kept with all of its deliveries or not at all, and once however often it was sent.
 */
export function brokenPromises(journal: JournalContent, witness: Witness): string[] {
  const broken: string[] = [];
  const { channels, arrived } = witness;
  for (const marker of witness.acknowledged) {
    for (const channel of channels) {
      const kept = journal.deliveries.get(marker)?.get(channel);
      if (arrived(channel, marker) || isSafe(kept, journal)) continue;
      broken.push(
        `${marker} was acknowledged, and is lost to ${channel}: ${kept?.state ?? "no delivery is kept"}`,
      );
    }
  }
  for (const [marker, deliveries] of journal.deliveries) {
    for (const [channel, { state }] of deliveries) {
      if (state === "delivered" && !arrived(channel, marker)) {
        broken.push(`${marker} is called delivered to ${channel}, which never took it`);
      }
    }
    const missing = channels.filter((channel) => !deliveries.has(channel));
    if (missing.length > 0) broken.push(`${marker} is kept without deliveries to ${missing.join(", ")}`);
  }
  for (const [marker, count] of journal.copies) {
    if (count > 1) broken.push(`${marker} is kept ${count} times`);
    if (!journal.deliveries.has(marker)) broken.push(`${marker} is kept without deliveries`);
  }
  return broken;
}

function isSafe(kept: Kept | undefined, journal: JournalContent): boolean {
  if (kept === undefined) return false;
  if (kept.state !== "coalesced") return kept.state === "queued" || kept.state === "dead";
  const into = kept.into === null ? undefined : journal.byId.get(kept.into);
  return into?.state === "delivered" || isSafe(into, journal);
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
