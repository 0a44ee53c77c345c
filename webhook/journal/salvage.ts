/** Takes what can be read of a damaged journal over into a new one. */

import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { copyWithNewFirstPage } from "./first_page.ts";
import { failureKind, sentenceOf } from "./failure.ts";
import { isThere, removeIfThere, sizeOf, syncDirectory } from "./files.ts";
import { createDatabase, openDatabase } from "./open_database.ts";
import { DELIVERIES_PER_NOTIFICATION as PER } from "./schema.ts";

/** What came of a damaged journal. */
export interface Salvage {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** What was wrong. */
  readonly why: string;
  /** Where the damaged file lies now. */
  readonly file: string;
  /** How many were taken over. */
  readonly notifications: number;
  readonly deliveries: number;
  readonly quarantined: number;
  /** How many notifications could not be read, at most; undefined when that cannot be told. */
  readonly lost?: number;
  /** Notifications whose deliveries could not all be read: whom they were to tell is unknown. At most the newest 10,000. */
  readonly uncertain: readonly number[];
}

// The new file is written under the first name, bears the second one once it is whole, and then takes the journal's place.
const DRAFT = ".salvaging";
const WHOLE = ".salvaged";
const COPY = ".copy";

const COMMIT_BYTES = 4 * 1_024 * 1_024;
const MOST_UNCERTAIN = 10_000;

/** Ends a salvage that was interrupted after its new file was whole. @returns whether there was one. */
export function finishSalvage(path: string, atMs: number): boolean {
  if (!isThere(`${path}${WHOLE}`)) return false;
  // The damaged file may have been set aside already.
  if (isThere(path)) setAside(path, atMs);
  removeIfThere(`${path}-wal`);
  Deno.renameSync(`${path}${WHOLE}`, path);
  syncDirectory(path);
  return true;
}

/**
 * Salvages the journal at `path`, which nobody has open. Afterwards there is a sound journal at `path`, and the damaged one lies beside it,
 * as it was. Killed at any moment, it begins again or ends what it began when the journal is opened next.
 *
 * It is slow for a large file, and gives way to other work between rows.
 *
 * @throws {Error} whatever SQLite says of the new file; the damaged one is untouched then.
 */
export async function salvage(path: string, cause: unknown, atMs: number): Promise<Salvage> {
  const draft = `${path}${DRAFT}`;
  removeDatabase(draft);
  createDatabase(draft);
  const target = openDatabase(draft);
  const file = asideName(path, atMs);
  let report: Salvage;
  try {
    const read = await copyAll(path, target);
    report = { atMs, why: sentenceOf(cause), file, ...read };
    const json = JSON.stringify({ ...report, uncertain: undefined });
    target.prepare("INSERT OR REPLACE INTO fact (key, value) VALUES (?, ?)").run(SALVAGED, json);
  } finally {
    target.close();
  }
  Deno.renameSync(draft, `${path}${WHOLE}`);
  syncDirectory(path);
  finishSalvage(path, atMs);
  return report;
}

/** The fact that tells the last salvage. */
export const SALVAGED = "journal-salvaged";

type Copied = Omit<Salvage, "atMs" | "why" | "file">;

async function copyAll(path: string, target: DatabaseSync): Promise<Copied> {
  const found = openReadable(path);
  if (found) return await copyFrom(found, target);
  const copy = `${path}${COPY}`;
  removeDatabase(copy);
  try {
    copyWithNewFirstPage(path, copy);
    const repaired = openReadable(copy);
    if (repaired) return await copyFrom(repaired, target);
    return { notifications: 0, deliveries: 0, quarantined: 0, uncertain: [] };
  } finally {
    removeDatabase(copy);
  }
}

/** The database at `path`, if its schema at least can be read. */
function openReadable(path: string): DatabaseSync | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true });
    database.prepare("SELECT id FROM notification LIMIT 0").all();
    return database;
  } catch (error) {
    database?.close();
    if (failureKind(error) === "damaged" || !failureKind(error)) return undefined;
    throw error;
  }
}

async function copyFrom(source: DatabaseSync, target: DatabaseSync): Promise<Copied> {
  try {
    const deliveries = await copyByRowid(source, target, "delivery", DELIVERY);
    const notifications = await copyByRowid(
      source,
      target,
      "notification",
      tryPrepare(source, "SELECT plan FROM notification") ? [...NOTIFICATION, "plan"] : NOTIFICATION,
    );
    const quarantined = await copyByRowid(source, target, "quarantine", QUARANTINE);
    for (const [table, columns] of Object.entries(BY_KEY)) copyByKey(source, target, table, columns);
    target.exec(
      `UPDATE delivery SET head = 1 WHERE id IN (SELECT min(id) FROM delivery WHERE state = 0 GROUP BY channel, line)`,
    );
    const uncertain = uncertainOf(target, deliveries);
    forgetPlans(target, deliveries);
    return {
      notifications: notifications.copied,
      deliveries: deliveries.copied,
      quarantined: quarantined.copied,
      lost: lostOf(notifications),
      uncertain,
    };
  } finally {
    source.close();
  }
}

const NOTIFICATION = ["id", "received_ms", "origin", "grp", "status", "digest", "body"];
const DELIVERY = [
  ...["id", "channel", "grp", "line", "status", "state", "created_ms", "next_ms", "because", "via"],
  ...["attempts", "parts_done", "plain", "reason", "settled_ms", "took_ms", "into_id"],
];
const QUARANTINE = ["id", "received_ms", "reason", "detail", "bytes", "body"];
const BY_KEY: Readonly<Record<string, readonly string[]>> = {
  attempt: ["delivery_id", "slot", "at_ms", "took_ms", "reason"],
  ref: ["channel", "grp", "ref", "at_ms"],
  fact: ["key", "value"],
};

/** A span of ids that could not be read, both ends included. */
type Gap = readonly [first: number, last: number];

interface CopiedTable {
  readonly copied: number;
  /** Spans without a readable row. */
  readonly gaps: readonly Gap[];
  /** Whether any page of the table could be read. */
  readonly isReadable: boolean;
}

/**
 * Copies rows in the order of their ids. Where reading fails it goes on behind: first with the next id, then farther and farther, until
 * something can be read again, and then back to the first row that can.
 *
 * One row at a time: a body may be large, and Deno's `iterate()` takes an error for the end.
 */
async function copyByRowid(
  source: DatabaseSync,
  target: DatabaseSync,
  table: string,
  columns: readonly string[],
): Promise<CopiedTable> {
  const extra = table === "delivery" ? ["head"] : [];
  const insert = insertInto(target, table, [...columns, ...extra]);
  const select = tryPrepare(
    source,
    `SELECT ${columns.join(", ")} FROM ${table} WHERE id >= ? ORDER BY id LIMIT 1`,
  );
  if (!select) return { copied: 0, gaps: [], isReadable: false };
  const firstId = reader(source, `SELECT id FROM ${table} WHERE id >= ? ORDER BY id LIMIT 1`);
  const lastId = reader(source, `SELECT max(id) AS id FROM ${table} WHERE id >= ?`)(0) ?? HIGHEST_ID;
  const gaps: Gap[] = [];
  let copied = 0;
  let uncommitted = 0;
  target.exec("BEGIN");
  for (let from = 0;;) {
    const row = readRow(select, from);
    if (row === undefined) break;
    if (row === null) {
      const next = firstReadable(firstId, from, lastId);
      gaps.push([from, (next ?? lastId + 1) - 1]);
      if (next === undefined) break;
      from = next;
      continue;
    }
    const id = row.id as number;
    if (insert([...columns.map((column) => row[column]!), ...extra.map(() => 0)])) copied++;
    else gaps.push([id, id]);
    from = id + 1;
    uncommitted += 1_000 + ((row.body as Uint8Array | undefined)?.length ?? 0);
    if (uncommitted < COMMIT_BYTES) continue;
    target.exec("COMMIT; BEGIN");
    uncommitted = 0;
    await setImmediate();
  }
  target.exec("COMMIT");
  return { copied, gaps, isReadable: true };
}

/** The first row from an id on; undefined when there is none, null when it cannot be read, for whatever reason. */
function readRow(select: StatementSync, from: number): Row | undefined | null {
  try {
    const row = select.get(from) as Row | undefined;
    // A page of another table in the place of this one's may hold anything.
    return row && (row.id as number) < from ? null : row;
  } catch {
    return null;
  }
}

const HIGHEST_ID = 2 ** 52;

type Row = Readonly<Record<string, SQLInputValue>>;

/** The first id behind `from` from which on something can be read. */
function firstReadable(
  get: (from: number) => number | undefined | null,
  from: number,
  end: number,
): number | undefined {
  let step = 1;
  let behind = from;
  for (; get(from + step) === null; step *= 2) {
    if (from + step > end) return undefined;
    behind = from + step;
  }
  // Between `behind`, which fails, and this one, which does not.
  let ahead = from + step;
  while (ahead - behind > 1) {
    const middle = Math.floor((ahead + behind) / 2);
    if (get(middle) === null) behind = middle;
    else ahead = middle;
  }
  return get(ahead) ?? undefined;
}

/** What gives the id that `sql` finds at or above a bound; undefined when there is none, null when it cannot be read. */
function reader(source: DatabaseSync, sql: string): (from: number) => number | undefined | null {
  const statement = tryPrepare(source, sql);
  return (from) => {
    try {
      return (statement?.get(from) as { id: number | null } | undefined)?.id ?? undefined;
    } catch {
      return null;
    }
  };
}

/** Rows of a table without ids: from the start as far as they can be read, then from the end. */
function copyByKey(
  source: DatabaseSync,
  target: DatabaseSync,
  table: string,
  columns: readonly string[],
): void {
  const insert = insertInto(target, table, columns);
  const key = columns.slice(0, table === "fact" ? 1 : 2);
  const keys = key.join(", ");
  target.exec("BEGIN");
  for (const [beyond, order] of [[">", "ASC"], ["<", "DESC"]] as const) {
    const list = `SELECT ${columns.join(", ")} FROM ${table}`;
    const by = `ORDER BY ${key.map((column) => `${column} ${order}`).join(", ")} LIMIT 1`;
    const first = tryPrepare(source, `${list} ${by}`);
    const next = tryPrepare(
      source,
      `${list} WHERE (${keys}) ${beyond} (${key.map(() => "?").join(", ")}) ${by}`,
    );
    if (!first || !next) break;
    let row: Row | undefined;
    try {
      row = first.get() as Row | undefined;
      while (row) {
        insert(columns.map((column) => row![column]!));
        row = next.get(...key.map((column) => row![column]!)) as Row | undefined;
      }
      break;
    } catch (error) {
      if (error instanceof TargetFailure) throw error.cause;
    }
  }
  target.exec("COMMIT");
}

// What the new file refuses: no damage of the old one.
class TargetFailure extends Error {}

/** @returns what inserts a row, and says whether its values fit. */
function insertInto(target: DatabaseSync, table: string, columns: readonly string[]) {
  const statement = target.prepare(
    `INSERT OR REPLACE INTO ${table} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
  );
  return (values: readonly SQLInputValue[]): boolean => {
    try {
      statement.run(...values);
      return true;
    } catch (error) {
      if (failureKind(error) !== undefined) throw new TargetFailure("", { cause: error });
      return false;
    }
  };
}

function tryPrepare(source: DatabaseSync, sql: string) {
  try {
    return source.prepare(sql);
  } catch {
    // Its table is not there any more, or the schema cannot be read.
    return undefined;
  }
}

/** The newest notification that had deliveries, whether they could be read or not. */
function plannedUpTo(
  target: DatabaseSync,
  { gaps, isReadable }: Pick<CopiedTable, "gaps" | "isReadable">,
): number {
  const { last } = target.prepare("SELECT max(id) AS last FROM delivery").get() as { last: number | null };
  const newest = isReadable ? Math.max(last ?? 0, ...gaps.map(([, end]) => end)) : HIGHEST_ID;
  return Math.floor(newest / PER);
}

/** Only what is above all deliveries is still to be planned. Whom others were to tell is known from their deliveries, or uncertain. */
function forgetPlans(target: DatabaseSync, deliveries: CopiedTable): void {
  target.prepare("UPDATE notification SET plan = NULL WHERE plan IS NOT NULL AND id <= ?")
    .run(plannedUpTo(target, deliveries));
}

/** At most how many rows the gaps held; undefined when nobody knows where the last one ends. */
function lostOf({ gaps, isReadable }: CopiedTable): number | undefined {
  if (!isReadable || gaps.some(([, last]) => last >= HIGHEST_ID)) return undefined;
  return gaps.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}

/** Notifications in whose span of ids there was something that could not be read, and those that should have deliveries and have none. */
function uncertainOf(
  target: DatabaseSync,
  { gaps, isReadable }: Pick<CopiedTable, "gaps" | "isReadable">,
): number[] {
  const spans = isReadable ? gaps : [[0, Number.MAX_SAFE_INTEGER] as const];
  const select = target.prepare(
    "SELECT id FROM notification WHERE id >= ? AND id <= ? ORDER BY id DESC LIMIT ?",
  );
  const inGaps = spans.flatMap(([first, last]) =>
    select.all(Math.floor(first / PER), Math.floor(last / PER), MOST_UNCERTAIN)
  );
  const bare = target.prepare(
    `SELECT id FROM notification WHERE plan IS NOT NULL AND id <= ? AND NOT EXISTS
    (SELECT 1 FROM delivery WHERE delivery.id >= notification.id * ${PER} AND delivery.id < (notification.id + 1) * ${PER})
    ORDER BY id DESC LIMIT ?`,
  ).all(plannedUpTo(target, { gaps, isReadable }), MOST_UNCERTAIN);
  return [...new Set([...inGaps, ...bare].map(({ id }) => id as number))]
    .sort((a, b) => b - a).slice(0, MOST_UNCERTAIN);
}

function asideName(path: string, atMs: number): string {
  const time = new Date(atMs).toISOString().replace(/[:.]/g, "-");
  return `${path}.damaged-${time}`;
}

/** Moves the file and its WAL together, so that they still belong to each other. */
function setAside(path: string, atMs: number): void {
  const aside = asideName(path, atMs);
  // Whoever only reads leaves an empty one.
  if (sizeOf(`${path}-wal`) === 0) removeIfThere(`${path}-wal`);
  else Deno.renameSync(`${path}-wal`, `${aside}-wal`);
  removeIfThere(`${path}-shm`);
  Deno.renameSync(path, aside);
}

function removeDatabase(path: string): void {
  for (const suffix of ["", "-wal", "-shm", "-journal"]) removeIfThere(`${path}${suffix}`);
}
