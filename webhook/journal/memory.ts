/** What a journal holds in memory of what is on disk. */

import type { DatabaseSync } from "node:sqlite";
import type { CountChange, Queued } from "./deliveries.ts";
import { Duplicates } from "./duplicates.ts";
import { LineChanges } from "./line_changes.ts";
import { Recent } from "./recent.ts";
import { type Salvage, SALVAGED } from "./salvage.ts";
import { DELIVERIES_PER_NOTIFICATION } from "./schema.ts";

/** What a transaction changes as it goes on: undone when it is rolled back. */
export interface Marks {
  readonly notificationId: number;
  readonly quarantineId: number;
  /** Bodies in the quarantine, and their bytes. */
  readonly quarantined: number;
  readonly quarantinedBytes: number;
}

const DIGESTS = 50_000;
const DIGESTS_AT_ONCE = 1_000;
const LINES_OF_A_CHANNEL = 10_000;
const LINES = 20_000;

interface DigestRow {
  readonly id: number;
  readonly received_ms: number;
  readonly digest: string | null;
}

/** Ids, counts, and what came lately: read back when the journal is opened, bounded, and changed only by what was committed. */
export class Memory {
  readonly duplicates = new Duplicates(DIGESTS);
  readonly changes = new LineChanges(LINES_OF_A_CHANNEL);
  /** The last time a damaged file was set aside. */
  readonly salvaged: Omit<Salvage, "uncertain"> | undefined;
  readonly counts = new Map<string, { queued: number; dead: number }>();
  marks: Marks;
  #committed: Marks;
  readonly #lines = new Recent<string, number>(LINES);
  // Those that the transaction has given or used.
  readonly #given = new Map<string, number>();

  /** @param sinceMs Copies of what came before are no duplicates. */
  constructor(database: DatabaseSync, sinceMs: number) {
    const one = (sql: string) => database.prepare(sql).get() as Record<string, number | null>;
    const { count, bytes } = one("SELECT count(*) AS count, sum(length(body)) AS bytes FROM quarantine");
    this.marks = this.#committed = {
      // A notification may have been lost whose deliveries were not.
      notificationId: Math.max(
        one("SELECT max(id) AS id FROM notification").id ?? 0,
        Math.floor((one("SELECT max(id) AS id FROM delivery").id ?? 0) / DELIVERIES_PER_NOTIFICATION),
      ),
      quarantineId: one("SELECT max(id) AS id FROM quarantine").id ?? 0,
      quarantined: count ?? 0,
      quarantinedBytes: bytes ?? 0,
    };
    for (const [state, key] of [[0, "queued"], [3, "dead"]] as const) {
      const rows = database.prepare(
        `SELECT channel, count(*) AS n FROM delivery WHERE state = ${state} GROUP BY channel`,
      ).all() as { channel: string; n: number }[];
      for (const { channel, n } of rows) this.count({ channel, queued: 0, dead: 0, [key]: n });
    }
    const salvaged = database.prepare("SELECT value FROM fact WHERE key = ?").get(SALVAGED);
    this.salvaged = salvaged && JSON.parse(salvaged.value as string);
    this.#readDigests(database, sinceMs);
    this.#readChanges(database);
    this.#readLines(database);
  }

  /**
   * The line that deliveries of `group` stand in: the one that it had lately, or else a new one with the number of `notificationId`. A group
   * that did not come for long, while more than 10,000 others did, has a second line: its newest deliveries do not wait for older ones then.
   */
  lineOf(group: string, notificationId: number): number {
    const line = this.#given.get(group) ?? this.#lines.get(group) ?? notificationId;
    this.#given.set(group, line);
    return line;
  }

  /** Ids that have been given belong to rows on disk. */
  commit(): void {
    this.#committed = this.marks;
    for (const [group, line] of this.#given) this.#lines.set(group, line);
    this.#given.clear();
  }

  /** Ids that have been given since the last commit are free again. */
  rollback(): void {
    this.marks = this.#committed;
    this.#given.clear();
  }

  /** Changes a channel's counts. */
  count({ channel, queued, dead }: CountChange): void {
    const counts = this.counts.get(channel);
    if (!counts) return void this.counts.set(channel, { queued, dead });
    counts.queued += queued;
    counts.dead += dead;
  }

  /** Counts and remembers what was queued. */
  queued({ channel, group, status, createdMs }: Omit<Queued, "id">): void {
    this.count({ channel, queued: 1, dead: 0 });
    this.changes.note(channel, group, status, createdMs);
  }

  #readDigests(database: DatabaseSync, sinceMs: number): void {
    const found: [string, number, number][] = [];
    const older = database.prepare(
      "SELECT id, received_ms, digest FROM notification WHERE id < ? ORDER BY id DESC LIMIT ?",
    );
    let below = Number.MAX_SAFE_INTEGER;
    for (let rows: DigestRow[] = []; found.length < DIGESTS; below = rows.at(-1)!.id) {
      rows = older.all(below, DIGESTS_AT_ONCE) as unknown as DigestRow[];
      for (const { id, received_ms: receivedMs, digest } of rows) {
        if (digest !== null && receivedMs >= sinceMs) found.push([digest, receivedMs, id]);
      }
      if (rows.length < DIGESTS_AT_ONCE || rows.at(-1)!.received_ms < sinceMs) break;
    }
    for (const [digest, receivedMs, id] of found.reverse()) {
      this.duplicates.note(digest, { receivedMs, id, stored: undefined });
    }
  }

  #readLines(database: DatabaseSync): void {
    const newest = database.prepare(
      "SELECT grp, line FROM delivery WHERE channel = ? AND state = 0 ORDER BY line DESC LIMIT ?",
    );
    for (const channel of this.counts.keys()) {
      const rows = newest.all(channel, LINES) as { grp: string; line: number }[];
      for (const { grp, line } of rows.reverse()) this.#lines.set(grp, line);
    }
  }

  #readChanges(database: DatabaseSync): void {
    const rows = database.prepare(
      "SELECT channel, grp, status, created_ms FROM delivery ORDER BY id DESC LIMIT ?",
    )
      .all(LINES_OF_A_CHANNEL) as { channel: string; grp: string; status: string; created_ms: number }[];
    for (const { channel, grp, status, created_ms } of rows.reverse()) {
      this.changes.note(channel, grp, status, created_ms);
    }
  }
}
