/**
 * The webhook: its journal, with the whole history, and who has acknowledged which alert.
 *
 * The webhook keeps the file for itself, so its copy is made beside it: first the file, then the write-ahead log. What the log holds is not
 * yet, partly or wholly in the file; as long as the log was not begun anew meanwhile, which its salts would tell, it holds every page that
 * was moved into the file while it was copied. Together they are what a power cut at the end of the copying would have left.
 * Source: sqlite.org/fileformat.html, 4.
 */

import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { DatabaseSync } from "node:sqlite";
import { BackupFailure } from "../failure.ts";
import { isThere, removeIfThere } from "../files.ts";
import type { PartKind } from "./part.ts";
import { mergeLog, soundness } from "./sqlite.ts";

const FILE = "journal.db";
/** As the journal, but made when somebody first acknowledges something, and worth no failure: a damaged one is saved as it is. */
const ACKNOWLEDGEMENTS = "page.sqlite";
const TRIES = 50;
const RETRY_MS = 100;
const HEADER_BYTES = 32;
const SALTS = [16, 24] as const;

/** The webhook's part. */
export const webhookPart: PartKind = {
  async save({ plan: { data }, staging, signal }) {
    const source = join(data, FILE);
    const copy = join(staging, FILE);
    const acknowledgements = join(data, ACKNOWLEDGEMENTS);
    if (await isThere(acknowledgements)) {
      await copyWhole(acknowledgements, join(staging, ACKNOWLEDGEMENTS), signal);
    }
    if (!await isThere(source)) return { directory: staging };
    await copyWhole(source, copy, signal);
    // First of all: what is no database has no log to merge either.
    const problem = soundness(copy);
    if (problem !== undefined) {
      throw new BackupFailure(
        `Cannot save the webhook's journal "${source}": it is damaged: ${problem}`,
        1,
        "restart the webhook, which sets a damaged journal aside and salvages what it can",
      );
    }
    mergeLog(copy);
    return { directory: staging, facts: factsOf(copy) };
  },
  replaces: (name) => name.startsWith(FILE) || name.startsWith(ACKNOWLEDGEMENTS),
  problemOf: (directory) => soundness(join(directory, FILE)),
};

/** Copies until the copy is of one moment. @throws {BackupFailure} when it never is. */
async function copyWhole(source: string, copy: string, signal: AbortSignal): Promise<void> {
  for (let left = TRIES; !await copied(source, copy); left--) {
    if (left <= 1) {
      throw new BackupFailure(
        `Cannot copy the webhook's "${source}": it is written to faster than it can be copied`,
        1,
        "make the backup at a quieter time",
      );
    }
    await delay(RETRY_MS, undefined, { signal });
  }
}

/** @returns whether the copy is of one moment. */
async function copied(source: string, copy: string): Promise<boolean> {
  for (const suffix of ["", "-wal", "-shm"]) await removeIfThere(`${copy}${suffix}`);
  const before = await saltsOf(`${source}-wal`);
  const id = (await Deno.stat(source)).ino;
  await Deno.copyFile(source, copy);
  if (before !== undefined) await Deno.copyFile(`${source}-wal`, `${copy}-wal`).catch(ignoreMissing);
  const after = await saltsOf(`${copy}-wal`);
  const now = await saltsOf(`${source}-wal`);
  return before === after && before === now && id === (await Deno.stat(source)).ino;
}

/** What tells one run of the log from the next; `""` while it is empty, undefined when it is not there. */
async function saltsOf(path: string): Promise<string | undefined> {
  try {
    const file = await Deno.open(path);
    try {
      const header = new Uint8Array(HEADER_BYTES);
      const read = await file.read(header);
      return read === HEADER_BYTES ? header.slice(...SALTS).join(" ") : "";
    } finally {
      file.close();
    }
  } catch (error) {
    ignoreMissing(error);
    return undefined;
  }
}

/** The newest notification. */
function factsOf(copy: string): Record<string, unknown> {
  const database = new DatabaseSync(copy, { readOnly: true });
  try {
    const { n, id } = database.prepare("SELECT count(*) AS n, max(id) AS id FROM notification").get() as {
      n: number;
      id: number | null;
    };
    return { notifications: n, newest: id };
  } finally {
    database.close();
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
